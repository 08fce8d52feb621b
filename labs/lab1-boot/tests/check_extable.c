/* SPDX-License-Identifier: MIT */
/* extable_search(): an instruction that may fault leads to its fix-up, and no other does. */
#include <test/suite.h>
#include <xen/extable.h>

/* In link order, which is no order; two entries share a fix-up, as in a loop's two accesses. */
static const struct extable_entry table[] = {
	{ .instruction = 0xFEC01000, .fixup = 0xFEC01002 },
	{ .instruction = 0xFEC00010, .fixup = 0xFEC05000 },
	{ .instruction = 0xFEC04711, .fixup = 0xFEC00010 },
	{ .instruction = 0xFEC01003, .fixup = 0xFEC05000 },
	{ .instruction = 0x7FFFFFFF, .fixup = 0xFEC0AAAA },
	{ .instruction = 0xFFFFFFF0, .fixup = 0xFEC0BBBB },
};

/* Searches the first count entries. */
static void expect_fixup(size_t count, vaddr_t eip, vaddr_t expected)
{
	vaddr_t seen = extable_search(table, count, eip);

	EXPECT(seen == expected,
	       "extable_search() for eip %08x in a table of %zu: expected %08x, saw %08x", eip,
	       count, expected, seen);
}

START_TEST(every_entry_is_found)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		expect_fixup(ARRAY_SIZE(table), table[i].instruction, table[i].fixup);
}
END_TEST

START_TEST(a_table_of_one_is_searched)
{
	expect_fixup(1, table[0].instruction, table[0].fixup);
}
END_TEST

START_TEST(the_next_and_the_last_byte_are_other_instructions)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		expect_fixup(ARRAY_SIZE(table), table[i].instruction, table[i].fixup);
		expect_fixup(ARRAY_SIZE(table), table[i].instruction + 1, 0);
		expect_fixup(ARRAY_SIZE(table), table[i].instruction - 1, 0);
	}
}
END_TEST

START_TEST(a_fixup_is_no_instruction)
{
	expect_fixup(ARRAY_SIZE(table), table[2].fixup, table[1].fixup);
	expect_fixup(ARRAY_SIZE(table), table[0].fixup, 0);
	expect_fixup(ARRAY_SIZE(table), 0, 0);
}
END_TEST

START_TEST(entries_past_count_are_not_looked_at)
{
	for (size_t count = 0; count < ARRAY_SIZE(table); count++) {
		expect_fixup(count, table[count].instruction, 0);
		if (count)
			expect_fixup(count, table[count - 1].instruction, table[count - 1].fixup);
	}
}
END_TEST

START_TEST(an_empty_table_has_nothing)
{
	const struct extable_entry *end = table + ARRAY_SIZE(table);
	vaddr_t seen = extable_search(end, 0, 0xFEC01000);

	EXPECT(seen == 0, "extable_search() in an empty table: expected 0, saw %08x", seen);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("extable");
	TCase *finds = add_case(suite, "finds");
	TCase *nothing_else = add_case(suite, "nothing-else");

	tcase_add_test(finds, every_entry_is_found);
	tcase_add_test(finds, a_table_of_one_is_searched);

	tcase_add_test(nothing_else, the_next_and_the_last_byte_are_other_instructions);
	tcase_add_test(nothing_else, a_fixup_is_no_instruction);
	tcase_add_test(nothing_else, entries_past_count_are_not_looked_at);
	tcase_add_test(nothing_else, an_empty_table_has_nothing);
	return run_suite(suite);
}
