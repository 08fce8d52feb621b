/* SPDX-License-Identifier: MIT */
/* Sets of ranges: their union and difference, against a flag for each frame. */
#include <string.h>

#include <test/dice.h>
#include <test/ranges.h>

/* The frames of 4 GiB. */
#define ALL_FRAMES (1u << 20)

#define R(first, last)      \
	(struct mfn_range)  \
	{                   \
		first, last \
	}

START_TEST(adding_joins_what_touches)
{
	struct range_set set = { 0 };

	range_set_add(&set, R(10, 20));
	range_set_add(&set, R(30, 40));
	range_set_add(&set, R(0, 5));
	EXPECT_RANGES("three pieces", &set, { 0, 5 }, { 10, 20 }, { 30, 40 });
	range_set_add(&set, R(20, 25));
	EXPECT_RANGES("one that touches", &set, { 0, 5 }, { 10, 25 }, { 30, 40 });
	range_set_add(&set, R(24, 31));
	EXPECT_RANGES("one that overlaps two", &set, { 0, 5 }, { 10, 40 });
	range_set_add(&set, R(12, 13));
	EXPECT_RANGES("one that is there", &set, { 0, 5 }, { 10, 40 });
	range_set_add(&set, R(7, 7));
	range_set_add(&set, R(8, 6));
	EXPECT_RANGES("empty and reversed ones", &set, { 0, 5 }, { 10, 40 });
	range_set_add(&set, R(0, ALL_FRAMES));
	EXPECT_RANGES("one over all", &set, { 0, ALL_FRAMES });
}
END_TEST

START_TEST(removing_cuts)
{
	struct range_set set = { 0 };

	range_set_add(&set, R(0, 100));
	range_set_remove(&set, R(40, 50));
	EXPECT_RANGES("a hole", &set, { 0, 40 }, { 50, 100 });
	range_set_remove(&set, R(30, 60));
	EXPECT_RANGES("over the hole", &set, { 0, 30 }, { 60, 100 });
	range_set_remove(&set, R(0, 1));
	range_set_remove(&set, R(99, 200));
	range_set_remove(&set, R(40, 50));
	range_set_remove(&set, R(20, 20));
	range_set_remove(&set, R(20, 10));
	EXPECT_RANGES("the ends", &set, { 1, 30 }, { 60, 99 });
	range_set_remove(&set, R(0, ALL_FRAMES));
	EXPECT(set.count == 0, "all removed: expected no range, saw %u", set.count);
}
END_TEST

START_TEST(a_full_set_says_so_and_stays)
{
	struct range_set set = { 0 }, before;

	for (unsigned i = 0; i < MAX_RANGES; i++)
		EXPECT(range_set_add(&set, R(10 * i, 10 * i + 5)), "range %u of %u: expected true",
		       i, MAX_RANGES);
	before = set;
	EXPECT(!range_set_add(&set, R(7, 8)), "one range too many: expected false, saw true");
	EXPECT(!range_set_remove(&set, R(2, 3)), "a cut too many: expected false, saw true");
	EXPECT(!memcmp(&set, &before, sizeof(set)), "a refusal: expected no change, saw one");

	EXPECT(range_set_add(&set, R(5, 10)), "a gap filled: expected true, saw false");
	EXPECT(set.count == MAX_RANGES - 1, "a gap filled: expected %u ranges, saw %u",
	       MAX_RANGES - 1, set.count);
}
END_TEST

START_TEST(what_a_set_covers)
{
	struct range_set set = { 0 };

	range_set_add(&set, R(10, 20));
	range_set_add(&set, R(30, 40));
	ck_assert(range_set_covers(&set, R(10, 20)));
	ck_assert(range_set_covers(&set, R(39, 40)));
	ck_assert(range_set_covers(&set, R(25, 25)));
	ck_assert(!range_set_covers(&set, R(10, 21)));
	ck_assert(!range_set_covers(&set, R(15, 35)));
	ck_assert(!range_set_covers(&set, R(25, 26)));
	ck_assert(!range_set_covers(&set, R(9, 41)));
	ck_assert_uint_eq(range_set_frames(&set), 20);
}
END_TEST

#define SET_FRAMES 400

START_TEST(sets_at_random)
{
	struct dice dice = { 7 };
	struct range_set set = { 0 };
	bool model[SET_FRAMES] = { false };

	for (unsigned step = 0; step < 4000; step++) {
		mfn_t start = roll(&dice, SET_FRAMES);
		mfn_t end = start + roll(&dice, roll(&dice, 10) ? 12 : SET_FRAMES - start);
		bool add = roll(&dice, 2);
		uint32_t frames = 0;

		if (end > SET_FRAMES)
			end = SET_FRAMES;
		if (add ? range_set_add(&set, R(start, end))
			: range_set_remove(&set, R(start, end)))
			for (mfn_t mfn = start; mfn < end; mfn++)
				model[mfn] = add;

		expect_clean(&set);
		for (mfn_t mfn = 0; mfn < SET_FRAMES; mfn++) {
			frames += model[mfn];
			EXPECT(contains(&set, mfn) == model[mfn],
			       "step %u, %s %x to %x: expected frame %x %s, saw it %s", step,
			       add ? "adding" : "removing", start, end, mfn,
			       model[mfn] ? "in" : "out", model[mfn] ? "out" : "in");
		}
		ck_assert(range_set_frames(&set) == frames);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("range_set");
	TCase *sets = add_case(suite, "range-sets");

	tcase_add_test(sets, adding_joins_what_touches);
	tcase_add_test(sets, removing_cuts);
	tcase_add_test(sets, a_full_set_says_so_and_stays);
	tcase_add_test(sets, what_a_set_covers);
	tcase_add_test(sets, sets_at_random);
	return run_suite(suite);
}
