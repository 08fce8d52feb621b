/* SPDX-License-Identifier: MIT */
/* Exceptions of a guest, handed to the guest (ABI, section 6). */
#ifndef XEN_GUEST_TRAPS_H
#define XEN_GUEST_TRAPS_H

#include <xen/traps.h>
#include <xen/types.h>

struct domain;

/* A handler to be entered as if by an interrupt gate. */
struct guest_trap {
	uint16_t cs;
	uint32_t eip;
	bool has_error_code;
	uint32_t error_code;
	bool mask_events; /* on entry */
};

/*
 * Exercise 2.4. Makes the current guest go on in a handler of its kernel: pushes the ABI's
 * frame onto the kernel's stack and sets regs to the handler.
 *
 * The stack is the one in use if the guest was in ring 1, and the one of
 * stack_switch if it was in ring 3, whose SS and ESP are pushed then too. The CS
 * word carries the event mask that was in force in its bits 16 to 23, the EFLAGS word has IF
 * set if events were not masked. The handler starts with TF, NT, RF and VM clear.
 *
 * A handler with a null selector, or a stack that cannot be written or reaches into
 * the hypervisor, crashes the domain, and regs stay as they were.
 */
void create_bounce_frame(struct trap_frame *regs, const struct guest_trap *trap);

/*
 * Emulates the privileged instruction at the guest's EIP, if it is one that the
 * ABI says is emulated, and moves EIP past it. False if it is not.
 */
bool emulate_privileged(struct trap_frame *regs);

/* Emulates CPUID after XEN_EMULATE_PREFIX at EIP. False if that is not what stands there. */
bool emulate_forced_cpuid(struct trap_frame *regs);

/*
 * Exercise 2.5. Works out the gate for vector 0x80 from the domain's trap
 * table: a trap gate straight to the guest's handler, with the guest's DPL, if its selector is
 * not null and safe in a gate and it does not ask for events to be masked; else the
 * hypervisor's own gate, by which INT 0x80 faults and is bounced. Loads it if the domain is current.
 */
void install_fast_trap(struct domain *d);

/* The vector whose gate belongs to the running guest. */
#define FAST_TRAP_VECTOR 0x80

#endif
