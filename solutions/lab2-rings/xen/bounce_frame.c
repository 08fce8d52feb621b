/* SPDX-License-Identifier: MIT */
#include <xen/domain.h>
#include <xen/guest_access.h>
#include <xen/guest_traps.h>
#include <xen/processor.h>
#include <xen/put_guest.h>

#ifdef SOLVED
/* Flags that a handler starts without. */
#define CLEARED_FLAGS (EFLAGS_TF | EFLAGS_NT | EFLAGS_RF | EFLAGS_VM)

/* The event mask in its place in the CS word, and EFLAGS with IF for the guest's mask. */
static inline uint32_t cs_word(const struct trap_frame *regs, uint32_t mask)
{
	return (regs->cs & 0xFFFF) | mask << BOUNCE_CS_MASK_SHIFT;
}

static inline uint32_t eflags_word(const struct trap_frame *regs, uint32_t mask)
{
	return (regs->eflags & ~EFLAGS_IF) | (mask ? 0 : EFLAGS_IF);
}

/* Writes the frame, the lowest word first. False where the stack cannot take it. */
static inline bool put_frame(vaddr_t va, const struct trap_frame *regs,
			     const struct guest_trap *trap, bool from_kernel)
{
	uint32_t mask = vcpu_info(current)->evtchn_upcall_mask;

	if (trap->has_error_code) {
		if (!put_guest_word(va, trap->error_code))
			return false;
		va += 4;
	}
	return put_guest_word(va, regs->eip) && put_guest_word(va + 4, cs_word(regs, mask)) &&
	       put_guest_word(va + 8, eflags_word(regs, mask)) &&
	       (from_kernel ||
		(put_guest_word(va + 12, regs->esp) && put_guest_word(va + 16, regs->ss & 0xFFFF)));
}
#endif

void create_bounce_frame(struct trap_frame *regs, const struct guest_trap *trap)
{
#ifdef SOLVED
	bool from_kernel = (regs->cs & SELECTOR_RPL) < 2;
	vaddr_t esp = from_kernel ? regs->esp : current->kernel_sp;
	uint32_t bytes = 4 * (3 + trap->has_error_code + (from_kernel ? 0 : 2));

	if (!(trap->cs & ~SELECTOR_RPL)) {
		domain_crash("its handler for vector %u has a null selector", regs->vector);
		return;
	}
	esp -= bytes;
	if (!access_ok(esp, bytes) || !put_frame(esp, regs, trap, from_kernel)) {
		domain_crash("its stack at %08x cannot take the frame for vector %u", esp,
			     regs->vector);
		return;
	}

	regs->eip = trap->eip;
	regs->cs = trap->cs;
	regs->eflags &= ~CLEARED_FLAGS;
	regs->esp = esp;
	if (!from_kernel)
		regs->ss = current->kernel_ss;
	if (trap->mask_events)
		vcpu_info(current)->evtchn_upcall_mask = 1;
#else
	/* Lab 2, exercise 2.4: your code here. */
	(void)regs;
	(void)trap;
	domain_crash("lab 2, exercise 2.4: create_bounce_frame() is empty");
#endif
}
