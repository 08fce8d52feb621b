/* SPDX-License-Identifier: MIT */
/*
 * The address space that probe_read() and probe_write() see in a unit test: the pages that the
 * test maps for its guest. The hypervisor's part of it is mapped too, as on the machine; who
 * touches that on a guest's behalf fails the test.
 */
#ifndef TEST_GUEST_MEMORY_H
#define TEST_GUEST_MEMORY_H

#include <xen/page.h>
#include <xen/types.h>

#define MAX_GUEST_PAGES 16

struct guest_page {
	vaddr_t va;
	bool writable;
	uint8_t bytes[PAGE_SIZE];
};

extern struct guest_page guest_pages[MAX_GUEST_PAGES];
extern unsigned nr_guest_pages;

/* Unmaps everything. */
void guest_memory_reset(void);

/* Maps a page, filled with bytes that differ from place to place. */
void guest_map(vaddr_t va, bool writable);

/* Where the byte at va is; NULL where it is not mapped, or is not to be written. */
uint8_t *guest_byte(vaddr_t va, bool write);

/* As the guest itself reads and writes; all of it must be mapped. */
void guest_peek(void *to, vaddr_t va, uint32_t n);
void guest_poke(vaddr_t va, const void *from, uint32_t n);

#endif
