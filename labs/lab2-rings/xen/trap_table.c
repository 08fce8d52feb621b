/* SPDX-License-Identifier: MIT */
#include <public/errno.h>
#include <xen/domain.h>
#include <xen/guest_access.h>
#include <xen/guest_descriptors.h>
#include <xen/guest_traps.h>
#include <xen/hypercall.h>
#include <xen/string.h>

/*
 * Exercise 2.4, hypercall set_trap_table. Replaces the entries of the current domain's trap
 * table that the guest's table names, and then works out the gate for vector 0x80
 * again (install_fast_trap()). The guest's table ends with an entry whose
 * address is 0, after 256 entries at most; a NULL table clears all of the domain's.
 *
 * Selectors go through guest_selector(). -EFAULT if the table cannot be read up to its end,
 * -EINVAL if it has no end, -EPERM if a selector is not guest_gate_selector_ok(); after an
 * error the domain's table is as it was.
 */
static long do_set_trap_table(uint32_t table, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
	/* Lab 2, exercise 2.4: your code here. */
	(void)table, (void)b, (void)c, (void)d, (void)e;
	return -ENOSYS;
}

HYPERCALL(__HYPERVISOR_set_trap_table, do_set_trap_table);
