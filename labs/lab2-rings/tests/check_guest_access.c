/* SPDX-License-Identifier: MIT */
/*
 * access_ok()'s arithmetic at all borders, and copy_from_guest() and copy_to_guest() on a model of
 * an address space (tests/host/guest_memory.c), in which the hypervisor's part can be touched: who
 * does so fails.
 */
#include <string.h>

#include <public/errno.h>
#include <test/dice.h>
#include <test/guest_memory.h>
#include <test/suite.h>
#include <xen/guest_access.h>

/* The last page below the hypervisor, two that are neighbours, and one that is read-only. */
#define LAST      0xFBFFF000u
#define LOW       0xC0000000u
#define HIGH      0xC0001000u
#define READ_ONLY 0xC0002000u

static void map_pages(void)
{
	guest_memory_reset();
	guest_map(0, true);
	guest_map(LOW, true);
	guest_map(HIGH, true);
	guest_map(READ_ONLY, false);
	guest_map(LAST, true);
}

/* The rule in 64 bits, where nothing wraps. */
static bool really_ok(vaddr_t va, uint32_t n)
{
	return (uint64_t)va + n <= 0xFC000000;
}

START_TEST(access_ok_at_the_borders)
{
	static const uint32_t numbers[] = { 0,          1,          2,          4,
					    0xFFF,      0x1000,     0x3FFFFFF,  0x4000000,
					    0x4000001,  0x7FFFFFFF, 0x80000000, 0xFBFFFFFE,
					    0xFBFFFFFF, 0xFC000000, 0xFC000001, 0xFC3FFFFF,
					    0xFFFFF000, 0xFFFFFFFE, 0xFFFFFFFF };

	for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++)
		for (unsigned j = 0; j < ARRAY_SIZE(numbers); j++) {
			vaddr_t va = numbers[i];
			uint32_t n = numbers[j];

			/* A range of no bytes at or above the border may be either. */
			if (n)
				EXPECT(access_ok(va, n) == really_ok(va, n),
				       "access_ok(%08x, %x): expected %d, saw %d", va, n,
				       really_ok(va, n), access_ok(va, n));
		}
}
END_TEST

START_TEST(access_ok_at_random)
{
	struct dice dice = { 3 };

	for (unsigned i = 0; i < 100000; i++) {
		vaddr_t va = (vaddr_t)(roll(&dice, 2) ? roll_number(&dice)
						      : 0xFC000000 - roll(&dice, 5000));
		uint32_t n = (uint32_t)(roll(&dice, 2) ? roll_number(&dice) : roll(&dice, 5000));

		if (n)
			EXPECT(access_ok(va, n) == really_ok(va, n),
			       "access_ok(%08x, %x): expected %d, saw %d", va, n, really_ok(va, n),
			       access_ok(va, n));
	}
}
END_TEST

/* ---- copy_from_guest() ---- */

static uint8_t buffer[3 * PAGE_SIZE], wanted[3 * PAGE_SIZE];

static void expect_from(vaddr_t va, uint32_t n)
{
	int error;

	memset(buffer, 0xEE, sizeof(buffer));
	error = copy_from_guest(buffer, va, n);
	EXPECT(error == 0, "copy_from_guest(to, %08x, %u), all mapped: expected 0, saw %d", va, n,
	       error);
	guest_peek(wanted, va, n);
	for (uint32_t i = 0; i < n; i++)
		EXPECT(buffer[i] == wanted[i],
		       "copy_from_guest(to, %08x, %u): expected byte %u to be %02x, saw %02x", va,
		       n, i, wanted[i], buffer[i]);
	EXPECT(buffer[n] == 0xEE,
	       "copy_from_guest(to, %08x, %u): expected nothing past the buffer's end written, saw "
	       "%02x there",
	       va, n, buffer[n]);
}

static void expect_no_from(const char *why, vaddr_t va, uint32_t n)
{
	int error = copy_from_guest(buffer, va, n);

	EXPECT(error == -EFAULT,
	       "copy_from_guest(to, %08x, %x), %s: expected -EFAULT (-14), saw %d", va, n, why,
	       error);
}

START_TEST(from_mapped_memory)
{
	map_pages();
	expect_from(LOW, 1);
	expect_from(LOW + 5, 16);
	expect_from(LOW, PAGE_SIZE);
	expect_from(READ_ONLY + 8, 8);
	expect_from(0, 4);
	expect_from(LOW, 0);
}
END_TEST

START_TEST(from_over_a_border_of_pages)
{
	map_pages();
	expect_from(LOW + PAGE_SIZE - 3, 7);
	expect_from(LOW, 2 * PAGE_SIZE);
}
END_TEST

START_TEST(from_the_last_bytes)
{
	map_pages();
	expect_from(LAST, PAGE_SIZE);
	expect_from(0xFBFFFFFF, 1);
	expect_from(0xFBFFFFF8, 8);
}
END_TEST

START_TEST(nothing_from_the_hypervisor)
{
	map_pages();
	expect_from(LAST, 4);
	expect_no_from("in the hypervisor", 0xFC000000, 1);
	expect_no_from("in the hypervisor", 0xFC400000, 4);
	expect_no_from("in the hypervisor", 0xFEC01000, 4096);
	expect_no_from("in the hypervisor", 0xFFFFFFFF, 1);
	expect_no_from("over the hypervisor's border", 0xFBFFFFFF, 2);
	expect_no_from("over the hypervisor's border", 0xFBFFFFFD, 4);
	expect_no_from("over the hypervisor's border", LAST, PAGE_SIZE + 1);
}
END_TEST

START_TEST(nothing_from_a_range_that_wraps)
{
	map_pages();
	expect_from(0, 4);
	expect_no_from("which wraps", 0xFFFFFFFF, 2);
	expect_no_from("which wraps", 0xFFFFFFF0, 0x20);
	expect_no_from("which wraps", LAST, 0xFFFFFFFF);
	expect_no_from("which wraps", LAST, 0x04001001);
	expect_no_from("which wraps", 0xFC000000, 0x04000004);
}
END_TEST

START_TEST(nothing_from_unmapped_memory)
{
	map_pages();
	expect_from(LOW, 4);
	expect_no_from("unmapped", 0xB0000000, 1);
	expect_no_from("of which the first byte is unmapped", LOW - 1, 2);
	expect_no_from("of which the last byte is unmapped", READ_ONLY + PAGE_SIZE - 3, 4);
}
END_TEST

/* ---- copy_to_guest() ---- */

static void expect_to(vaddr_t va, uint32_t n)
{
	static struct guest_page before[MAX_GUEST_PAGES];
	int error;

	for (uint32_t i = 0; i < n; i++)
		buffer[i] = (uint8_t)(0x80 ^ i);
	memcpy(before, guest_pages, sizeof(before));
	error = copy_to_guest(va, buffer, n);
	EXPECT(error == 0, "copy_to_guest(%08x, from, %u), all writable: expected 0, saw %d", va, n,
	       error);
	for (unsigned p = 0; p < nr_guest_pages; p++)
		for (unsigned i = 0; i < PAGE_SIZE; i++) {
			vaddr_t at = guest_pages[p].va + i;
			uint8_t expected = at - va < n ? buffer[at - va] : before[p].bytes[i];
			uint8_t seen = guest_pages[p].bytes[i];

			EXPECT(seen == expected,
			       "copy_to_guest(%08x, from, %u): expected the byte at %08x to be %02x%s, "
			       "saw %02x",
			       va, n, at, expected, at - va < n ? "" : " as before", seen);
		}
}

static void expect_no_to(const char *why, vaddr_t va, uint32_t n)
{
	int error = copy_to_guest(va, buffer, n);

	EXPECT(error == -EFAULT,
	       "copy_to_guest(%08x, from, %x), %s: expected -EFAULT (-14), saw %d", va, n, why,
	       error);
}

START_TEST(to_mapped_memory)
{
	map_pages();
	expect_to(LOW, 1);
	expect_to(LOW + 5, 16);
	expect_to(LOW, PAGE_SIZE);
	expect_to(0, 4);
	expect_to(HIGH, 0);
}
END_TEST

START_TEST(to_over_a_border_of_pages)
{
	map_pages();
	expect_to(LOW + PAGE_SIZE - 3, 7);
	expect_to(LOW, 2 * PAGE_SIZE);
}
END_TEST

START_TEST(to_the_last_bytes)
{
	map_pages();
	expect_to(LAST, PAGE_SIZE);
	expect_to(0xFBFFFFFF, 1);
	expect_to(0xFBFFFFF8, 8);
}
END_TEST

START_TEST(nothing_to_the_hypervisor)
{
	map_pages();
	expect_to(LAST, 4);
	expect_no_to("in the hypervisor", 0xFC000000, 1);
	expect_no_to("in the hypervisor", 0xFC400000, 4);
	expect_no_to("in the hypervisor", 0xFEC01000, 4096);
	expect_no_to("in the hypervisor", 0xFFFFFFFF, 1);
	expect_no_to("over the hypervisor's border", 0xFBFFFFFF, 2);
	expect_no_to("over the hypervisor's border", 0xFBFFFFFD, 4);
	expect_no_to("over the hypervisor's border", LAST, PAGE_SIZE + 1);
}
END_TEST

START_TEST(nothing_to_a_range_that_wraps)
{
	map_pages();
	expect_to(0, 4);
	expect_no_to("which wraps", 0xFFFFFFFF, 2);
	expect_no_to("which wraps", 0xFFFFFFF0, 0x20);
	expect_no_to("which wraps", LAST, 0xFFFFFFFF);
	expect_no_to("which wraps", LAST, 0x04001001);
	expect_no_to("which wraps", 0xFC000000, 0x04000004);
}
END_TEST

START_TEST(nothing_to_unmapped_or_read_only_memory)
{
	map_pages();
	expect_to(LOW, 4);
	expect_no_to("unmapped", 0xB0000000, 1);
	expect_no_to("read-only", READ_ONLY, 4);
	expect_no_to("of which the first byte is unmapped", LOW - 1, 2);
	expect_no_to("of which the last byte is read-only", READ_ONLY - 3, 4);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guest_access");
	TCase *access = add_case(suite, "access-ok");
	TCase *from = add_case(suite, "copy-from-guest");
	TCase *to = add_case(suite, "copy-to-guest");

	tcase_add_test(access, access_ok_at_the_borders);
	tcase_add_test(access, access_ok_at_random);

	tcase_add_test(from, from_mapped_memory);
	tcase_add_test(from, from_over_a_border_of_pages);
	tcase_add_test(from, from_the_last_bytes);
	tcase_add_test(from, nothing_from_the_hypervisor);
	tcase_add_test(from, nothing_from_a_range_that_wraps);
	tcase_add_test(from, nothing_from_unmapped_memory);

	tcase_add_test(to, to_mapped_memory);
	tcase_add_test(to, to_over_a_border_of_pages);
	tcase_add_test(to, to_the_last_bytes);
	tcase_add_test(to, nothing_to_the_hypervisor);
	tcase_add_test(to, nothing_to_a_range_that_wraps);
	tcase_add_test(to, nothing_to_unmapped_or_read_only_memory);
	return run_suite(suite);
}
