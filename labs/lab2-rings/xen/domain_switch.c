/* SPDX-License-Identifier: MIT */
#include <xen/descriptors.h>
#include <xen/domain.h>
#include <xen/guest_debugreg.h>
#include <xen/guest_traps.h>
#include <xen/missing.h>
#include <xen/processor.h>

void domain_switch(struct domain *previous, struct domain *next)
{
	/* Lab 2, exercise 2.2: your code here. */
	(void)previous;
	(void)next;
	exercise_missing("lab 2, exercise 2.2: domain_switch() is empty");
}
