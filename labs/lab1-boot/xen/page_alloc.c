/* SPDX-License-Identifier: MIT */
#include <xen/memory_map.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/string.h>
#include <xen/subsystem.h>

#define MAX_FRAMES (1u << 20) /* 4 GiB */

/* A bit for each frame: set while it is free. */
static uint32_t free_map[MAX_FRAMES / 32];

/*
 * The first block of each order, for each heap, linked through the blocks' first
 * frames' page_info; there u.free.order is the block's order.
 */
static mfn_t free_list[NR_HEAPS][MAX_ORDER + 1];

static uint32_t nr_free[NR_HEAPS];

bool page_is_free(mfn_t mfn)
{
	return mfn < MAX_FRAMES && (free_map[mfn / 32] >> mfn % 32 & 1);
}

uint32_t free_frames(enum heap heap)
{
	return nr_free[heap];
}

/* Sets or clears the bits of 2^order frames from mfn, a multiple of 2^order. */
static void mark_block(mfn_t mfn, unsigned order, bool is_free)
{
	uint32_t mask;

	if (order >= 5) {
		memset(&free_map[mfn / 32], is_free ? 0xFF : 0, (1u << order) / 8);
		return;
	}
	mask = ((1u << (1u << order)) - 1) << mfn % 32;
	if (is_free)
		free_map[mfn / 32] |= mask;
	else
		free_map[mfn / 32] &= ~mask;
}

/* Could alloc_pages have returned this block, and nobody freed it since? */
static bool is_allocated_block(mfn_t mfn, unsigned order)
{
	if (order > MAX_ORDER || mfn % (1u << order) || max_page < mfn + (1u << order))
		return false;
	for (mfn_t i = 0; i < 1u << order; i++)
		if (page_is_free(mfn + i))
			return false;
	return true;
}

static void must_be_allocated_block(mfn_t mfn, unsigned order)
{
	if (!is_allocated_block(mfn, order))
		panic("free_pages: frame %x, order %u: not an allocated block", mfn, order);
}

/* Puts a block at the head of its list. */
static void push_block(mfn_t mfn, unsigned order)
{
	mfn_t *head = &free_list[mfn_to_heap(mfn)][order];
	struct page_info *page = mfn_to_page(mfn);

	page->u.free.order = order;
	page->prev = INVALID_MFN;
	page->next = *head;
	if (*head != INVALID_MFN)
		mfn_to_page(*head)->prev = mfn;
	*head = mfn;
}

/* Takes a block out of its list, wherever in it it stands. */
static void unlink_block(mfn_t mfn)
{
	struct page_info *page = mfn_to_page(mfn);

	if (page->prev != INVALID_MFN)
		mfn_to_page(page->prev)->next = page->next;
	else
		free_list[mfn_to_heap(mfn)][page->u.free.order] = page->next;
	if (page->next != INVALID_MFN)
		mfn_to_page(page->next)->prev = page->prev;
}

void page_alloc_init(const struct memory_map *map)
{
	for (unsigned heap = 0; heap < NR_HEAPS; heap++)
		for (unsigned order = 0; order <= MAX_ORDER; order++)
			free_list[heap][order] = INVALID_MFN;
	memset(free_map, 0, sizeof(free_map));
	memset(nr_free, 0, sizeof(nr_free));

	/* Lab 1, exercise 1.5: your code here. */
	(void)map;
	(void)mark_block;
	(void)push_block;
}

struct page_info *alloc_pages(enum heap heap, unsigned order)
{
	/* Lab 1, exercise 1.5: your code here. */
	(void)heap;
	(void)order;
	(void)unlink_block;
	return NULL;
}

void free_pages(struct page_info *page, unsigned order)
{
	mfn_t mfn = page_to_mfn(page);

	must_be_allocated_block(mfn, order);
	/* Lab 1, exercise 1.5: your code here. */
}

void *alloc_xenheap_pages(unsigned order)
{
	struct page_info *page = alloc_pages(HEAP_XEN, order);

	return page ? mfn_to_virt(page_to_mfn(page)) : NULL;
}

void free_xenheap_pages(void *p, unsigned order)
{
	free_pages(mfn_to_page(virt_to_mfn(p)), order);
}

static void dump_heaps(void)
{
	static const char *const name[NR_HEAPS] = { "hypervisor's", "domains'" };

	for (unsigned heap = 0; heap < NR_HEAPS; heap++) {
		printk("%s heap: %u frames free\n", name[heap], nr_free[heap]);
		for (unsigned order = 0; order <= MAX_ORDER; order++) {
			unsigned blocks = 0;

			for (mfn_t mfn = free_list[heap][order]; mfn != INVALID_MFN;
			     mfn = mfn_to_page(mfn)->next)
				blocks++;
			if (blocks)
				printk("  %u blocks of order %u\n", blocks, order);
		}
	}
}

SUBSYSTEM(page_alloc) = {
	.name = "page allocator",
	.dump = dump_heaps,
	.key = 'm',
};
