/* SPDX-License-Identifier: MIT */
#include <tests/ktap.h>

char ktap_key[33] = "00000000000000000000000000000000";

static unsigned tests_done;

static void put(const char *text)
{
	while (*text)
		ktap_put_char(*text++);
}

static void put_decimal(unsigned value)
{
	if (value >= 10)
		put_decimal(value / 10);
	ktap_put_char((char)('0' + value % 10));
}

static void put_hex(uint32_t value)
{
	put("0x");
	for (int shift = 28; shift >= 0; shift -= 4)
		ktap_put_char("0123456789abcdef"[value >> shift & 15]);
}

/* On a line of its own, even when some text was left without an end. */
static void begin_line(void)
{
	put("\r\n");
	put(ktap_key);
	put(" ");
}

void ktap_begin(unsigned tests)
{
	begin_line();
	put("KTAP version 1");
	begin_line();
	put("1..");
	put_decimal(tests);
	put("\r\n");
}

void ktap_result(bool ok, const char *name)
{
	begin_line();
	put(ok ? "ok " : "not ok ");
	put_decimal(++tests_done);
	put(" ");
	put(name);
	put("\r\n");
}

void ktap_note(const char *text)
{
	begin_line();
	put("# ");
	put(text);
	put("\r\n");
}

void ktap_note_number(const char *text, uint32_t number)
{
	begin_line();
	put("# ");
	put(text);
	put(" ");
	put_hex(number);
	put("\r\n");
}

void ktap_mismatch(const char *what, uint32_t expected, uint32_t seen)
{
	begin_line();
	put("# ");
	put(what);
	put(": expected ");
	put_hex(expected);
	put(", saw ");
	put_hex(seen);
	put("\r\n");
}

bool ktap_equal(const char *what, uint32_t seen, uint32_t expected)
{
	if (seen != expected)
		ktap_mismatch(what, expected, seen);
	return seen == expected;
}

/* FNV-1a over the key and the four bytes of n; the grader computes the same. */
uint32_t ktap_random(uint32_t n)
{
	uint32_t hash = 2166136261u;

	for (const char *p = ktap_key; *p; p++)
		hash = (hash ^ (uint8_t)*p) * 16777619u;
	for (int shift = 0; shift < 32; shift += 8)
		hash = (hash ^ (n >> shift & 0xFF)) * 16777619u;
	return hash;
}
