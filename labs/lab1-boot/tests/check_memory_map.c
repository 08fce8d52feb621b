/* SPDX-License-Identifier: MIT */
/*
 * Memory maps, good ones and rubbish, against a model that has a flag for each frame. A frame
 * is usable if an entry says so of all of it, and none says otherwise of a byte in it.
 */
#include <stdlib.h>
#include <string.h>

#include <test/dice.h>
#include <test/ranges.h>
#include <xen/multiboot.h>
#include <xen/page.h>

#define AVAILABLE MULTIBOOT_MEMORY_AVAILABLE
#define RESERVED  2u
#define GIB       (1ull << 30)

/* The frames of 4 GiB. */
#define ALL_FRAMES (1u << 20)

/* Parses entries, and expects so many to be passed over. */
static struct memory_map parse(const char *what, const struct multiboot_mmap_entry *entries,
			       unsigned count, unsigned passed_over)
{
	struct memory_map map;
	unsigned seen;

	memset(&map, 0xA5, sizeof(map));
	map.reserved.count = 0;
	seen = memory_map_parse(&map, entries, count * (uint32_t)sizeof(entries[0]));
	expect_clean(&map.usable);
	EXPECT(seen == passed_over, "%s: expected %u entries passed over, saw %u", what,
	       passed_over, seen);
	return map;
}

#define PARSE(what, passed_over, ...)                                     \
	parse(what, (const struct multiboot_mmap_entry[]){ __VA_ARGS__ }, \
	      ARRAY_SIZE(((const struct multiboot_mmap_entry[]){ __VA_ARGS__ })), passed_over)

START_TEST(a_pc)
{
	struct memory_map map =
		PARSE("a PC", 0, { 20, 0, 0x9FC00, AVAILABLE }, { 20, 0x9FC00, 0x400, RESERVED },
		      { 20, 0xF0000, 0x10000, RESERVED }, { 20, 0x100000, 0x7EE0000, AVAILABLE },
		      { 20, 0x7FE0000, 0x20000, RESERVED }, { 20, 0xFFFC0000, 0x40000, RESERVED });

	EXPECT_RANGES("a PC", &map.usable, { 0, 0x9F }, { 0x100, 0x7FE0 });
	ck_assert_uint_eq(memory_map_max_page(&map), 0x7FE0);
}
END_TEST

START_TEST(any_order_and_overlaps)
{
	struct memory_map map =
		PARSE("reversed", 0, { 20, 0x500000, 0x1000, RESERVED },
		      { 20, 0x400000, 0x800000, AVAILABLE }, { 20, 0x300000, 0x200000, AVAILABLE },
		      { 20, 0x100000, 0x180000, AVAILABLE }, { 20, 0x150000, 0x10000, AVAILABLE });

	EXPECT_RANGES("reversed", &map.usable, { 0x100, 0x280 }, { 0x300, 0x500 },
		      { 0x501, 0xC00 });
}
END_TEST

START_TEST(not_available_wins)
{
	struct memory_map map = PARSE("both", 0, { 20, 0x100FFF, 2, RESERVED },
				      { 20, 0x100000, 0x10000, AVAILABLE },
				      { 20, 0x108000, 0x1000, 3 }, { 20, 0x10A000, 1, 0 },
				      { 20, 0x10C000, 1, 0xFFFFFFFF });

	EXPECT_RANGES("both", &map.usable, { 0x102, 0x108 }, { 0x109, 0x10A }, { 0x10B, 0x10C },
		      { 0x10D, 0x110 });

	map = PARSE("nothing left", 0, { 20, 0, 4 * GIB, RESERVED },
		    { 20, 0x100000, 0x10000, AVAILABLE });
	EXPECT(map.usable.count == 0, "nothing left: expected no range, saw %u", map.usable.count);
}
END_TEST

START_TEST(frames_are_whole)
{
	struct memory_map map = PARSE(
		"bytes", 0, { 20, 0x1001, 0x1FFF, AVAILABLE }, { 20, 0x5001, 0x1FFE, AVAILABLE },
		{ 20, 0x8FFF, 0x1001, AVAILABLE }, { 20, 0xC000, 0xFFF, AVAILABLE });

	EXPECT_RANGES("bytes", &map.usable, { 2, 3 }, { 9, 10 });
}
END_TEST

START_TEST(entries_of_no_bytes)
{
	struct memory_map map = PARSE("no bytes", 0, { 20, 0x10000, 0x10000, AVAILABLE },
				      { 20, 0x12345, 0, RESERVED }, { 20, 0x18000, 0, RESERVED },
				      { 20, 0x30000, 0, AVAILABLE }, { 20, 0x40001, 0, AVAILABLE });

	EXPECT_RANGES("no bytes", &map.usable, { 0x10, 0x20 });
}
END_TEST

START_TEST(memory_above_4_gib)
{
	struct memory_map map = PARSE(
		"up high", 0, { 20, 3 * GIB, 2 * GIB, AVAILABLE }, { 20, 8 * GIB, GIB, AVAILABLE },
		{ 20, 4 * GIB, GIB, AVAILABLE }, { 20, 4 * GIB - 0x1000, 0x800, RESERVED });

	EXPECT_RANGES("up high", &map.usable, { 0xC0000, 0xFFFFF });
	map = PARSE("only up high", 0, { 20, 4 * GIB, GIB, AVAILABLE });
	ck_assert_uint_eq(memory_map_max_page(&map), 0);
}
END_TEST

START_TEST(entries_that_wrap)
{
	struct memory_map map = PARSE("wrapping", 3, { 20, 0x100000, 0x10000, AVAILABLE },
				      { 20, 0x10000, UINT64_MAX, AVAILABLE },
				      { 20, UINT64_MAX, UINT64_MAX, AVAILABLE },
				      { 20, UINT64_MAX - 0xFFF, 0x1000, RESERVED });

	EXPECT_RANGES("wrapping", &map.usable, { 0x100, 0x110 });
}
END_TEST

START_TEST(no_entries)
{
	struct memory_map map = { 0 };

	map.usable.count = 1;
	ck_assert_uint_eq(memory_map_parse(&map, &map, 0), 0);
	ck_assert_uint_eq(map.usable.count, 0);
	ck_assert_uint_eq(memory_map_max_page(&map), 0);
}
END_TEST

/* Entries that say of themselves that they are larger than we know. */
START_TEST(larger_entries)
{
	struct {
		struct multiboot_mmap_entry entry;
		uint8_t more[9];
	} __attribute__((packed)) entries[2] = {
		{ { 29, 0x100000, 0x10000, AVAILABLE }, { 0xFF } },
		{ { 29, 0x200000, 0x10000, AVAILABLE }, { 0xFF } },
	};
	struct memory_map map = { 0 };

	ck_assert_uint_eq(memory_map_parse(&map, entries, sizeof(entries)), 0);
	EXPECT_RANGES("larger entries", &map.usable, { 0x100, 0x110 }, { 0x200, 0x210 });
}
END_TEST

/* After an entry whose size is wrong, there is no telling where the next one begins. */
START_TEST(sizes_that_make_no_sense)
{
	static const uint32_t sizes[] = { 0, 4, 19, 48, 0x7FFFFFFF, 0xFFFFFFFC, 0xFFFFFFFF };

	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct memory_map map = PARSE("a wrong size", 1,
					      { 20, 0x100000, 0x10000, AVAILABLE },
					      { sizes[i], 0x200000, 0x10000, AVAILABLE },
					      { 20, 0x300000, 0x10000, AVAILABLE });

		EXPECT_RANGES("a wrong size", &map.usable, { 0x100, 0x110 });
	}
}
END_TEST

/* A map's last entry is not all there: the sanitizer sees who reads on. */
START_TEST(maps_cut_short)
{
	static const struct multiboot_mmap_entry entries[] = {
		{ 20, 0x100000, 0x10000, AVAILABLE },
		{ 20, 0x200000, 0x10000, AVAILABLE },
	};

	for (uint32_t cut = 1; cut < sizeof(entries[0]); cut++) {
		uint32_t bytes = sizeof(entries) - cut;
		void *copy = memcpy(malloc(bytes), entries, bytes);
		struct memory_map map = { 0 };
		unsigned passed_over = memory_map_parse(&map, copy, bytes);

		EXPECT(passed_over == 1,
		       "a map %u bytes short: expected 1 entry passed over, saw %u", cut,
		       passed_over);
		EXPECT_RANGES("a map cut short", &map.usable, { 0x100, 0x110 });
		free(copy);
	}
}
END_TEST

START_TEST(more_pieces_than_we_keep)
{
	struct multiboot_mmap_entry entries[100];
	struct memory_map map;

	for (unsigned i = 0; i < 100; i++)
		entries[i] = (struct multiboot_mmap_entry){ 20, i * 0x4000, 0x2000, AVAILABLE };
	map = parse("a hundred pieces", entries, 100, 100 - MAX_RANGES);
	EXPECT(map.usable.count == MAX_RANGES, "a hundred pieces: expected %u kept, saw %u",
	       MAX_RANGES, map.usable.count);
	for (unsigned i = 0; i < map.usable.count; i++)
		EXPECT(map.usable.range[i].start % 4 == 0 &&
			       map.usable.range[i].end == map.usable.range[i].start + 2,
		       "a hundred pieces: expected ranges of two frames, saw %x to %x",
		       map.usable.range[i].start, map.usable.range[i].end);
}
END_TEST

/* Too little memory then, but none that is not available. */
START_TEST(more_holes_than_we_keep)
{
	struct multiboot_mmap_entry entries[101];
	struct memory_map map;

	entries[0] = (struct multiboot_mmap_entry){ 20, 0, 1 * GIB, AVAILABLE };
	for (unsigned i = 0; i < 100; i++)
		entries[i + 1] = (struct multiboot_mmap_entry){
			20, (uint64_t)(i * 37 % 100) * 0x4000 + 0x1000, 0x1000, RESERVED
		};
	map = parse("a hundred holes", entries, 101, 0);
	EXPECT(contains(&map.usable, 0), "a hundred holes: expected frame %x usable, saw it not",
	       0);
	for (mfn_t hole = 1; hole < 400; hole += 4)
		EXPECT(!contains(&map.usable, hole),
		       "a hundred holes: expected frame %x not usable, saw it usable", hole);
}
END_TEST

START_TEST(reserving)
{
	struct memory_map map = PARSE("memory", 0, { 20, 0, 0x100000, AVAILABLE });

	ck_assert(memory_map_reserve(&map, 0x1FFF, 0x3001));
	ck_assert(memory_map_reserve(&map, 0x8000, 0x9000));
	ck_assert(memory_map_reserve(&map, 0xA000, 0xA000));
	ck_assert(memory_map_reserve(&map, 0xC123, 0xC123));
	ck_assert(memory_map_reserve(&map, 4 * GIB - 1, 4 * GIB + 1));
	ck_assert(memory_map_reserve(&map, 5 * GIB, 6 * GIB));
	EXPECT_RANGES("reserved", &map.reserved, { 1, 4 }, { 8, 9 }, { 0xFFFFF, ALL_FRAMES });
	EXPECT_RANGES("memory, after reserving", &map.usable, { 0, 0x100 });
}
END_TEST

#define RANDOM_FRAMES 200
#define MAX_ENTRIES   24

/* What a frame is, entry by entry and byte for byte. */
static bool model_usable(const struct multiboot_mmap_entry *entries, unsigned count, mfn_t mfn)
{
	uint64_t start = (uint64_t)mfn << PAGE_SHIFT, end = start + PAGE_SIZE;
	bool usable = false;

	for (unsigned i = 0; i < count; i++) {
		uint64_t from = entries[i].addr, to = from + entries[i].len;

		if (entries[i].type == AVAILABLE)
			usable |= from <= start && to >= end;
		else if (from < to && from < end && to > start)
			return false;
	}
	return usable;
}

START_TEST(maps_at_random)
{
	struct dice dice = { 640 };

	for (unsigned round = 0; round < 1000; round++) {
		struct multiboot_mmap_entry entries[MAX_ENTRIES];
		unsigned count = roll(&dice, MAX_ENTRIES + 1);
		struct memory_map map;

		for (unsigned i = 0; i < count; i++)
			entries[i] = (struct multiboot_mmap_entry){
				.size = 20,
				.addr = roll(&dice, RANDOM_FRAMES << PAGE_SHIFT),
				.len = roll(&dice,
					    roll(&dice, 2) ? 20 << PAGE_SHIFT : 2 << PAGE_SHIFT),
				.type = roll(&dice, 3) ? AVAILABLE : RESERVED,
			};
		for (unsigned i = 0; i < count; i++) {
			if (roll(&dice, 2))
				entries[i].addr &= PAGE_MASK;
			if (roll(&dice, 2))
				entries[i].len &= PAGE_MASK;
		}
		map = parse("a map at random", entries, count, 0);
		for (mfn_t mfn = 0; mfn < RANDOM_FRAMES + 30; mfn++) {
			bool expected = model_usable(entries, count, mfn);

			EXPECT(contains(&map.usable, mfn) == expected,
			       "map %u of seed 640: expected frame %x %s, saw it %s", round, mfn,
			       expected ? "usable" : "not usable",
			       expected ? "not usable" : "usable");
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memory_map");
	TCase *multiboot = add_case(suite, "multiboot");
	TCase *rubbish = add_case(suite, "rubbish");
	TCase *at_random = add_case(suite, "random");

	tcase_add_test(multiboot, a_pc);
	tcase_add_test(multiboot, any_order_and_overlaps);
	tcase_add_test(multiboot, not_available_wins);
	tcase_add_test(multiboot, frames_are_whole);
	tcase_add_test(multiboot, memory_above_4_gib);
	tcase_add_test(multiboot, larger_entries);
	tcase_add_test(multiboot, reserving);

	tcase_add_test(rubbish, entries_of_no_bytes);
	tcase_add_test(rubbish, entries_that_wrap);
	tcase_add_test(rubbish, no_entries);
	tcase_add_test(rubbish, sizes_that_make_no_sense);
	tcase_add_test(rubbish, maps_cut_short);
	tcase_add_test(rubbish, more_pieces_than_we_keep);
	tcase_add_test(rubbish, more_holes_than_we_keep);

	tcase_add_test(at_random, maps_at_random);
	return run_suite(suite);
}
