/* SPDX-License-Identifier: MIT */
#include <public/errno.h>
#include <xen/boot_map.h>
#include <xen/memory_map.h>
#include <xen/page_info.h>
#include <xen/printk.h>
#include <xen/string.h>

#define SUPERPAGE_FRAMES (SUPERPAGE_SIZE / PAGE_SIZE)

mfn_t max_page;

/* Is the range all memory, and none of it taken? */
static bool all_free(const struct memory_map *map, struct mfn_range range)
{
	for (unsigned i = 0; i < map->reserved.count; i++)
		if (range.start < map->reserved.range[i].end &&
		    range.end > map->reserved.range[i].start)
			return false;
	return range_set_covers(&map->usable, range);
}

/*
 * The highest place for so many frames that begins at a multiple of 4 MiB, so
 * that what is left for domains stays in one piece. INVALID_MFN if there is none.
 */
static mfn_t find_room(const struct memory_map *map, mfn_t frames)
{
	mfn_t place = max_page - max_page % SUPERPAGE_FRAMES;

	for (; place; place -= SUPERPAGE_FRAMES)
		if (frames <= max_page - place &&
		    all_free(map, (struct mfn_range){ place, place + frames }))
			return place;
	return INVALID_MFN;
}

/* The last 4 MiB page may reach into other memory, which nobody touches there. */
static void map_frame_table(mfn_t place, mfn_t frames)
{
	vaddr_t va = FRAMETABLE_VIRT_START;

	for (mfn_t mfn = place; mfn < place + frames; mfn += SUPERPAGE_FRAMES) {
		idle_pg_table[l2_index(va)] = mfn_to_maddr(mfn) | PAGE_GLOBAL | PAGE_PSE | PAGE_RW |
					      PAGE_PRESENT;
		va += SUPERPAGE_SIZE;
	}
}

static void clear_page_info(mfn_t start, mfn_t end)
{
	if (end > max_page)
		end = max_page;
	if (start < end)
		memset(mfn_to_page(start), 0, (end - start) * sizeof(struct page_info));
}

/* Holes and reserved frames. The allocator clears the others as it hands them out. */
static void clear_frames_not_free(const struct memory_map *map)
{
	mfn_t hole = 0;

	for (unsigned i = 0; i < map->usable.count; i++) {
		clear_page_info(hole, map->usable.range[i].start);
		hole = map->usable.range[i].end;
	}
	for (unsigned i = 0; i < map->reserved.count; i++)
		clear_page_info(map->reserved.range[i].start, map->reserved.range[i].end);
}

int page_info_init(struct memory_map *map)
{
	mfn_t frames, place;

	max_page = memory_map_max_page(map);
	frames = (max_page * (uint32_t)sizeof(struct page_info) + PAGE_SIZE - 1) >> PAGE_SHIFT;
	place = find_room(map, frames);
	if (place == INVALID_MFN || !memory_map_reserve(map, (paddr_t)place << PAGE_SHIFT,
							(paddr_t)(place + frames) << PAGE_SHIFT))
		return -ENOMEM;

	map_frame_table(place, frames);
	printk("frame table: %u KiB at %08x\n", frames * (PAGE_SIZE / 1024), mfn_to_maddr(place));
	clear_frames_not_free(map);
	return 0;
}
