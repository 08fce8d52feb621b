/* SPDX-License-Identifier: MIT */
/*
 * Hypercall set_trap_table, found by its record: what it takes from the guest's table, and what it
 * refuses.
 */
#include <stdio.h>
#include <string.h>

#include <public/errno.h>
#include <test/guest.h>
#include <test/guest_memory.h>
#include <test/hypercalls.h>
#include <xen/guest_traps.h>

/* Where guests keep their tables: three pages, with nothing after them; and the last one. */
#define TABLE     0xC0008000u
#define TABLE_END (TABLE + 3 * PAGE_SIZE)
#define LAST_PAGE 0xFBFFF000u

/* The domain's table before the call, and when install_fast_trap() looked at it last. */
static struct trap_info before[IDT_ENTRIES];
static struct trap_info at_install[IDT_ENTRIES];
static unsigned installs;

void install_fast_trap(struct domain *d)
{
	EXPECT(d == current, "install_fast_trap(): expected the current domain, saw another");
	installs++;
	memcpy(at_install, d->trap_table, sizeof(at_install));
}

/* A domain whose table has an entry in each third vector. */
static void start(void)
{
	guest_start();
	guest_memory_reset();
	for (unsigned page = 0; page < 3; page++)
		guest_map(TABLE + page * PAGE_SIZE, true);
	guest_map(LAST_PAGE, true);
	for (unsigned vector = 0; vector < IDT_ENTRIES; vector += 3)
		current->trap_table[vector] = (struct trap_info){
			.vector = (uint8_t)vector,
			.flags = 3,
			.cs = 0x0061,
			.address = 0xB0000000 + vector,
		};
	memcpy(before, current->trap_table, sizeof(before));
	installs = 0;
}

static long set_trap_table(vaddr_t table)
{
	return hypercall_function(__HYPERVISOR_set_trap_table)(table, 0, 0, 0, 0);
}

/* Puts entry i of a table into the guest's memory. */
static void put(vaddr_t table, unsigned i, struct trap_info entry)
{
	guest_poke(table + i * (uint32_t)sizeof(entry), &entry, sizeof(entry));
}

static struct trap_info usual(unsigned vector)
{
	return (struct trap_info){
		.vector = (uint8_t)vector,
		.flags = vector % 8,
		.cs = GUEST_KERNEL_CS,
		.address = 0xC0100000 + 16 * vector,
	};
}

static const struct trap_info end;

static bool same(const struct trap_info *a, const struct trap_info *b)
{
	return a->flags == b->flags && a->cs == b->cs && a->address == b->address;
}

static void expect_entry(const char *what, unsigned vector, const struct trap_info *expected)
{
	const struct trap_info *seen = &current->trap_table[vector];

	EXPECT(same(seen, expected),
	       "%s: trap_table[%u]: expected flags %x, cs %04x, address %08x, saw flags %x, cs %04x, "
	       "address %08x",
	       what, vector, expected->flags, expected->cs, expected->address, seen->flags,
	       seen->cs, seen->address);
}

/*
 * Accepts the table, and has the gate of vector 0x80 worked out from what stands in the domain's
 * then?
 */
static void expect_set(const char *what, vaddr_t table)
{
	long error = set_trap_table(table);

	EXPECT(error == 0, "%s: expected 0, saw %ld", what, error);
	EXPECT(installs > 0, "%s: expected a call of install_fast_trap(), saw none", what);
	EXPECT(memcmp(at_install, current->trap_table, sizeof(at_install)) == 0,
	       "%s: expected install_fast_trap() called when all entries were set, saw it called "
	       "before",
	       what);
}

static void refuse(const char *what, vaddr_t table, int expected, const char *name)
{
	long error = set_trap_table(table);

	EXPECT(error == expected, "%s: expected %s (%d), saw %ld", what, name, expected, error);
	for (unsigned vector = 0; vector < IDT_ENTRIES; vector++)
		EXPECT(same(&current->trap_table[vector], &before[vector]),
		       "%s: expected the domain's table as it was after an error, saw vector %u "
		       "changed",
		       what, vector);
}

#define expect_refused(what, table, error) refuse(what, table, error, #error)

/* ---- Tables that are taken ---- */

START_TEST(entries_replace_those_of_their_vectors)
{
	static const unsigned vectors[] = { 14, 3, 255, 0, 128, 13 };

	start();
	for (unsigned i = 0; i < ARRAY_SIZE(vectors); i++)
		put(TABLE, i, usual(vectors[i]));
	put(TABLE, ARRAY_SIZE(vectors), end);
	expect_set("a table of six entries", TABLE);
	for (unsigned i = 0; i < ARRAY_SIZE(vectors); i++) {
		struct trap_info expected = usual(vectors[i]);

		expect_entry("a table of six entries", vectors[i], &expected);
		before[vectors[i]] = expected;
	}
	for (unsigned vector = 0; vector < IDT_ENTRIES; vector++)
		expect_entry("a table of six entries, a vector that it does not name", vector,
			     &before[vector]);
}
END_TEST

START_TEST(a_null_table_clears_all)
{
	start();
	expect_set("a NULL table", 0);
	for (unsigned vector = 0; vector < IDT_ENTRIES; vector++)
		expect_entry("a NULL table", vector, &end);
}
END_TEST

START_TEST(an_empty_table_changes_nothing)
{
	start();
	put(TABLE, 0, end);
	put(TABLE, 1, usual(14));
	expect_set("a table whose first entry ends it", TABLE);
	for (unsigned vector = 0; vector < IDT_ENTRIES; vector++)
		expect_entry("a table whose first entry ends it", vector, &before[vector]);
}
END_TEST

/* Only the address says that a table ends, and nothing after that is looked at. */
START_TEST(an_address_of_zero_ends_it)
{
	struct trap_info last = usual(5);

	start();
	last.address = 0;
	last.cs = HYPERVISOR_CS;
	put(TABLE_END - 16, 0, usual(6));
	put(TABLE_END - 16, 1, last);
	expect_set("a table that ends where the mapped memory does", TABLE_END - 16);
	last = usual(6);
	expect_entry("a table that ends where the mapped memory does", 6, &last);
	expect_entry("a table that ends where the mapped memory does", 5, &before[5]);
}
END_TEST

START_TEST(two_hundred_and_fifty_six_entries)
{
	start();
	for (unsigned i = 0; i < 256; i++)
		put(TABLE, i, usual(255 - i));
	put(TABLE, 256, end);
	expect_set("a table of 256 entries", TABLE);
	for (unsigned vector = 0; vector < IDT_ENTRIES; vector++) {
		struct trap_info expected = usual(vector);

		expect_entry("a table of 256 entries", vector, &expected);
	}
}
END_TEST

START_TEST(a_table_in_the_last_page)
{
	struct trap_info expected = usual(77);

	start();
	put(LAST_PAGE + PAGE_SIZE - 16, 0, expected);
	put(LAST_PAGE + PAGE_SIZE - 16, 1, end);
	expect_set("a table that ends where the hypervisor begins", LAST_PAGE + PAGE_SIZE - 16);
	expect_entry("a table that ends where the hypervisor begins", 77, &expected);
}
END_TEST

/* Which selector becomes which in the domain's table. */
static const struct {
	uint16_t given, kept;
} good_selectors[] = {
	{ 0xE019, 0xE019 }, { 0xE018, 0xE019 }, { 0x0008, 0x0009 }, { 0x0061, 0x0061 },
	{ 0x0063, 0x0063 }, { 0xDFF8, 0xDFF9 }, { 0xDFFB, 0xDFFB }, { 0x0004, 0x0005 },
	{ 0xE00C, 0xE00D }, { 0xFFFF, 0xFFFF },
};

static const uint16_t bad_selectors[] = { 0xE000, 0xE001, 0xE008, 0xE009, 0xE010, 0xE01A, 0xE01B,
					  0xE021, 0xE02B, 0xE033, 0xE040, 0xEFF9, 0xFFFB };

START_TEST(selectors_get_at_least_ring_1)
{
	for (unsigned i = 0; i < ARRAY_SIZE(good_selectors); i++) {
		struct trap_info entry = usual(20);
		char what[60];

		start();
		entry.cs = good_selectors[i].given;
		put(TABLE, 0, entry);
		put(TABLE, 1, end);
		sprintf(what, "an entry with selector %04x", entry.cs);
		expect_set(what, TABLE);
		entry.cs = good_selectors[i].kept;
		expect_entry(what, 20, &entry);
	}
}
END_TEST

/* ---- Tables that are refused ---- */

/* Is a table accepted when it has no fault? */
static void control(void)
{
	start();
	put(TABLE, 0, usual(1));
	put(TABLE, 1, end);
	expect_set("a table of one entry", TABLE);
	start();
}

START_TEST(a_selector_of_the_hypervisors)
{
	control();
	for (unsigned i = 0; i < ARRAY_SIZE(bad_selectors); i++) {
		struct trap_info bad = usual(21);
		char what[80];

		bad.cs = bad_selectors[i];
		sprintf(what, "a table whose first selector is %04x", bad.cs);
		put(TABLE, 0, bad);
		put(TABLE, 1, end);
		expect_refused(what, TABLE, -EPERM);

		sprintf(what, "a table whose third and last selector is %04x", bad.cs);
		put(TABLE, 0, usual(1));
		put(TABLE, 1, usual(2));
		put(TABLE, 2, bad);
		put(TABLE, 3, end);
		expect_refused(what, TABLE, -EPERM);
	}
}
END_TEST

START_TEST(a_table_that_cannot_be_read)
{
	control();
	expect_refused("a table at B0000000, where nothing is mapped", 0xB0000000, -EFAULT);
	expect_refused("a table at FC000000, the hypervisor's", 0xFC000000, -EFAULT);
	expect_refused("a table at FEC01000, the hypervisor's", 0xFEC01000, -EFAULT);
	expect_refused("a table at FFFFFFF8, which wraps", 0xFFFFFFF8, -EFAULT);
	expect_refused("a table at FFFFFFFC, which wraps", 0xFFFFFFFC, -EFAULT);
	expect_refused("a table that is mapped in its first half only", TABLE - 4, -EFAULT);
}
END_TEST

START_TEST(a_table_that_cannot_be_read_to_its_end)
{
	control();
	for (unsigned i = 0; i < 512 * 3; i++)
		put(TABLE, i, usual(i % 256));
	expect_refused("a table of which two entries are mapped", TABLE_END - 16, -EFAULT);
	expect_refused("a table whose third entry is mapped in part", TABLE_END - 20, -EFAULT);

	for (unsigned i = 0; i < 2; i++)
		put(LAST_PAGE + PAGE_SIZE - 16, i, usual(i));
	expect_refused("a table that runs into the hypervisor", LAST_PAGE + PAGE_SIZE - 16,
		       -EFAULT);
	put(LAST_PAGE + PAGE_SIZE - 12, 0, usual(0));
	expect_refused("a table whose second entry lies over the hypervisor's border",
		       LAST_PAGE + PAGE_SIZE - 12, -EFAULT);
}
END_TEST

START_TEST(a_table_without_end)
{
	control();
	for (unsigned i = 0; i < 512 * 3; i++)
		put(TABLE, i, usual(i % 256));
	expect_refused("a table of 1536 entries", TABLE, -EINVAL);
	put(TABLE, 257, end);
	expect_refused("a table of 257 entries", TABLE, -EINVAL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trap_table");
	TCase *entries = add_case(suite, "entries");
	TCase *refusals = add_case(suite, "refusals");

	tcase_add_test(entries, entries_replace_those_of_their_vectors);
	tcase_add_test(entries, a_null_table_clears_all);
	tcase_add_test(entries, an_empty_table_changes_nothing);
	tcase_add_test(entries, an_address_of_zero_ends_it);
	tcase_add_test(entries, two_hundred_and_fifty_six_entries);
	tcase_add_test(entries, a_table_in_the_last_page);
	tcase_add_test(entries, selectors_get_at_least_ring_1);

	tcase_add_test(refusals, a_selector_of_the_hypervisors);
	tcase_add_test(refusals, a_table_that_cannot_be_read);
	tcase_add_test(refusals, a_table_that_cannot_be_read_to_its_end);
	tcase_add_test(refusals, a_table_without_end);
	return run_suite(suite);
}
