/* SPDX-License-Identifier: MIT */
/*
 * The functions of string.c against the host's. Under their own names they would
 * take the place of the host's in the whole program, so the source is compiled
 * right here, under others.
 */
#include <string.h>

#include <test/dice.h>
#include <test/quote.h>
#include <test/suite.h>

#define memset  our_memset
#define memcpy  our_memcpy
#define memmove our_memmove
#define memcmp  our_memcmp
#define strlen  our_strlen
#define strcmp  our_strcmp
#define strncmp our_strncmp
#include "../xen/string.c"
#undef memset
#undef memcpy
#undef memmove
#undef memcmp
#undef strlen
#undef strcmp
#undef strncmp

#define ROUNDS 5000
#define AREA   128

/* Two copies of the same rubbish: one for the host's function, one for ours. */
static struct {
	unsigned char theirs[AREA];
	unsigned char ours[AREA];
} area;

static void fill(struct dice *dice)
{
	for (unsigned i = 0; i < AREA; i++)
		area.theirs[i] = area.ours[i] = (unsigned char)roll(dice, 256);
}

static void expect_equal(const char *what, unsigned to, unsigned from, unsigned n)
{
	EXPECT(!memcmp(area.theirs, area.ours, AREA),
	       "%s of %u bytes from offset %u to %u: expected the host's %s, saw %s", what, n, from,
	       to, quote(area.theirs, AREA), quote(area.ours, AREA));
}

START_TEST(memset_at_every_alignment)
{
	struct dice dice = { 1 };

	for (unsigned i = 0; i < ROUNDS; i++) {
		unsigned to = roll(&dice, AREA / 2), n = roll(&dice, AREA / 2);
		int byte = (int)roll(&dice, 512) - 256;

		fill(&dice);
		memset(area.theirs + to, byte, n);
		ck_assert_ptr_eq(our_memset(area.ours + to, byte, n), area.ours + to);
		expect_equal("memset", to, to, n);
	}
}
END_TEST

START_TEST(memcpy_at_every_alignment)
{
	struct dice dice = { 2 };

	for (unsigned i = 0; i < ROUNDS; i++) {
		unsigned n = roll(&dice, AREA / 4);
		unsigned to = roll(&dice, AREA / 4), from = AREA / 2 + roll(&dice, AREA / 4);

		fill(&dice);
		memcpy(area.theirs + to, area.theirs + from, n);
		ck_assert_ptr_eq(our_memcpy(area.ours + to, area.ours + from, n), area.ours + to);
		expect_equal("memcpy", to, from, n);
	}
}
END_TEST

START_TEST(memmove_over_itself)
{
	struct dice dice = { 3 };

	for (unsigned i = 0; i < ROUNDS; i++) {
		unsigned n = roll(&dice, AREA / 2);
		unsigned to = roll(&dice, AREA / 2), from = roll(&dice, AREA / 2);

		fill(&dice);
		memmove(area.theirs + to, area.theirs + from, n);
		ck_assert_ptr_eq(our_memmove(area.ours + to, area.ours + from, n), area.ours + to);
		expect_equal("memmove", to, from, n);
	}
}
END_TEST

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

/* Two strings that are alike up to some place, of bytes both below and above 128. */
static void make_strings(struct dice *dice, char *a, char *b)
{
	unsigned n = roll(dice, AREA);

	for (unsigned i = 0; i < n; i++)
		a[i] = (char)(1 + roll(dice, 255));
	a[n] = '\0';
	strcpy(b, a);
	if (n && roll(dice, 4))
		b[roll(dice, n)] = (char)roll(dice, 256);
}

START_TEST(strings_compare_as_the_host_says)
{
	struct dice dice = { 4 };

	for (unsigned i = 0; i < ROUNDS; i++) {
		char a[AREA], b[AREA];
		unsigned n;

		memset(a, 0, sizeof(a));
		memset(b, 0, sizeof(b));
		make_strings(&dice, a, b);
		n = roll(&dice, AREA);
		EXPECT(our_strlen(a) == strlen(a), "strlen(%s): expected %zu, saw %zu",
		       quote_string(a, AREA), strlen(a), our_strlen(a));
		EXPECT(sign(our_strcmp(a, b)) == sign(strcmp(a, b)),
		       "strcmp(%s, %s): expected the sign of %d, saw %d", quote_string(a, AREA),
		       quote_string(b, AREA), strcmp(a, b), our_strcmp(a, b));
		EXPECT(sign(our_strncmp(a, b, n)) == sign(strncmp(a, b, n)),
		       "strncmp(%s, %s, %u): expected the sign of %d, saw %d",
		       quote_string(a, AREA), quote_string(b, AREA), n, strncmp(a, b, n),
		       our_strncmp(a, b, n));
		EXPECT(sign(our_memcmp(a, b, n)) == sign(memcmp(a, b, n)),
		       "memcmp(%s, %s, %u): expected the sign of %d, saw %d", quote(a, n),
		       quote(b, n), n, memcmp(a, b, n), our_memcmp(a, b, n));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("string");
	TCase *bytes = add_case(suite, "bytes");
	TCase *strings = add_case(suite, "strings");

	tcase_add_test(bytes, memset_at_every_alignment);
	tcase_add_test(bytes, memcpy_at_every_alignment);
	tcase_add_test(bytes, memmove_over_itself);

	tcase_add_test(strings, strings_compare_as_the_host_says);
	return run_suite(suite);
}
