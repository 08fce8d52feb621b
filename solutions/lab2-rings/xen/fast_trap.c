/* SPDX-License-Identifier: MIT */
#include <public/errno.h>
#include <xen/descriptors.h>
#include <xen/domain.h>
#include <xen/guest_descriptors.h>
#include <xen/guest_traps.h>
#include <xen/hypercall.h>

/*
 * Exercise 2.5, hypercall stack_switch. Sets the stack on which the current domain's kernel takes traps
 * from ring 3, for create_bounce_frame() and for the processor itself (the TSS's SS1 and
 * ESP1). The selector goes through guest_selector(). Always 0: a stack that is no good
 * shows when it is used, to the domain's own harm.
 */
static long do_stack_switch(uint32_t ss, uint32_t esp, uint32_t c, uint32_t d, uint32_t e)
{
	(void)c, (void)d, (void)e;
#ifdef SOLVED
	current->kernel_ss = guest_selector((uint16_t)ss);
	current->kernel_sp = esp;
	hypervisor_tss.ss1 = current->kernel_ss;
	hypervisor_tss.esp1 = current->kernel_sp;
	return 0;
#else
	/* Lab 2, exercise 2.5: your code here. */
	(void)ss, (void)esp;
	return -ENOSYS;
#endif
}

void install_fast_trap(struct domain *d)
{
	/* The hypervisor's own gate, as every other vector has it. */
	d->fast_trap =
		make_gate(exception_stubs[FAST_TRAP_VECTOR], HYPERVISOR_CS, GATE_INTERRUPT, 0);
#ifdef SOLVED
	const struct trap_info *t = &d->trap_table[FAST_TRAP_VECTOR];

	if (t->address && !(t->flags & TI_MASK) && t->cs & ~SELECTOR_RPL &&
	    guest_gate_selector_ok(t->cs))
		d->fast_trap = make_gate(t->address, t->cs, GATE_TRAP, t->flags & TI_DPL);
#else
	/* Lab 2, exercise 2.5: your code here. */
#endif
	if (d == current)
		idt[FAST_TRAP_VECTOR] = d->fast_trap;
}

HYPERCALL(__HYPERVISOR_stack_switch, do_stack_switch);
