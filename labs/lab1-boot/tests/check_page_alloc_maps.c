/* SPDX-License-Identifier: MIT */
/*
 * page_alloc_init(): with whatever memory map, free are exactly the frames that
 * are usable, not reserved, and below max_page; and in blocks as large as can be.
 */
#include <stdio.h>

#include <test/dice.h>
#include <test/page_alloc_model.h>
#include <test/suite.h>
#include <xen/multiboot.h>

#define DIRECTMAP_FRAMES (DIRECTMAP_BYTES / PAGE_SIZE)

/* The first frame of the domains' heap. */
#define DOM DIRECTMAP_FRAMES

START_TEST(one_piece_of_memory)
{
	model_init_small("a machine of 32 MiB");
	model_drain();
	model_compare();
}
END_TEST

START_TEST(pieces_of_any_size_at_any_place)
{
	struct memory_map map = { 0 };

	map_usable(&map, 1, 2);
	map_usable(&map, 3, 160);
	map_usable(&map, 256, 1023);
	map_usable(&map, DIRECTMAP_FRAMES - 5, DIRECTMAP_FRAMES + 7);
	map_usable(&map, 5001, 8191);
	map_usable(&map, 8192, 20481);
	model_init("memory with holes", &map, 20481);
	model_drain();
	model_compare();
}
END_TEST

START_TEST(reserved_frames_stay_out)
{
	struct memory_map map = { 0 };

	map_usable(&map, 0, 160);
	map_usable(&map, 256, SMALL_FRAMES);
	map_reserved(&map, 0, 1);     /* a piece's beginning */
	map_reserved(&map, 150, 300); /* one's end, a hole, the next one's beginning */
	map_reserved(&map, 400, 401); /* in the middle, one frame */
	map_reserved(&map, 4000, DIRECTMAP_FRAMES + 3);           /* over the heaps' border */
	map_reserved(&map, 5000, 5800);                           /* in the middle */
	map_reserved(&map, SMALL_FRAMES - 2, SMALL_FRAMES + 900); /* the end and more */
	model_init("memory with reserved frames", &map, SMALL_FRAMES);
	model_drain();
	model_compare();
}
END_TEST

START_TEST(reserved_frames_that_are_no_memory)
{
	struct memory_map map = { 0 };

	map_usable(&map, 100, 200);
	map_usable(&map, DOM + 100, DOM + 200);
	map_reserved(&map, 0, 100);
	map_reserved(&map, 200, DOM + 100);
	map_reserved(&map, DOM + 200, DOM + 4000);
	map_reserved(&map, 0xA0000, 0xA0001);
	model_init("reserved frames in holes", &map, SMALL_FRAMES);
	model_drain();
	model_compare();
}
END_TEST

START_TEST(everything_is_reserved)
{
	struct memory_map some = { 0 }, none = { 0 };

	map_usable(&some, 0, 10);
	model_init("ten frames", &some, 10);
	map_usable(&none, 0, SMALL_FRAMES);
	map_reserved(&none, 0, 1u << 20);
	model_init("all memory reserved", &none, SMALL_FRAMES);
	model_expect(HEAP_XEN, 0, false);
	model_expect(HEAP_DOM, 0, false);
}
END_TEST

START_TEST(no_memory)
{
	struct memory_map some = { 0 }, none = { 0 };

	map_usable(&some, 0, 10);
	model_init("ten frames", &some, 10);
	model_init("no memory", &none, 0);
	model_expect(HEAP_XEN, 0, false);
	model_expect(HEAP_DOM, 0, false);
}
END_TEST

START_TEST(frames_from_max_page_up_are_left_out)
{
	struct memory_map map = { 0 };

	map_usable(&map, 0, 5000);
	map_usable(&map, 6000, 7000);
	map_usable(&map, 8000, 9000);
	map_reserved(&map, 6400, 6600);
	model_init("max_page in a reserved piece", &map, 6500);
	model_drain();
	model_init("max_page in a hole", &map, 5500);
	model_drain();
	model_init("max_page in the first piece", &map, 4099);
	model_drain();
	model_init("max_page 1", &map, 1);
	model_drain();
	model_compare();
}
END_TEST

START_TEST(memory_up_to_4_gib)
{
	struct memory_map map = { 0 };

	map_usable(&map, 16, 32);
	map_usable(&map, (1u << 20) - 5000, 1u << 20);
	model_init("memory that ends at 4 GiB", &map, 1u << 20);
	model_drain();
	model_compare();
}
END_TEST

START_TEST(what_was_before_is_forgotten)
{
	struct memory_map map = { 0 };

	model_init_small("a machine of 32 MiB");
	model_expect(HEAP_DOM, 3, true);
	model_expect(HEAP_XEN, 0, true);
	map_usable(&map, 2000, 2010);
	map_usable(&map, DOM + 1, DOM + 2);
	model_init("another map after the first", &map, SMALL_FRAMES);
	model_drain();
	model_compare();
}
END_TEST

/* As boot loaders give it: in any order, overlapping, in bytes, with rubbish in between. */
START_TEST(a_boot_loaders_map)
{
	static const struct multiboot_mmap_entry entries[] = {
		{ 20, 0x1800000, 0x800123, 1 },        /* the end first */
		{ 20, 0x100000, 0x1000000, 1 },        /* overlaps the next */
		{ 20, 0x0F00800, 0x0A00000, 1 },       /* begins within a frame */
		{ 20, 0x0400FFF, 2, 2 },               /* two bytes, two frames */
		{ 20, 0x0, 0x9FC00, 1 },               /* low memory last */
		{ 20, 0x200000000, 0x1000000, 1 },     /* above 4 GiB */
		{ 20, 0xFFFFFFFFFFFFF000, 0x2000, 1 }, /* wraps */
		{ 20, 0x0700000, 0x1000, 3 },          /* not available, below what says it is */
		{ 20, 0x0, 0, 1 },                     /* nothing */
	};
	struct memory_map map = { 0 };

	memory_map_parse(&map, entries, sizeof(entries));
	memory_map_reserve(&map, 0x100000, 0x1A0800);
	model_init("a boot loader's map", &map, memory_map_max_page(&map));
	model_drain();
	model_compare();
}
END_TEST

START_TEST(maps_at_random)
{
	struct dice dice = { 1975 };
	char what[60];

	for (unsigned round = 0; round < 60; round++) {
		struct memory_map map = { 0 };

		for (unsigned i = roll(&dice, 20); i > 0; i--) {
			mfn_t start = roll(&dice, 9000);

			map_usable(&map, start,
				   start + 1 + roll(&dice, roll(&dice, 2) ? 40 : 2000));
		}
		for (unsigned i = roll(&dice, 20); i > 0; i--) {
			mfn_t start = roll(&dice, 9000);

			map_reserved(&map, start,
				     start + 1 + roll(&dice, roll(&dice, 2) ? 10 : 500));
		}
		sprintf(what, "map %u of seed 1975", round);
		model_init(what, &map, 1 + roll(&dice, 10000));
		model_drain();
		model_compare();
	}
}
END_TEST

void add_memory_map_checks(TCase *maps)
{
	tcase_add_test(maps, one_piece_of_memory);
	tcase_add_test(maps, pieces_of_any_size_at_any_place);
	tcase_add_test(maps, reserved_frames_stay_out);
	tcase_add_test(maps, reserved_frames_that_are_no_memory);
	tcase_add_test(maps, everything_is_reserved);
	tcase_add_test(maps, no_memory);
	tcase_add_test(maps, frames_from_max_page_up_are_left_out);
	tcase_add_test(maps, memory_up_to_4_gib);
	tcase_add_test(maps, what_was_before_is_forgotten);
	tcase_add_test(maps, a_boot_loaders_map);
	tcase_add_test(maps, maps_at_random);
}
