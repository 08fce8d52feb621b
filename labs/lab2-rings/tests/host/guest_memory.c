/* SPDX-License-Identifier: MIT */
#include <public/errno.h>
#include <test/guest_memory.h>
#include <test/suite.h>
#include <xen/layout.h>
#include <xen/probe.h>

struct guest_page guest_pages[MAX_GUEST_PAGES];
unsigned nr_guest_pages;

void guest_memory_reset(void)
{
	nr_guest_pages = 0;
}

void guest_map(vaddr_t va, bool writable)
{
	struct guest_page *page = &guest_pages[nr_guest_pages++];

	EXPECT(nr_guest_pages <= MAX_GUEST_PAGES, "the test itself maps more than %u pages",
	       MAX_GUEST_PAGES);
	page->va = va & PAGE_MASK;
	page->writable = writable;
	for (unsigned i = 0; i < PAGE_SIZE; i++)
		page->bytes[i] = (uint8_t)(i * 7 + i / 256 + (va >> PAGE_SHIFT) * 13);
}

uint8_t *guest_byte(vaddr_t va, bool write)
{
	for (unsigned i = 0; i < nr_guest_pages; i++)
		if (guest_pages[i].va == (va & PAGE_MASK))
			return guest_pages[i].writable || !write
				       ? &guest_pages[i].bytes[va % PAGE_SIZE]
				       : NULL;
	return NULL;
}

/* The same for the hypervisor, which must not use a guest's pointer for its own memory. */
static uint8_t *probed_byte(vaddr_t va, bool write, vaddr_t start, size_t n)
{
	EXPECT(va < HYPERVISOR_VIRT_START,
	       "a guest's pointer %08x, %zu bytes: expected the hypervisor's memory left alone, saw "
	       "the byte at %08x %s",
	       start, n, va, write ? "written" : "read");
	return guest_byte(va, write);
}

int probe_read(void *to, vaddr_t from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint8_t *byte = probed_byte(from + (vaddr_t)i, false, from, n);

		if (!byte)
			return -EFAULT;
		((uint8_t *)to)[i] = *byte;
	}
	return 0;
}

int probe_write(vaddr_t to, const void *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t *byte = probed_byte(to + (vaddr_t)i, true, to, n);

		if (!byte)
			return -EFAULT;
		*byte = ((const uint8_t *)from)[i];
	}
	return 0;
}

void guest_peek(void *to, vaddr_t va, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		((uint8_t *)to)[i] = *guest_byte(va + i, false);
}

void guest_poke(vaddr_t va, const void *from, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		*guest_byte(va + i, false) = ((const uint8_t *)from)[i];
}
