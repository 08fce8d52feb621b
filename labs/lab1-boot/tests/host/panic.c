/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>

#include <test/panic.h>
#include <xen/panic.h>

jmp_buf *panic_lands_at;

void panic(const char *format, ...)
{
	char message[200];
	va_list args;

	if (panic_lands_at)
		longjmp(*panic_lands_at, 1);

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	ck_abort_msg("no panic was expected here, saw: PANIC: %s", message);
}
