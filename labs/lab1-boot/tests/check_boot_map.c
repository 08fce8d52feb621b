/* SPDX-License-Identifier: MIT */
/* boot_map(): every entry of the first page directory, whatever was in it before. */
#include <test/suite.h>
#include <xen/boot_map.h>

#define FIRST_DIRECTMAP_ENTRY (DIRECTMAP_VIRT_START >> SUPERPAGE_SHIFT)
#define NR_MAPPED             (DIRECTMAP_BYTES >> SUPERPAGE_SHIFT)

/* The processor sets these itself; to have them set from the start does no harm. */
#define DO_NOT_CARE (PAGE_ACCESSED | PAGE_DIRTY)

/* Bits that no page directory has here: so what is left over is noticed. */
#define RUBBISH 0xDEADBEEFu

/* The page, and one on each side of it that boot_map() has no business with. */
static struct {
	l2_pgentry_t before[TABLE_ENTRIES];
	l2_pgentry_t directory[TABLE_ENTRIES];
	l2_pgentry_t after[TABLE_ENTRIES];
} memory __attribute__((aligned(4096)));

static void map_over_rubbish(void)
{
	for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
		memory.before[i] = RUBBISH;
		memory.directory[i] = RUBBISH;
		memory.after[i] = RUBBISH;
	}
	boot_map(memory.directory);
}

static void expect_entry(unsigned i, l2_pgentry_t expected)
{
	l2_pgentry_t seen = memory.directory[i];

	EXPECT((seen & ~DO_NOT_CARE) == expected,
	       "entry %u, for addresses from %08x on: expected %08x, saw %08x%s", i,
	       (vaddr_t)i << SUPERPAGE_SHIFT, expected, seen,
	       seen == RUBBISH ? ", which was there before" : "");
}

START_TEST(the_direct_map_shows_the_first_memory)
{
	map_over_rubbish();
	for (unsigned i = 0; i < NR_MAPPED; i++)
		expect_entry(FIRST_DIRECTMAP_ENTRY + i, i << SUPERPAGE_SHIFT | PAGE_PRESENT |
								PAGE_RW | PAGE_PSE | PAGE_GLOBAL);
}
END_TEST

START_TEST(the_low_map_shows_the_same_and_is_not_global)
{
	map_over_rubbish();
	for (unsigned i = 0; i < NR_MAPPED; i++)
		expect_entry(i, i << SUPERPAGE_SHIFT | PAGE_PRESENT | PAGE_RW | PAGE_PSE);
}
END_TEST

START_TEST(all_other_entries_are_cleared)
{
	map_over_rubbish();
	for (unsigned i = NR_MAPPED; i < TABLE_ENTRIES; i++)
		if (i < FIRST_DIRECTMAP_ENTRY || i >= FIRST_DIRECTMAP_ENTRY + NR_MAPPED)
			EXPECT(memory.directory[i] == 0,
			       "entry %u, for addresses from %08x on: expected 0, saw %08x%s", i,
			       (vaddr_t)i << SUPERPAGE_SHIFT, memory.directory[i],
			       memory.directory[i] == RUBBISH ? ", which was there before" : "");
}
END_TEST

START_TEST(nothing_outside_the_page_is_written)
{
	map_over_rubbish();
	EXPECT(memory.directory[0] != RUBBISH, "expected an entry 0, saw what was there before");
	for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
		EXPECT(memory.before[i] == RUBBISH,
		       "expected 1024 entries written, saw entry -%u written too",
		       TABLE_ENTRIES - i);
		EXPECT(memory.after[i] == RUBBISH,
		       "expected 1024 entries written, saw entry %u written too",
		       TABLE_ENTRIES + i);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("boot_map");

	tcase_add_test(add_case(suite, "direct-map"), the_direct_map_shows_the_first_memory);
	tcase_add_test(add_case(suite, "low-map"), the_low_map_shows_the_same_and_is_not_global);

	TCase *nothing_else = add_case(suite, "nothing-else");
	tcase_add_test(nothing_else, all_other_entries_are_cleared);
	tcase_add_test(nothing_else, nothing_outside_the_page_is_written);
	return run_suite(suite);
}
