/* SPDX-License-Identifier: MIT */
/*
 * The console: where the hypervisor's text goes and debug keys come from.
 * Options: com1=BAUD, console=com1|none.
 */
#ifndef XEN_CONSOLE_H
#define XEN_CONSOLE_H

#include <xen/types.h>

void console_init(void);

/* Writes n bytes, each '\n' as a carriage return and a line feed. */
void console_write(const char *text, size_t n);

/* The next byte of input, or -1 if none waits. */
int console_getc(void);

#endif
