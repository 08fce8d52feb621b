/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's vsnprintf, which is the host's where it is not under test (lab 1's
 * <xen/vsnprintf.h>).
 */
#include <stdarg.h>
#include <stdio.h>

int ring1_vsnprintf(char *buffer, size_t size, const char *format, va_list args);

int ring1_vsnprintf(char *buffer, size_t size, const char *format, va_list args)
{
	return vsnprintf(buffer, size, format, args);
}
