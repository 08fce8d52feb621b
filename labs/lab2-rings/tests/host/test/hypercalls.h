/* SPDX-License-Identifier: MIT */
/* Calling a hypercall's function as the hypervisor finds it: by its record. */
#ifndef TEST_HYPERCALLS_H
#define TEST_HYPERCALLS_H

#include <test/suite.h>
#include <xen/hypercall.h>

/* The function of the last record that has this number. */
static inline hypercall_fn *hypercall_function(unsigned number)
{
	hypercall_fn *function = NULL;

	for (const struct hypercall_record *r = __start_hypercalls; r < __stop_hypercalls; r++)
		if (r->number == number)
			function = r->function;
	EXPECT(function, "hypercall %u: expected a HYPERCALL() record for it, saw none", number);
	return function;
}

#endif
