/* SPDX-License-Identifier: MIT */
/*
 * The page allocator against a simple model of it (tests/host/page_alloc_model.c), which judges
 * every call. Nothing here knows how the allocator keeps its blocks.
 */
#include <limits.h>

#include <test/dice.h>
#include <test/page_alloc_model.h>
#include <test/panic.h>
#include <test/suite.h>

/* 16 MiB: the hypervisor's heap, and the largest block. */
#define DIRECTMAP_FRAMES (DIRECTMAP_BYTES / PAGE_SIZE)

/* The first frame of the domains' heap. */
#define DOM DIRECTMAP_FRAMES

/* Takes every frame of a heap, one by one. */
static void take_all_frames(enum heap heap)
{
	while (model_alloc(heap, 0) != INVALID_MFN)
		;
}

/* ---- Splitting ---- */

START_TEST(one_frame_leaves_a_block_of_each_order)
{
	model_init_small("a heap of one largest block");
	model_expect(HEAP_DOM, 0, true);
	for (unsigned order = MAX_ORDER; order-- > 0;)
		model_expect(HEAP_DOM, order, true);
	model_expect(HEAP_DOM, 0, false);
	model_compare();
}
END_TEST

START_TEST(a_heap_is_as_many_blocks_of_one_order)
{
	for (unsigned order = 0; order <= MAX_ORDER; order++) {
		model_init_small("a heap taken in blocks of one order");
		for (unsigned i = 0; i < DIRECTMAP_FRAMES >> order; i++)
			model_expect(HEAP_DOM, order, true);
		model_expect(HEAP_DOM, order, false);
		model_expect(HEAP_DOM, 0, false);
	}
	model_compare();
}
END_TEST

START_TEST(the_heaps_are_apart)
{
	model_init_small("both heaps");
	model_expect(HEAP_XEN, 5, true);
	model_expect(HEAP_DOM, 5, true);
	model_expect(HEAP_XEN, 0, true);
	model_expect(HEAP_DOM, 0, true);
	model_compare();
}
END_TEST

START_TEST(the_hypervisors_pages_have_an_address)
{
	uintptr_t p;

	model_init_small("the hypervisor's heap");
	p = (uintptr_t)alloc_xenheap_pages(2);
	EXPECT(p >= DIRECTMAP_VIRT_START && p < DIRECTMAP_VIRT_END && p % (4 * PAGE_SIZE) == 0,
	       "alloc_xenheap_pages(2): expected an address in the direct map, saw %zx", (size_t)p);
	free_xenheap_pages((void *)p, 2);
	EXPECT(free_frames(HEAP_XEN) == DIRECTMAP_FRAMES,
	       "after free_xenheap_pages(): expected %u frames free, saw %u", DIRECTMAP_FRAMES,
	       free_frames(HEAP_XEN));
}
END_TEST

/* ---- Merging ---- */

START_TEST(two_buddies_merge_in_either_order)
{
	for (mfn_t first = 0; first < 2; first++) {
		model_init_small("two buddies given back");
		take_all_frames(HEAP_DOM);
		model_free(DOM + 8 + first, 0);
		model_expect(HEAP_DOM, 1, false);
		model_free(DOM + 8 + !first, 0);
		model_expect(HEAP_DOM, 1, true);
		model_expect(HEAP_DOM, 0, false);
	}
}
END_TEST

START_TEST(neighbours_that_are_no_buddies_stay_apart)
{
	model_init_small("frames 1 and 2 given back");
	take_all_frames(HEAP_DOM);
	model_free(DOM + 1, 0);
	model_free(DOM + 2, 0);
	model_expect(HEAP_DOM, 1, false);
	model_free(DOM + 3, 0);
	model_expect(HEAP_DOM, 2, false);
	model_free(DOM, 0);
	model_expect(HEAP_DOM, 2, true);
}
END_TEST

START_TEST(a_buddy_in_pieces_is_not_merged)
{
	model_init_small("half of the buddy in use");
	take_all_frames(HEAP_DOM);
	model_free(DOM + 2, 0);
	model_free(DOM + 0, 0);
	model_free(DOM + 1, 0);
	model_expect(HEAP_DOM, 2, false);
	model_expect(HEAP_DOM, 1, true);
	model_expect(HEAP_DOM, 0, true);
	model_expect(HEAP_DOM, 0, false);
}
END_TEST

START_TEST(blocks_of_other_orders_merge)
{
	mfn_t low, high;

	model_init_small("the two halves of a heap");
	low = model_expect(HEAP_DOM, MAX_ORDER - 1, true);
	high = model_expect(HEAP_DOM, MAX_ORDER - 1, true);
	model_free(low, MAX_ORDER - 1);
	model_expect(HEAP_DOM, MAX_ORDER, false);
	model_free(high, MAX_ORDER - 1);
	model_expect(HEAP_DOM, MAX_ORDER, true);
}
END_TEST

/* Every frame but one comes back, and then that one. */
START_TEST(the_last_frame_completes_the_largest_block)
{
	model_init_small("one frame missing");
	take_all_frames(HEAP_DOM);
	for (mfn_t i = 0; i < DIRECTMAP_FRAMES; i++)
		if (i != 1234)
			model_free(DOM + i, 0);
	model_expect(HEAP_DOM, MAX_ORDER, false);
	model_free(DOM + 1234, 0);
	model_expect(HEAP_DOM, MAX_ORDER, true);
	model_compare();
}
END_TEST

START_TEST(any_order_of_giving_back_will_do)
{
	/* i * step modulo the number of frames meets each frame once. */
	static const struct {
		const char *what;
		uint32_t step;
	} ways[] = {
		{ "given back from below", 1 },
		{ "given back from above", DIRECTMAP_FRAMES - 1 },
		{ "given back with steps of 1365", 1365 },
		{ "given back half by half", DIRECTMAP_FRAMES / 2 + 1 },
	};

	for (unsigned way = 0; way < ARRAY_SIZE(ways); way++) {
		model_init_small(ways[way].what);
		take_all_frames(HEAP_XEN);
		for (uint32_t i = 0; i < DIRECTMAP_FRAMES; i++)
			model_free(i * ways[way].step % DIRECTMAP_FRAMES, 0);
		model_compare();
		model_expect(HEAP_XEN, MAX_ORDER, true);
	}
}
END_TEST

START_TEST(largest_blocks_do_not_merge)
{
	struct memory_map map = { 0 };
	mfn_t block[4];

	map_usable(&map, 0, 5 * DIRECTMAP_FRAMES);
	model_init("four largest blocks", &map, 5 * DIRECTMAP_FRAMES);
	for (unsigned i = 0; i < 4; i++)
		block[i] = model_expect(HEAP_DOM, MAX_ORDER, true);
	for (unsigned i = 0; i < 4; i++)
		model_free(block[i], MAX_ORDER);
	model_drain();
	model_compare();
}
END_TEST

/* ---- A long run ---- */

#define RUN_FRAMES       20000
#define RUN_STEPS        12000
#define STEPS_UP_OR_DOWN 400

struct block {
	mfn_t mfn;
	unsigned order;
};

/* A machine with holes and reserved frames, so that heaps are not just a few largest blocks. */
static void init_machine_for_a_run(const char *what)
{
	struct memory_map map = { 0 };

	map_usable(&map, 0, 160);
	map_usable(&map, 256, 5000);
	map_usable(&map, 5100, RUN_FRAMES - 3);
	map_reserved(&map, 0, 1);
	map_reserved(&map, 256, 300);
	map_reserved(&map, 1500, 1777);
	model_init(what, &map, RUN_FRAMES);
}

/* Mostly small blocks, at times any. */
static unsigned roll_order(struct dice *dice)
{
	return roll(dice, 8) ? roll(dice, 4) : roll(dice, MAX_ORDER + 1);
}

/*
 * Takes and gives back blocks as the dice say, with a tide: more are taken for
 * some time, until the heaps run out, and then more are given back.
 */
START_TEST(taking_and_giving_back_at_random)
{
	static struct block taken[RUN_FRAMES];
	static const char *const what[] = { "a run of seed 1", "a run of seed 2",
					    "a run of seed 3" };
	unsigned nr_taken = 0;
	struct dice dice = { (uint64_t)_i + 1 };

	init_machine_for_a_run(what[_i]);
	for (unsigned step = 0; step < RUN_STEPS; step++) {
		bool tide_rises = step / STEPS_UP_OR_DOWN % 2 == 0;

		if (roll(&dice, 3) ? tide_rises : !tide_rises) {
			struct block block = { .order = roll_order(&dice) };

			block.mfn = model_alloc(roll(&dice, 2) ? HEAP_DOM : HEAP_XEN, block.order);
			if (block.mfn != INVALID_MFN)
				taken[nr_taken++] = block;
		} else if (nr_taken) {
			unsigned i = roll(&dice, nr_taken);

			model_free(taken[i].mfn, taken[i].order);
			taken[i] = taken[--nr_taken];
		}
		if (step % 256 == 0)
			model_compare();
	}

	while (nr_taken--)
		model_free(taken[nr_taken].mfn, taken[nr_taken].order);
	model_compare();
	model_drain();
}
END_TEST

/* ---- Limits ---- */

START_TEST(orders_that_are_too_large)
{
	static const unsigned orders[] = { MAX_ORDER + 1, 20,      31,      32, 33, 63, 64,
					   255,           INT_MAX, UINT_MAX };
	struct memory_map map = { 0 };

	map_usable(&map, 0, 5 * DIRECTMAP_FRAMES);
	model_init("orders too large", &map, 5 * DIRECTMAP_FRAMES);
	for (unsigned i = 0; i < ARRAY_SIZE(orders); i++) {
		model_expect(HEAP_XEN, orders[i], false);
		model_expect(HEAP_DOM, orders[i], false);
	}
	model_compare();
	model_expect(HEAP_DOM, MAX_ORDER, true);
}
END_TEST

START_TEST(an_empty_heap_has_nothing)
{
	model_init_small("an empty heap");
	take_all_frames(HEAP_DOM);
	for (unsigned order = 0; order <= MAX_ORDER; order++)
		model_expect(HEAP_DOM, order, false);
	model_compare();
	model_free(DOM + 77, 0);
	model_expect(HEAP_DOM, 0, true);
	model_expect(HEAP_DOM, 0, false);
	model_expect(HEAP_XEN, MAX_ORDER, true);
	model_compare();
}
END_TEST

START_TEST(frames_without_their_buddies_are_no_block)
{
	model_init_small("every other frame free");
	take_all_frames(HEAP_DOM);
	for (mfn_t i = 0; i < DIRECTMAP_FRAMES; i += 2)
		model_free(DOM + i, 0);
	for (unsigned order = 1; order <= MAX_ORDER; order++)
		model_expect(HEAP_DOM, order, false);
	for (mfn_t i = 0; i < DIRECTMAP_FRAMES; i += 2)
		model_expect(HEAP_DOM, 0, true);
	model_expect(HEAP_DOM, 0, false);
}
END_TEST

START_TEST(a_heap_without_memory_has_nothing)
{
	struct memory_map map = { 0 };

	map_usable(&map, 0, 3000);
	model_init("a machine of 12 MiB", &map, 3000);
	model_expect(HEAP_DOM, 0, false);
	model_expect(HEAP_XEN, 11, true);
	model_expect(HEAP_XEN, 11, false);
}
END_TEST

/* ---- Misuse ---- */

static void expect_panic(mfn_t mfn, unsigned order, const char *why)
{
	EXPECT(PANICS(free_pages(mfn_to_page(mfn), order)),
	       "free_pages(frame %x, %u): expected a panic, for %s, saw it return", mfn, order,
	       why);
	model_compare();
}

START_TEST(a_free_block_is_not_given_back_again)
{
	mfn_t mfn;

	model_init_small("given back twice");
	mfn = model_expect(HEAP_DOM, 0, true);
	model_free(mfn, 0);
	expect_panic(mfn, 0, "it is free already");

	mfn = model_expect(HEAP_DOM, 3, true);
	model_free(mfn, 3);
	expect_panic(mfn, 3, "it is free already");
	expect_panic(mfn + 5, 0, "it is in a free block");
	expect_panic(mfn + 4, 2, "it is half of a free block");
	model_drain();
}
END_TEST

START_TEST(a_block_that_is_free_in_part_is_refused)
{
	model_init_small("one frame of a block free");
	take_all_frames(HEAP_DOM);
	model_free(DOM + 11, 0);
	expect_panic(DOM + 8, 2, "its frame at 3 is free already");
	expect_panic(DOM + 10, 1, "its frame at 1 is free already");
}
END_TEST

START_TEST(what_is_no_block_is_refused)
{
	model_init_small("no block");
	take_all_frames(HEAP_DOM);
	expect_panic(DOM + 1, 1, "it begins at an odd frame");
	expect_panic(DOM + 2, 2, "it begins at half of a block");
	expect_panic(DOM, MAX_ORDER + 1, "there is no such order");
	expect_panic(DOM, 32, "there is no such order");
	expect_panic(DOM, UINT_MAX, "there is no such order");
	expect_panic(SMALL_FRAMES, 0, "it begins past the last frame");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("page_alloc");
	TCase *split = add_case(suite, "split");
	TCase *merge = add_case(suite, "merge");
	TCase *at_random = add_case(suite, "random");
	TCase *limits = add_case(suite, "limits");
	TCase *misuse = add_case(suite, "misuse");

	add_memory_map_checks(add_case(suite, "memory-maps"));

	tcase_add_test(split, one_frame_leaves_a_block_of_each_order);
	tcase_add_test(split, a_heap_is_as_many_blocks_of_one_order);
	tcase_add_test(split, the_heaps_are_apart);
	tcase_add_test(split, the_hypervisors_pages_have_an_address);

	tcase_add_test(merge, two_buddies_merge_in_either_order);
	tcase_add_test(merge, neighbours_that_are_no_buddies_stay_apart);
	tcase_add_test(merge, a_buddy_in_pieces_is_not_merged);
	tcase_add_test(merge, blocks_of_other_orders_merge);
	tcase_add_test(merge, the_last_frame_completes_the_largest_block);
	tcase_add_test(merge, any_order_of_giving_back_will_do);
	tcase_add_test(merge, largest_blocks_do_not_merge);

	tcase_add_loop_test(at_random, taking_and_giving_back_at_random, 0, 3);

	tcase_add_test(limits, orders_that_are_too_large);
	tcase_add_test(limits, an_empty_heap_has_nothing);
	tcase_add_test(limits, frames_without_their_buddies_are_no_block);
	tcase_add_test(limits, a_heap_without_memory_has_nothing);

	tcase_add_test(misuse, a_free_block_is_not_given_back_again);
	tcase_add_test(misuse, a_block_that_is_free_in_part_is_refused);
	tcase_add_test(misuse, what_is_no_block_is_refused);
	return run_suite(suite);
}
