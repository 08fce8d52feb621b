/* SPDX-License-Identifier: MIT */
/*
 * A model of copy_from_guest() and copy_to_guest(), for tests of what uses them: byte by byte, each
 * of which may be the one that ends it.
 */
#include <public/errno.h>
#include <test/guest_memory.h>
#include <xen/guest_access.h>

/* Addresses count on past 4 GiB here, where they would wrap. */
static uint8_t *byte_or_null(uint64_t va, bool write)
{
	return va < HYPERVISOR_VIRT_START ? guest_byte((vaddr_t)va, write) : NULL;
}

int copy_from_guest(void *to, vaddr_t from, uint32_t n)
{
	uint8_t *next = to;

	for (uint64_t va = from; va < (uint64_t)from + n; va++) {
		const uint8_t *byte = byte_or_null(va, false);

		if (!byte)
			return -EFAULT;
		*next++ = *byte;
	}
	return 0;
}

int copy_to_guest(vaddr_t to, const void *from, uint32_t n)
{
	const uint8_t *next = from;

	for (uint64_t va = to; va < (uint64_t)to + n; va++) {
		uint8_t *byte = byte_or_null(va, true);

		if (!byte)
			return -EFAULT;
		*byte = *next++;
	}
	return 0;
}
