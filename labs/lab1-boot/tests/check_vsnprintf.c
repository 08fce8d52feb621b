/* SPDX-License-Identifier: MIT */
/*
 * vsnprintf() against the host's own, for formats of every make. The host's has the
 * name; ours is ring1_vsnprintf here (tests/host/xen/vsnprintf.h).
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <test/dice.h>
#include <test/quote.h>
#include <test/suite.h>
#include <xen/vsnprintf.h>
#undef vsnprintf
#undef snprintf

#define SEED 20031019u
#define ROOM 512

/* What a buffer holds before. */
#define UNTOUCHED '~'

/* Formats with ours into a buffer that is large enough, and expects this text of n bytes. */
static void expect_text(const char *expected, int n, const char *format, const char *arguments,
			va_list args)
{
	char ours[ROOM];
	int seen;

	memset(ours, UNTOUCHED, sizeof(ours));
	seen = ring1_vsnprintf(ours, sizeof(ours), format, args);
	EXPECT(seen == n && memcmp(ours, expected, (size_t)n + 1) == 0,
	       "format %s of (%s): expected %s, returning %d, saw %s, returning %d",
	       quote_string(format, ROOM), arguments, quote(expected, (size_t)n), n,
	       quote_string(ours, sizeof(ours)), seen);
}

/* Expects what the host makes of the same; `arguments` shows them in a failure's message. */
static void expect_as_host(const char *arguments, const char *format, ...)
{
	char theirs[ROOM];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(theirs, sizeof(theirs), format, args);
	va_end(args);

	va_start(args, format);
	expect_text(theirs, n, format, arguments, args);
	va_end(args);
}

#define EXPECT_AS_HOST(format, ...) expect_as_host(#__VA_ARGS__, format, __VA_ARGS__)

/* Expects a text where C leaves it open, or has it otherwise. */
static void expect_exactly(const char *expected, const char *arguments, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	expect_text(expected, (int)strlen(expected), format, arguments, args);
	va_end(args);
}

#define EXPECT_EXACTLY(expected, format, ...) \
	expect_exactly(expected, #__VA_ARGS__, format, __VA_ARGS__)

static const char *const lengths[] = { "", "l", "ll" };
static const char conversions[] = { 'd', 'u', 'x' };

static const char *const flags[] = { "", "0", "-", "0-", "-0" };

/* A number under one directive, between other text. */
static void expect_number(const char *flag, const char *width, unsigned length, char conversion,
			  uint64_t number)
{
	char format[64], shown[64];

	sprintf(format, "a%%%s%s%s%c|", flag, width, lengths[length], conversion);
	sprintf(shown, "0x%" PRIx64, number);
	if (length == 0)
		expect_as_host(shown, format, (unsigned)number);
	else if (length == 1)
		expect_as_host(shown, format, (unsigned long)number);
	else
		expect_as_host(shown, format, (unsigned long long)number);
}

/* Under all nine. */
static void expect_number_in_all_ways(uint64_t number)
{
	for (unsigned length = 0; length < ARRAY_SIZE(lengths); length++)
		for (unsigned i = 0; i < ARRAY_SIZE(conversions); i++)
			expect_number("", "", length, conversions[i], number);
}

START_TEST(numbers_at_the_borders_of_their_types)
{
	static const uint64_t borders[] = {
		0, 9, 10, 15, 16, INT_MAX, UINT_MAX, INT64_MAX, UINT64_MAX,
	};

	for (unsigned i = 0; i < ARRAY_SIZE(borders); i++) {
		expect_number_in_all_ways(borders[i]);
		expect_number_in_all_ways(borders[i] + 1);
		expect_number_in_all_ways(0 - borders[i]);
	}
}
END_TEST

START_TEST(numbers_of_every_length)
{
	for (uint64_t number = 1; number <= UINT64_MAX / 10; number *= 10) {
		expect_number_in_all_ways(number - 1);
		expect_number_in_all_ways(number);
		expect_number_in_all_ways(0 - number);
	}
	for (unsigned bit = 0; bit < 64; bit++) {
		expect_number_in_all_ways(UINT64_C(1) << bit);
		expect_number_in_all_ways((UINT64_C(1) << bit) - 1);
	}
}
END_TEST

START_TEST(numbers_at_random)
{
	struct dice dice = { SEED };

	for (unsigned i = 0; i < 1000; i++)
		expect_number_in_all_ways(roll_number(&dice));
}
END_TEST

START_TEST(arguments_of_mixed_size_stay_in_step)
{
	EXPECT_AS_HOST("%d %lld %u %llx %ld %x %llu %d %lx %u.", -1, -2ll, 3u, 0x123456789abcdefull,
		       -4l, 0xFu, 18446744073709551615ull, 7, 8ul, 9u);
	EXPECT_AS_HOST("%x%llx%x%llx", 1u, 2ull, 3u, 4ull);
	EXPECT_AS_HOST("%d%%%d%%", 1, 2);
	EXPECT_AS_HOST("%c%lld%s%d", 'c', -1ll, "s", -1);
}
END_TEST

START_TEST(a_pointer_shows_all_its_digits)
{
	static const uintptr_t pointers[] = { 0, 1, 0xFEC01234, UINTPTR_MAX, 0x10 };

	for (unsigned i = 0; i < ARRAY_SIZE(pointers); i++) {
		char expected[64], shown[32];

		sprintf(expected, "[%0*" PRIxPTR "] 7", (int)(2 * sizeof(void *)), pointers[i]);
		sprintf(shown, "0x%" PRIxPTR ", 7", pointers[i]);
		expect_exactly(expected, shown, "[%p] %d", (void *)pointers[i], 7);
	}
}
END_TEST

START_TEST(padded_numbers)
{
	static const uint64_t numbers[] = { 0, 7, 1234567, UINT64_MAX, 0 - UINT64_C(1234567) };

	for (unsigned flag = 0; flag < ARRAY_SIZE(flags); flag++) {
		for (unsigned width = 1; width <= 12; width++) {
			char digits[16];

			sprintf(digits, "%u", width);
			for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++)
				for (unsigned c = 0; c < ARRAY_SIZE(conversions); c++)
					expect_number(flags[flag], digits, 0, conversions[c],
						      numbers[i]);
		}
	}
}
END_TEST

START_TEST(padded_numbers_at_random)
{
	struct dice dice = { SEED };

	for (unsigned i = 0; i < 5000; i++) {
		const char *some_flags = flags[roll(&dice, ARRAY_SIZE(flags))];
		char width[8] = "";

		if (roll(&dice, 8))
			sprintf(width, "%u", 1 + roll(&dice, roll(&dice, 8) ? 30 : 300));
		expect_number(some_flags, width, roll(&dice, 3), conversions[roll(&dice, 3)],
			      roll_number(&dice));
	}
}
END_TEST

START_TEST(padded_strings_and_characters)
{
	for (unsigned width = 1; width <= 20; width++) {
		char right[16], left[16];

		sprintf(right, "<%%%us>", width);
		sprintf(left, "<%%-%us>", width);
		expect_as_host("\"\"", right, "");
		expect_as_host("\"\"", left, "");
		expect_as_host("\"eight by\"", right, "eight by");
		expect_as_host("\"eight by\"", left, "eight by");

		sprintf(right, "<%%%uc>", width);
		sprintf(left, "<%%-%uc>", width);
		expect_as_host("'c'", right, 'c');
		expect_as_host("'c'", left, 'c');
	}
}
END_TEST

START_TEST(strings)
{
	struct dice dice = { SEED };

	EXPECT_AS_HOST("%s", "");
	EXPECT_AS_HOST("%s%s", "", "a");
	EXPECT_AS_HOST("<%s> %s", "of %d parts, 100%", "and another");
	for (unsigned i = 0; i < 500; i++) {
		char string[64];
		unsigned n = roll(&dice, sizeof(string));

		for (unsigned j = 0; j < n; j++)
			string[j] = (char)(1 + roll(&dice, 255));
		string[n] = '\0';
		expect_as_host(quote(string, n), "%s|", string);
	}
}
END_TEST

START_TEST(no_string_says_so)
{
	EXPECT_EXACTLY("(null)", "%s", (char *)NULL);
	EXPECT_EXACTLY("<(null) >", "<%-7s>", (char *)NULL);
	EXPECT_EXACTLY("(null) 5", "%s %d", (char *)NULL, 5);
}
END_TEST

START_TEST(characters)
{
	for (int c = 0; c < 256; c++) {
		char shown[16];

		sprintf(shown, "'\\x%02x'", c);
		expect_as_host(shown, "<%c>", c);
	}
	EXPECT_AS_HOST("%c%c%c", 'a', 'b', 'c');
}
END_TEST

START_TEST(text_without_directives)
{
	EXPECT_AS_HOST("", 0);
	EXPECT_AS_HOST("plain text, d u x s 5 ll\t\n", 0);
	EXPECT_AS_HOST("\xc3\xa9\xff\x01", 0);
	EXPECT_AS_HOST("100%%", 0);
	EXPECT_AS_HOST("%%%%d%%", 0);
	EXPECT_AS_HOST("%%%d", 1);
}
END_TEST

/* C leaves these open; we copy them, and they take no argument. */
START_TEST(unknown_conversions_are_copied)
{
	static const char *const formats[] = {
		"%y",  "a%yb", "%5y|", "%-08k|", "%lly", "%lk",
		"%.3", "%+7",  "%#",   "% ",     "%!%y", "%\xff",
	};
	static const char *const at_the_end[] = { "%",  "100%", "%5",  "%-",
						  "%0", "%l",   "%ll", "a%-08ll" };

	for (unsigned i = 0; i < ARRAY_SIZE(formats); i++)
		expect_exactly(formats[i], "", formats[i], 7);
	for (unsigned i = 0; i < ARRAY_SIZE(at_the_end); i++)
		expect_exactly(at_the_end[i], "", at_the_end[i], 7);
	EXPECT_EXACTLY("%y7", "%y%d", 7);
	EXPECT_EXACTLY("%5k|7|%", "%5k|%d|%", 7);
}
END_TEST

/*
 * Formats into every size from 0 to one more than is needed. The buffer stands
 * between bytes that must stay; only some of them are seen by the sanitizer.
 */
static void expect_bounds(const char *arguments, const char *format, ...)
{
	char whole[ROOM], area[3 * ROOM];
	char *buffer = area + ROOM;
	va_list args;
	int n, seen;

	va_start(args, format);
	n = vsnprintf(whole, sizeof(whole), format, args);
	va_end(args);

	for (size_t size = 0; size <= (size_t)n + 2; size++) {
		size_t kept = size <= (size_t)n ? size - 1 : (size_t)n;

		memset(area, UNTOUCHED, sizeof(area));
		va_start(args, format);
		seen = ring1_vsnprintf(buffer, size, format, args);
		va_end(args);

		EXPECT(seen == n,
		       "format \"%s\" of (%s), size %zu: expected the whole length, %d, "
		       "returned, saw %d",
		       format, arguments, size, n, seen);
		for (size_t i = 0; i < sizeof(area); i++)
			EXPECT((i >= ROOM && i < ROOM + size) || area[i] == UNTOUCHED,
			       "format \"%s\" of (%s), size %zu: expected nothing written "
			       "outside of the buffer, saw a byte written at offset %d",
			       format, arguments, size, (int)i - ROOM);
		EXPECT(!size || (!memcmp(buffer, whole, kept) && buffer[kept] == '\0'),
		       "format \"%s\" of (%s), size %zu: expected %s and a NUL, saw %s", format,
		       arguments, size, quote(whole, kept), quote(buffer, size));
	}
}

#define EXPECT_BOUNDS(format, ...) expect_bounds(#__VA_ARGS__, format, __VA_ARGS__)

START_TEST(every_size_is_kept_to)
{
	EXPECT_BOUNDS("", 0);
	EXPECT_BOUNDS("plain text", 0);
	EXPECT_BOUNDS("100%%, %%", 0);
	EXPECT_BOUNDS("%d", -2147483647);
	EXPECT_BOUNDS("%llu", 18446744073709551615ull);
	EXPECT_BOUNDS("%llx.", 0xFEDCBA9876543210ull);
	EXPECT_BOUNDS("%012d|", -77);
	EXPECT_BOUNDS("%12x|", 0x77u);
	EXPECT_BOUNDS("%-12u|", 77u);
	EXPECT_BOUNDS("%s", "a string");
	EXPECT_BOUNDS("%14s|%-14s|", "right", "left");
	EXPECT_BOUNDS("%c%4c%-4c", 'a', 'b', 'c');
	EXPECT_BOUNDS("%d %s %x", 1, "two", 3u);
	EXPECT_BOUNDS("%200d", 1);
}
END_TEST

START_TEST(no_buffer_is_needed_to_measure)
{
	int seen = ring1_snprintf(NULL, 0, "%d bottles of %s", 99, "beer");

	EXPECT(seen == 18, "format \"%%d bottles of %%s\", no buffer, size 0: expected 18, saw %d",
	       seen);
}
END_TEST

/* A buffer of the heap has the sanitizer's guard right behind its last byte. */
START_TEST(the_sanitizer_agrees)
{
	for (size_t size = 1; size < 40; size++) {
		char *buffer = malloc(size);
		int seen = ring1_snprintf(buffer, size, "%08x %-9s %lld%%%c", 0xABCu, "text", -1ll,
					  '.');

		EXPECT(seen == 23, "size %zu: expected the whole length, 23, returned, saw %d",
		       size, seen);
		free(buffer);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vsnprintf");
	TCase *numbers = add_case(suite, "numbers");
	TCase *padding = add_case(suite, "padding");
	TCase *text = add_case(suite, "strings-and-chars");
	TCase *bounds = add_case(suite, "bounds");

	tcase_add_test(numbers, numbers_at_the_borders_of_their_types);
	tcase_add_test(numbers, numbers_of_every_length);
	tcase_add_test(numbers, numbers_at_random);
	tcase_add_test(numbers, arguments_of_mixed_size_stay_in_step);
	tcase_add_test(numbers, a_pointer_shows_all_its_digits);

	tcase_add_test(padding, padded_numbers);
	tcase_add_test(padding, padded_numbers_at_random);
	tcase_add_test(padding, padded_strings_and_characters);

	tcase_add_test(text, strings);
	tcase_add_test(text, no_string_says_so);
	tcase_add_test(text, characters);
	tcase_add_test(text, text_without_directives);
	tcase_add_test(text, unknown_conversions_are_copied);

	tcase_add_test(bounds, every_size_is_kept_to);
	tcase_add_test(bounds, no_buffer_is_needed_to_measure);
	tcase_add_test(bounds, the_sanitizer_agrees);
	return run_suite(suite);
}
