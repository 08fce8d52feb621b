/* SPDX-License-Identifier: MIT */
/*
 * Exceptions on purpose, with every register known before and looked at after.
 */
#ifndef TESTS_PROVOKE_H
#define TESTS_PROVOKE_H

#include <xen/types.h>

/* In the order in which provoke.S stores them. */
struct registers {
	uint32_t eax, ebx, ecx, edx, esi, edi, ebp, esp, eflags;
	uint32_t ds, es, fs, gs;
};

/*
 * provoke_…() loads the registers (but ESP) from provoke_wanted, stores what it
 * then has in provoke_before, traps, and stores what it has in provoke_after.
 */
extern struct registers provoke_wanted, provoke_before, provoke_after;

/* INT3: the processor pushes no error code. */
void provoke_breakpoint(void);
extern char provoke_breakpoint_trap[], provoke_breakpoint_resume[];

/* A read of PROVOKE_HOLE, which is not mapped: the processor pushes an error code. */
#define PROVOKE_HOLE 0xFE801234
void provoke_page_fault(void);
extern char provoke_page_fault_trap[], provoke_page_fault_resume[];

/* UD2. */
void provoke_invalid_opcode(void);
extern char provoke_invalid_opcode_trap[], provoke_invalid_opcode_resume[];

#endif
