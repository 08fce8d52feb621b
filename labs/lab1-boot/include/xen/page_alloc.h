/* SPDX-License-Identifier: MIT */
/*
 * The page allocator: a binary buddy system over the machine's free frames.
 *
 * A block of order k is 2^k frames that begin at a multiple of 2^k. Splitting it
 * gives two buddies of order k - 1, whose frame numbers differ in bit k - 1 only.
 * Source: Knuth, The Art of Computer Programming 1, 2.5 "Dynamic storage
 * allocation", Algorithms R and S.
 */
#ifndef XEN_PAGE_ALLOC_H
#define XEN_PAGE_ALLOC_H

#include <xen/page_info.h>
#include <xen/types.h>

struct memory_map;

/* Blocks reach 16 MiB, the direct map's size: so none lies in both heaps. */
#define MAX_ORDER 12

enum heap {
	HEAP_XEN, /* frames in the direct map: the hypervisor's own data */
	HEAP_DOM, /* all others: domains' memory */
	NR_HEAPS,
};

static inline enum heap mfn_to_heap(mfn_t mfn)
{
	return mfn < DIRECTMAP_BYTES / PAGE_SIZE ? HEAP_XEN : HEAP_DOM;
}

/*
 * Makes every frame of the map that is usable and not reserved free, in blocks
 * as large as their place allows. Frames from max_page up are left out. Anything
 * known before is forgotten.
 */
void page_alloc_init(const struct memory_map *map);

/*
 * Takes a block of 2^order frames out of a heap and returns its first frame, or
 * NULL if the heap has no block of that order or larger, or order > MAX_ORDER.
 * Every frame of it gets a page_info of zeros. The memory holds whatever it held.
 */
struct page_info *alloc_pages(enum heap heap, unsigned order);

/*
 * Gives back a block that alloc_pages returned, and merges it with its buddy
 * for as long as that is free as one block too. Panics if any of its frames is free
 * already, or the block is not one: that would be a bug of the caller's.
 */
void free_pages(struct page_info *page, unsigned order);

/* Is the frame free? (Not: was it ever memory.) */
bool page_is_free(mfn_t mfn);

/* Free frames of a heap. */
uint32_t free_frames(enum heap heap);

/* The hypervisor's own pages, by their address in the direct map; or NULL. */
void *alloc_xenheap_pages(unsigned order);
void free_xenheap_pages(void *p, unsigned order);

#endif
