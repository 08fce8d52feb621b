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
	/* Lab 2, exercise 2.5: your code here. */
	(void)ss, (void)esp;
	return -ENOSYS;
}

void install_fast_trap(struct domain *d)
{
	/* The hypervisor's own gate, as every other vector has it. */
	d->fast_trap =
		make_gate(exception_stubs[FAST_TRAP_VECTOR], HYPERVISOR_CS, GATE_INTERRUPT, 0);
	/* Lab 2, exercise 2.5: your code here. */
	if (d == current)
		idt[FAST_TRAP_VECTOR] = d->fast_trap;
}

HYPERCALL(__HYPERVISOR_stack_switch, do_stack_switch);
