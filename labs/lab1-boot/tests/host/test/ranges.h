/* SPDX-License-Identifier: MIT */
/* What a set of ranges holds, checked without the code that is under test. */
#ifndef TEST_RANGES_H
#define TEST_RANGES_H

#include <test/suite.h>
#include <xen/memory_map.h>

/* Sorted, no two overlapping or touching, none empty. */
static inline void expect_clean(const struct range_set *set)
{
	EXPECT(set->count <= MAX_RANGES, "expected at most %u ranges, saw %u", MAX_RANGES,
	       set->count);
	for (unsigned i = 0; i < set->count; i++) {
		EXPECT(set->range[i].start < set->range[i].end,
		       "range %u: expected frames, saw %x to %x", i, set->range[i].start,
		       set->range[i].end);
		EXPECT(i == 0 || set->range[i - 1].end < set->range[i].start,
		       "ranges %u and %u: expected room between them, saw an end at %x and a start at %x",
		       i - 1, i, set->range[i - 1].end, set->range[i].start);
	}
}

static inline bool contains(const struct range_set *set, mfn_t mfn)
{
	for (unsigned i = 0; i < set->count; i++)
		if (mfn >= set->range[i].start && mfn < set->range[i].end)
			return true;
	return false;
}

static inline void expect_ranges(const char *what, const struct range_set *set, unsigned count,
				 const struct mfn_range *expected)
{
	expect_clean(set);
	EXPECT(set->count == count, "%s: expected %u ranges, saw %u", what, count, set->count);
	for (unsigned i = 0; i < count; i++)
		EXPECT(set->range[i].start == expected[i].start &&
			       set->range[i].end == expected[i].end,
		       "%s: expected range %u to be %x to %x, saw %x to %x", what, i,
		       expected[i].start, expected[i].end, set->range[i].start, set->range[i].end);
}

#define EXPECT_RANGES(what, set, ...)                                                     \
	expect_ranges(what, set, ARRAY_SIZE(((const struct mfn_range[]){ __VA_ARGS__ })), \
		      (const struct mfn_range[]){ __VA_ARGS__ })

#endif
