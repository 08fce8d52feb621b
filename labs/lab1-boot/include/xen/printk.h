/* SPDX-License-Identifier: MIT */
/* The hypervisor's own messages. */
#ifndef XEN_PRINTK_H
#define XEN_PRINTK_H

#include <stdarg.h>

#include <xen/compiler.h>

/* Prints to the console, "(XEN) " before each line; see <xen/vsnprintf.h>. */
void printk(const char *format, ...) PRINTF_LIKE(1, 2);
void vprintk(const char *format, va_list args) PRINTF_LIKE(1, 0);

#endif
