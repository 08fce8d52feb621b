/* SPDX-License-Identifier: MIT */
#include <xen/console.h>
#include <xen/printk.h>
#include <xen/vsnprintf.h>

static const char prefix[] = "(XEN) ";

/* Longer messages are cut. */
#define MAX_MESSAGE 1024

void vprintk(const char *format, va_list args)
{
	static char message[MAX_MESSAGE];
	static bool in_line; /* the last message did not end its line */

	vsnprintf(message, sizeof(message), format, args);
	for (const char *p = message; *p;) {
		const char *end = p;

		if (!in_line)
			console_write(prefix, sizeof(prefix) - 1);
		while (*end && *end != '\n')
			end++;
		in_line = !*end;
		if (*end)
			end++;
		console_write(p, (size_t)(end - p));
		p = end;
	}
}

void printk(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintk(format, args);
	va_end(args);
}
