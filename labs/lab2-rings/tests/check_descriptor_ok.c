/* SPDX-License-Identifier: MIT */
/*
 * descriptor_ok() for all 65,536 values of the bits that say what a descriptor is, over bases and
 * limits at every border, and call gates for all selectors, against the rule written down once
 * more on plain numbers. What the rule leaves open, either answer is right for.
 */
#include <stdio.h>
#include <string.h>

#include <test/dice.h>
#include <test/suite.h>
#include <xen/guest_descriptors.h>

/* The last byte that a guest's segment may have, and how many there are. */
#define LAST_BYTE   0xFC3FFFFFull
#define GUEST_BYTES 0xFC400000ull

enum judgement { REFUSED, ACCEPTED, EITHER };

static const char *const judgements[] = { "refused", "accepted", "refused or accepted" };

/* A descriptor's two words, the lower first. */
struct words {
	uint32_t lo, hi;
};

static uint32_t base_of(struct words w)
{
	return w.lo >> 16 | (w.hi & 0xFF) << 16 | (w.hi & 0xFF000000);
}

static uint32_t limit_of(struct words w)
{
	return (w.lo & 0xFFFF) | (w.hi & 0xF0000);
}

static unsigned dpl_of(struct words w)
{
	return w.hi >> 13 & 3;
}

static bool is_present(struct words w)
{
	return w.hi & 0x8000;
}

static bool is_system(struct words w)
{
	return !(w.hi & 0x1000);
}

static unsigned type_of(struct words w)
{
	return w.hi >> 8 & 0xF;
}

static bool counts_pages(struct words w)
{
	return w.hi & 0x800000;
}

/* How many bytes the segment reaches to, from address 0. */
static uint64_t end_of(struct words w)
{
	uint64_t units = (uint64_t)limit_of(w) + 1;

	return base_of(w) + (counts_pages(w) ? units * 4096 : units);
}

static struct words with_base(struct words w, uint32_t base)
{
	return (struct words){
		.lo = (w.lo & 0xFFFF) | base << 16,
		.hi = (w.hi & 0x00FFFF00) | (base & 0xFF000000) | (base >> 16 & 0xFF),
	};
}

static struct words with_limit(struct words w, uint32_t limit)
{
	return (struct words){
		.lo = (w.lo & 0xFFFF0000) | (limit & 0xFFFF),
		.hi = (w.hi & 0xFFF0FFFF) | (limit & 0xF0000),
	};
}

/* ---- The rule ---- */

/*
 * Open: a null selector, one that is safe only when its RPL is raised, the 80286's gates, and
 * whether a gate's DPL and RPL are raised.
 */
static enum judgement judge_gate(struct words w)
{
	uint16_t selector = w.lo >> 16;
	bool safe = selector < 0xE000 || selector & 4 || selector == 0xE019;

	if (type_of(w) != 0xC && type_of(w) != 4)
		return REFUSED;
	if (!safe)
		return selector == 0xE018 && type_of(w) == 0xC ? EITHER : REFUSED;
	return selector < 4 || type_of(w) == 4 ? EITHER : ACCEPTED;
}

/* Open: a base that is just a page below the last byte. */
static enum judgement judge_segment(struct words w, struct words *kept)
{
	uint64_t base = base_of(w);
	bool expands_down = (type_of(w) & 0xC) == 4;

	if (expands_down || base + 4096 > LAST_BYTE + 1)
		return REFUSED;
	if (!counts_pages(w) && end_of(w) > GUEST_BYTES)
		return REFUSED;
	if (end_of(w) > GUEST_BYTES)
		*kept = with_limit(*kept, (uint32_t)((GUEST_BYTES - base) / 4096 - 1));
	if (dpl_of(w) == 0)
		kept->hi |= 1 << 13;
	return base + 4096 >= LAST_BYTE ? EITHER : ACCEPTED;
}

/* What must come of a descriptor, and what it must be then. */
static enum judgement judge(struct words w, struct words *kept)
{
	*kept = w;
	if (!is_present(w))
		return ACCEPTED;
	return is_system(w) ? judge_gate(w) : judge_segment(w, kept);
}

/* ---- The comparison ---- */

static const char *describe(struct words w)
{
	static char text[200];

	if (!is_present(w))
		sprintf(text, "%08x_%08x, not present", w.hi, w.lo);
	else if (is_system(w))
		sprintf(text, "%08x_%08x, system, type %x, dpl %u, selector %04x if it is a gate",
			w.hi, w.lo, type_of(w), dpl_of(w), w.lo >> 16);
	else
		sprintf(text, "%08x_%08x, %s, base %08x, limit %05x %s, type %x, dpl %u", w.hi,
			w.lo, type_of(w) & 8 ? "code" : "data", base_of(w), limit_of(w),
			counts_pages(w) ? "pages" : "bytes", type_of(w), dpl_of(w));
	return text;
}

/* Without what may be raised in a gate or not. */
static struct words gate_core(struct words w)
{
	if (dpl_of(w) == 0)
		w.hi |= 1 << 13;
	if (!(w.lo >> 16 & 3))
		w.lo |= 1 << 16;
	return w;
}

static void expect_kept(struct words given, struct words expected, struct words seen)
{
	bool gate = is_present(given) && is_system(given);

	if (is_present(given) && !gate) {
		EXPECT(dpl_of(seen) != 0, "%s: expected DPL 1 at least once it is accepted, saw 0",
		       describe(given));
		EXPECT(end_of(seen) <= GUEST_BYTES,
		       "%s: expected it to end at fc3fffff or below once it is accepted, saw limit "
		       "%05x, an end at %llx",
		       describe(given), limit_of(seen), (unsigned long long)end_of(seen) - 1);
		EXPECT(limit_of(seen) == limit_of(expected),
		       "%s: expected limit %05x, %s, saw %05x", describe(given), limit_of(expected),
		       limit_of(expected) == limit_of(given) ? "as it was"
							     : "the largest that fits",
		       limit_of(seen));
	}
	if (gate) {
		expected = gate_core(expected);
		seen = gate_core(seen);
	}
	EXPECT(seen.lo == expected.lo && seen.hi == expected.hi,
	       "%s: expected it to become %08x_%08x, saw %08x_%08x", describe(given), expected.hi,
	       expected.lo, seen.hi, seen.lo);
}

static void check(struct words given)
{
	struct words expected, seen;
	struct segment_descriptor d;
	enum judgement judgement = judge(given, &expected);
	bool accepted;

	memcpy(&d, &given, sizeof(d));
	accepted = descriptor_ok(&d);
	memcpy(&seen, &d, sizeof(seen));
	EXPECT(judgement == EITHER || accepted == (judgement == ACCEPTED),
	       "%s: expected it %s, saw it %s", describe(given), judgements[judgement],
	       judgements[accepted ? ACCEPTED : REFUSED]);
	if (accepted)
		expect_kept(given, expected, seen);
}

/* A good one of each kind, so that who refuses all passes nothing. */
static void check_good_ones(void)
{
	static const struct words good[] = {
		{ 0x0000C3FF, 0x00CFBA00 }, { 0x0000FFFF, 0x00CFF200 }, { 0x00000000, 0x00000000 },
		{ 0x00610000, 0xC010EC00 }, { 0x12340FFF, 0x8040B212 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(good); i++)
		check(good[i]);
}

/* ---- Tests ---- */

static const uint32_t bases[] = {
	0,          1,          0x800,      0xFFF,      0x1000,     0x80000000, 0xFC000000,
	0xFC300000, 0xFC300001, 0xFC3FDFFF, 0xFC3FE000, 0xFC3FE001, 0xFC3FEFFE, 0xFC3FEFFF,
	0xFC3FF000, 0xFC3FFFFF, 0xFC400000, 0xFEC00000, 0xFFFFF000, 0xFFFFFFFF,
};

static const uint16_t low_limits[] = { 0, 1, 0xC3FE, 0xC3FF, 0xC400, 0xFFFF };

/* All values of bits 8 to 23 of the upper word that are chosen by mask and value. */
static void check_all(uint32_t mask, uint32_t value)
{
	check_good_ones();
	for (uint32_t bits = 0; bits < 0x1000000; bits += 0x100) {
		if ((bits & mask) != value)
			continue;
		for (unsigned b = 0; b < ARRAY_SIZE(bases); b++)
			for (unsigned l = 0; l < ARRAY_SIZE(low_limits); l++)
				check(with_base((struct words){ low_limits[l], bits }, bases[b]));
	}
}

START_TEST(every_code_segment)
{
	check_all(0x9800, 0x9800);
}
END_TEST

START_TEST(every_data_segment)
{
	check_all(0x9800, 0x9000);
}
END_TEST

/* Borders that lie elsewhere for each base. */
START_TEST(limits_at_the_border_of_each_base)
{
	static const uint32_t kinds[] = { 0x00409200, 0x00C09200, 0x0040FA00, 0x00C0FB00 };

	check_good_ones();
	for (unsigned b = 0; b < ARRAY_SIZE(bases); b++)
		for (unsigned k = 0; k < ARRAY_SIZE(kinds); k++)
			for (int more = -3; more <= 3; more++) {
				struct words w = with_base((struct words){ 0, kinds[k] }, bases[b]);
				uint64_t room = GUEST_BYTES - bases[b];

				w = with_limit(w, (uint32_t)(room / (counts_pages(w) ? 4096 : 1)) -
							  1 + (uint32_t)more);
				check(w);
			}
}
END_TEST

START_TEST(segments_at_random)
{
	struct dice dice = { 26 };

	check_good_ones();
	for (unsigned i = 0; i < 200000; i++) {
		struct words w = { (uint32_t)roll64(&dice), (uint32_t)roll64(&dice) | 0x9000 };

		if (roll(&dice, 2))
			w = with_base(w, 0xFC400000 - (uint32_t)(roll_number(&dice) & 0xFFFFFF));
		check(w);
	}
}
END_TEST

START_TEST(what_is_not_present_stays_as_it_is)
{
	check_all(0x8000, 0);
}
END_TEST

START_TEST(every_system_segment)
{
	check_all(0x9000, 0x8000);
}
END_TEST

START_TEST(gates_for_every_selector)
{
	check_good_ones();
	for (uint32_t selector = 0; selector < 0x10000; selector++)
		for (uint32_t access = 0x80; access < 0x100; access += 0x20) {
			/* Call, interrupt, trap and task gates. */
			check((struct words){ selector << 16 | 0x1234, 0xC0100003 | (access | 0xC)
											    << 8 });
			check((struct words){ selector << 16 | 0x1234, 0xC0100000 | (access | 0xE)
											    << 8 });
			check((struct words){ selector << 16 | 0x1234, 0xC0100000 | (access | 0xF)
											    << 8 });
			check((struct words){ selector << 16, (access | 5) << 8 });
		}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("descriptor_ok");
	TCase *segments = add_case(suite, "segments");
	TCase *others = add_case(suite, "gates-and-system");

	tcase_add_test(segments, every_code_segment);
	tcase_add_test(segments, every_data_segment);
	tcase_add_test(segments, limits_at_the_border_of_each_base);
	tcase_add_test(segments, segments_at_random);

	tcase_add_test(others, what_is_not_present_stays_as_it_is);
	tcase_add_test(others, every_system_segment);
	tcase_add_test(others, gates_for_every_selector);
	return run_suite(suite);
}
