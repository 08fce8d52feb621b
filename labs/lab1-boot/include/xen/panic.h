/* SPDX-License-Identifier: MIT */
/* Giving up. */
#ifndef XEN_PANIC_H
#define XEN_PANIC_H

#include <xen/compiler.h>

struct trap_frame;

/*
 * A bug in the hypervisor, never a guest's doing. Prints "PANIC: ", the message
 * and a backtrace, and ends the machine.
 */
void panic(const char *format, ...) PRINTF_LIKE(1, 2) NORETURN;

/* The same, with the registers and the backtrace of the code that trapped. */
void panic_with_frame(const struct trap_frame *regs, const char *format, ...)
	PRINTF_LIKE(2, 3) NORETURN;

/*
 * No bug, but a machine or a boot loader that we cannot work with. Prints
 * "cannot start: " and the message, and ends the machine.
 */
void cannot_start(const char *format, ...) PRINTF_LIKE(1, 2) NORETURN;

/* Panics when a condition that must hold does not. */
#define ASSERT(condition)                                                                 \
	do {                                                                              \
		if (!(condition))                                                         \
			panic("%s:%d: %s does not hold", __FILE__, __LINE__, #condition); \
	} while (0)

#endif
