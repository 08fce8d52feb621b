/* SPDX-License-Identifier: MIT */
#include <xen/boot_map.h>
#include <xen/domain_page.h>
#include <xen/page.h>
#include <xen/panic.h>
#include <xen/subsystem.h>

/* Translates the 4 MiB at MAPCACHE_VIRT_START, a window an entry. */
static l1_pgentry_t mapcache_table[TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));

/* Where to look for a free window first: behind the one given last. */
static unsigned next_window;

static void invalidate(const void *p)
{
	__asm__ volatile("invlpg (%0)" : : "r"(p) : "memory");
}

static void *window_address(unsigned window)
{
	return (void *)(uintptr_t)(MAPCACHE_VIRT_START + window * PAGE_SIZE);
}

void *map_domain_page(mfn_t mfn)
{
	if (mfn < maddr_to_mfn(DIRECTMAP_BYTES))
		return mfn_to_virt(mfn);

	for (unsigned tried = 0; tried < TABLE_ENTRIES; tried++) {
		unsigned window = next_window;

		next_window = (next_window + 1) % TABLE_ENTRIES;
		if (!mapcache_table[window]) {
			mapcache_table[window] = mfn_to_maddr(mfn) | PAGE_DIRTY | PAGE_ACCESSED |
						 PAGE_RW | PAGE_PRESENT;
			return window_address(window);
		}
	}
	panic("map_domain_page: all windows are in use");
}

void unmap_domain_page(const void *p)
{
	vaddr_t va = (vaddr_t)(uintptr_t)p;

	if (va >= DIRECTMAP_VIRT_START)
		return;
	mapcache_table[l1_index(va)] = 0;
	invalidate(p);
}

/* As memcpy, but by the processor's own loop: whole kernels and ram disks go through here. */
static void copy_bytes(void *to, const void *from, uint32_t n)
{
	uint32_t words = n / sizeof(uint32_t);
	uint32_t rest = n % sizeof(uint32_t);

	__asm__ volatile("rep movsl\n\t"
			 "movl %3, %2\n\t"
			 "rep movsb"
			 : "+D"(to), "+S"(from), "+&c"(words)
			 : "r"(rest)
			 : "memory");
}

void clear_domain_page(mfn_t mfn)
{
	void *page = map_domain_page(mfn);
	void *to = page;
	uint32_t words = PAGE_SIZE / sizeof(uint32_t);

	__asm__ volatile("rep stosl" : "+D"(to), "+c"(words) : "a"(0) : "memory");
	unmap_domain_page(page);
}

/* How many of n bytes from maddr lie in its frame. */
static uint32_t in_frame(maddr_t maddr, uint32_t n)
{
	uint32_t room = PAGE_SIZE - maddr % PAGE_SIZE;

	return n < room ? n : room;
}

void copy_from_machine(void *to, maddr_t from, uint32_t n)
{
	while (n) {
		uint32_t part = in_frame(from, n);
		uint8_t *page = map_domain_page(maddr_to_mfn(from));

		copy_bytes(to, page + from % PAGE_SIZE, part);
		unmap_domain_page(page);
		to = (uint8_t *)to + part;
		from += part;
		n -= part;
	}
}

void copy_to_machine(maddr_t to, const void *from, uint32_t n)
{
	while (n) {
		uint32_t part = in_frame(to, n);
		uint8_t *page = map_domain_page(maddr_to_mfn(to));

		copy_bytes(page + to % PAGE_SIZE, from, part);
		unmap_domain_page(page);
		from = (const uint8_t *)from + part;
		to += part;
		n -= part;
	}
}

static void mapcache_init(void)
{
	idle_pg_table[l2_index(MAPCACHE_VIRT_START)] = virt_to_maddr(mapcache_table) | PAGE_RW |
						       PAGE_PRESENT;
}

SUBSYSTEM(domain_page) = {
	.name = "map cache",
	.init = mapcache_init,
};
