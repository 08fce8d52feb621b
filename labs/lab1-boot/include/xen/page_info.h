/* SPDX-License-Identifier: MIT */
/*
 * The frame table: what the hypervisor knows of each machine frame.
 *
 * frame_table[mfn] means something for every frame below max_page that is not
 * free (page_is_free() in <xen/page_alloc.h>); the allocator alone uses it for
 * free ones. Lab 3 gives the counts their meaning.
 */
#ifndef XEN_PAGE_INFO_H
#define XEN_PAGE_INFO_H

#include <xen/page.h>
#include <xen/types.h>

struct domain;
struct memory_map;

struct page_info {
	/* The list that the frame is on: its owner's pages, or free blocks. */
	mfn_t next;
	mfn_t prev;

	uint32_t count_info;

	union {
		struct {
			uint32_t type_info;
			struct domain *owner;
		} inuse;
		struct {
			uint32_t order; /* of the free block that begins here */
		} free;
	} u;

	uint32_t tlbflush_timestamp;
};

/* The layout has room for 24 bytes a frame; a 64-bit host, whose pointers are larger, for more. */
_Static_assert(sizeof(struct page_info) == 24 || sizeof(void *) != 4, "24 bytes on the target");

/* FRAMETABLE_VIRT_START on the machine; an array of their own in unit tests. */
extern struct page_info frame_table[];

/* The number past the last frame that frame_table describes. */
extern mfn_t max_page;

static inline struct page_info *mfn_to_page(mfn_t mfn)
{
	return &frame_table[mfn];
}

static inline mfn_t page_to_mfn(const struct page_info *page)
{
	return (mfn_t)(page - frame_table);
}

/*
 * Finds room for the frame table in the map's usable memory, reserves it there,
 * maps it, and clears what it says of all frames that will not be free.
 * Returns 0, or -ENOMEM if there is no room.
 */
int page_info_init(struct memory_map *map);

#endif
