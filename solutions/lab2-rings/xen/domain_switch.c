/* SPDX-License-Identifier: MIT */
#include <xen/descriptors.h>
#include <xen/domain.h>
#include <xen/guest_debugreg.h>
#include <xen/guest_traps.h>
#include <xen/missing.h>
#include <xen/processor.h>

void domain_switch(struct domain *previous, struct domain *next)
{
#ifdef SOLVED
	if (previous) {
		previous->context = *guest_regs();
		fpu_leave(previous);
	}
	current = next;
	write_cr3(next->cr3);
	hypervisor_tss.ss1 = next->kernel_ss;
	hypervisor_tss.esp1 = next->kernel_sp;
	idt[FAST_TRAP_VECTOR] = next->fast_trap;
	debugregs_switch(next);
	fpu_arrive();
	*guest_regs() = next->context;
#else
	/* Lab 2, exercise 2.2: your code here. */
	(void)previous;
	(void)next;
	exercise_missing("lab 2, exercise 2.2: domain_switch() is empty");
#endif
}
