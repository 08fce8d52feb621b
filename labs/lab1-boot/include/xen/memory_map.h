/* SPDX-License-Identifier: MIT */
/*
 * Which machine frames are memory, and which of those are taken already.
 *
 * A boot loader's map may be in any order, overlap itself, reach beyond 4 GiB
 * and contain rubbish. What comes out here is clean: whole frames below 4 GiB,
 * in sorted ranges that neither overlap nor touch; where the boot loader says both
 * "available" and something else of the same byte, it is not available.
 */
#ifndef XEN_MEMORY_MAP_H
#define XEN_MEMORY_MAP_H

#include <xen/types.h>

/* Frames [start, end). */
struct mfn_range {
	mfn_t start;
	mfn_t end;
};

#define MAX_RANGES 64

/* Sorted, not overlapping, not touching. */
struct range_set {
	unsigned count;
	struct mfn_range range[MAX_RANGES];
};

struct memory_map {
	struct range_set usable;   /* memory */
	struct range_set reserved; /* not to be handed out, memory or not */
};

/* The union and the difference. False, and no change, if it needs too many ranges. */
bool range_set_add(struct range_set *set, struct mfn_range range);
bool range_set_remove(struct range_set *set, struct mfn_range range);

/* Does the set contain all of this range? Of an empty one it does. */
bool range_set_covers(const struct range_set *set, struct mfn_range range);

/* How many frames the set contains. */
uint32_t range_set_frames(const struct range_set *set);

/* The frames that a byte of [start, end) lies in, below 4 GiB. */
struct mfn_range frames_touched(paddr_t start, paddr_t end);

/*
 * Fills map->usable from multiboot's memory map: `bytes` bytes of struct
 * multiboot_mmap_entry at `entries`. Returns how many entries were passed over
 * because they made no sense (wrapping, cut short, one too many).
 */
unsigned memory_map_parse(struct memory_map *map, const void *entries, uint32_t bytes);

/* Reserves every frame that a byte of [start, end) lies in. False if there is no room. */
bool memory_map_reserve(struct memory_map *map, paddr_t start, paddr_t end);

/* The number past the last usable frame; 0 if there is none. */
mfn_t memory_map_max_page(const struct memory_map *map);

#endif
