/* SPDX-License-Identifier: MIT */
#include <xen/memory_map.h>
#include <xen/multiboot.h>
#include <xen/page.h>
#include <xen/string.h>

/* One past the last address that 32-bit paging reaches. */
#define END_OF_MEMORY ((paddr_t)1 << 32)

static void delete_range(struct range_set *set, unsigned i)
{
	set->count--;
	memmove(&set->range[i], &set->range[i + 1], (set->count - i) * sizeof(set->range[0]));
}

static bool insert_range(struct range_set *set, unsigned i, struct mfn_range range)
{
	if (set->count == MAX_RANGES)
		return false;
	memmove(&set->range[i + 1], &set->range[i], (set->count - i) * sizeof(set->range[0]));
	set->range[i] = range;
	set->count++;
	return true;
}

bool range_set_add(struct range_set *set, struct mfn_range range)
{
	unsigned i = 0;

	if (range.start >= range.end)
		return true;

	while (i < set->count && set->range[i].end < range.start)
		i++;
	if (i == set->count || set->range[i].start > range.end)
		return insert_range(set, i, range);

	/* Overlaps or touches range i: grow that, and swallow what it then reaches. */
	if (range.start < set->range[i].start)
		set->range[i].start = range.start;
	if (range.end > set->range[i].end)
		set->range[i].end = range.end;
	while (i + 1 < set->count && set->range[i + 1].start <= set->range[i].end) {
		if (set->range[i + 1].end > set->range[i].end)
			set->range[i].end = set->range[i + 1].end;
		delete_range(set, i + 1);
	}
	return true;
}

bool range_set_remove(struct range_set *set, struct mfn_range range)
{
	unsigned i = 0;

	if (range.start >= range.end)
		return true;

	while (i < set->count) {
		struct mfn_range *r = &set->range[i];

		if (r->end <= range.start || r->start >= range.end) {
			i++;
		} else if (r->start < range.start && r->end > range.end) {
			struct mfn_range above = { range.end, r->end };

			if (!insert_range(set, i + 1, above))
				return false;
			r->end = range.start;
			return true;
		} else if (r->start < range.start) {
			r->end = range.start;
			i++;
		} else if (r->end > range.end) {
			r->start = range.end;
			i++;
		} else {
			delete_range(set, i);
		}
	}
	return true;
}

bool range_set_covers(const struct range_set *set, struct mfn_range range)
{
	if (range.start >= range.end)
		return true;
	for (unsigned i = 0; i < set->count; i++)
		if (range.start >= set->range[i].start && range.end <= set->range[i].end)
			return true;
	return false;
}

uint32_t range_set_frames(const struct range_set *set)
{
	uint32_t frames = 0;

	for (unsigned i = 0; i < set->count; i++)
		frames += set->range[i].end - set->range[i].start;
	return frames;
}

/* The frames that lie in [start, end) as a whole: memory must be whole. */
static struct mfn_range frames_inside(paddr_t start, paddr_t end)
{
	if (start > END_OF_MEMORY)
		start = END_OF_MEMORY;
	if (end > END_OF_MEMORY)
		end = END_OF_MEMORY;
	return (struct mfn_range){ (mfn_t)((start + PAGE_SIZE - 1) >> PAGE_SHIFT),
				   (mfn_t)(end >> PAGE_SHIFT) };
}

struct mfn_range frames_touched(paddr_t start, paddr_t end)
{
	if (start >= end)
		return (struct mfn_range){ 0, 0 };
	if (start > END_OF_MEMORY)
		start = END_OF_MEMORY;
	if (end > END_OF_MEMORY)
		end = END_OF_MEMORY;
	return (struct mfn_range){ (mfn_t)(start >> PAGE_SHIFT),
				   (mfn_t)((end + PAGE_SIZE - 1) >> PAGE_SHIFT) };
}

/*
 * Takes away what is not available. Where that would leave more ranges than we
 * can keep, everything above goes with it: better too little than too much.
 */
static void remove_entry(struct memory_map *map, const struct multiboot_mmap_entry *entry)
{
	struct mfn_range gone = frames_touched(entry->addr, entry->addr + entry->len);

	if (!range_set_remove(&map->usable, gone)) {
		gone.end = (mfn_t)(END_OF_MEMORY >> PAGE_SHIFT);
		range_set_remove(&map->usable, gone);
	}
}

/*
 * Goes over the entries of a multiboot memory map and applies those that are
 * (or are not) available. Returns how many it could make no use of.
 */
static unsigned apply_entries(struct memory_map *map, const uint8_t *p, uint32_t bytes,
			      bool available)
{
	const uint32_t body = sizeof(struct multiboot_mmap_entry) - sizeof(uint32_t);
	unsigned passed_over = 0;

	while (bytes >= sizeof(uint32_t)) {
		struct multiboot_mmap_entry entry;

		memcpy(&entry.size, p, sizeof(entry.size));
		if (entry.size < body || entry.size > bytes - sizeof(uint32_t))
			break; /* no telling where the next one begins */
		memcpy(&entry, p, sizeof(entry));
		p += sizeof(uint32_t) + entry.size;
		bytes -= (uint32_t)sizeof(uint32_t) + entry.size;

		if (available != (entry.type == MULTIBOOT_MEMORY_AVAILABLE))
			continue;
		if (entry.addr + entry.len < entry.addr)
			passed_over++; /* wraps */
		else if (!available)
			remove_entry(map, &entry);
		else if (!range_set_add(&map->usable,
					frames_inside(entry.addr, entry.addr + entry.len)))
			passed_over++;
	}
	/* What is left over is no entry; both rounds see it, one counts it. */
	return bytes && available ? passed_over + 1 : passed_over;
}

unsigned memory_map_parse(struct memory_map *map, const void *entries, uint32_t bytes)
{
	unsigned passed_over;

	map->usable.count = 0;
	passed_over = apply_entries(map, entries, bytes, true);

	return passed_over + apply_entries(map, entries, bytes, false);
}

bool memory_map_reserve(struct memory_map *map, paddr_t start, paddr_t end)
{
	return range_set_add(&map->reserved, frames_touched(start, end));
}

mfn_t memory_map_max_page(const struct memory_map *map)
{
	return map->usable.count ? map->usable.range[map->usable.count - 1].end : 0;
}
