/* SPDX-License-Identifier: MIT */
/*
 * The debug registers, as far as a guest may set them: breakpoints on its own addresses,
 * no trap on their use, nothing that outlives its turn.
 * Source: Intel SDM 3B, 17.2 "Debug Registers".
 */
#ifndef XEN_GUEST_DEBUGREG_H
#define XEN_GUEST_DEBUGREG_H

#include <xen/types.h>

struct domain;

/* Sets one of the domain's debug registers, and the processor's. 0 or -EINVAL; -EPERM for an address of ours. */
int guest_set_debugreg(struct domain *d, unsigned number, uint32_t value);

/* Puts a domain's debug registers into the processor, in place of whoever's are there. */
void debugregs_switch(const struct domain *next);

/* A debug exception of the current guest's: keeps for it what the processor says of its cause. */
void debugregs_note_cause(void);

static inline void write_dr6(uint32_t value)
{
	__asm__ volatile("movl %0, %%db6" : : "r"(value));
}

#endif
