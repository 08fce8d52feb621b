/* SPDX-License-Identifier: MIT */
/* Reading and writing what a guest points at. */
#ifndef XEN_GUEST_ACCESS_H
#define XEN_GUEST_ACCESS_H

#include <xen/layout.h>
#include <xen/types.h>

/*
 * Do n bytes at a guest's virtual address lie below the hypervisor, without
 * wrapping? Nothing is said of their being mapped.
 */
static inline bool access_ok(vaddr_t va, uint32_t n)
{
	return va <= HYPERVISOR_VIRT_START && n <= HYPERVISOR_VIRT_START - va;
}

/*
 * Exercise 2.3. Copy n bytes from, and to, a virtual address of the current
 * guest. 0; or -EFAULT if a byte lies in the hypervisor's part of the address
 * space, the range wraps, or a byte is not mapped (not writable). After an error part of the
 * bytes may have been copied.
 */
int copy_from_guest(void *to, vaddr_t from, uint32_t n);
int copy_to_guest(vaddr_t to, const void *from, uint32_t n);

#endif
