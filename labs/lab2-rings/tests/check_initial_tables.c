/* SPDX-License-Identifier: MIT */
/*
 * build_initial_tables() for small and large layouts over frames that lie scattered: every entry
 * of the directory and of each table, on frames full of rubbish.
 */
#include <stdlib.h>
#include <string.h>

#include <test/dice.h>
#include <test/machine_memory.h>
#include <test/suite.h>
#include <xen/domain_build.h>

/* Nobody looks into it here. */
struct domain {
	int unused;
};

static const struct domain domain;

/* What fill_hypervisor_slots() is to do, and what it was called with. */
static unsigned slot_calls;

static l2_pgentry_t slot_value(unsigned slot)
{
	return slot << PAGE_SHIFT | 0xE63;
}

void fill_hypervisor_slots(l2_pgentry_t *l2, mfn_t l2_mfn, const struct domain *d)
{
	slot_calls++;
	EXPECT(d == &domain && machine_frame(l2_mfn) == l2,
	       "fill_hypervisor_slots(): expected the page directory, its frame and the domain, saw "
	       "%s",
	       d == &domain ? "mfn of another page" : "another domain");
	for (unsigned i = l2_index(HYPERVISOR_VIRT_START); i < TABLE_ENTRIES; i++)
		l2[i] = slot_value(i);
}

/* A layout, its name, and the frames under it. */
static const char *name;
static struct initial_layout layout;
static mfn_t *p2m;

/* Frames all over 4 GiB, no two alike: an odd factor permutes the 2^20 numbers. */
static mfn_t scattered(pfn_t pfn)
{
	return (pfn * 0x9E375 + 0x7F4A7) & 0xFFFFF;
}

/*
 * Builds tables where only the frames of the tables can be mapped, and the list ends with the
 * layout.
 */
static void build(const char *what, vaddr_t v_start, unsigned tables, pfn_t first_table,
		  bool user_pages)
{
	name = what;
	layout = (struct initial_layout){
		.v_start = v_start,
		.page_tables = first_table,
		.nr_pt_frames = 1 + tables,
		.stack = first_table + 1 + tables,
		.user_pages = user_pages,
		.mapped = tables * TABLE_ENTRIES,
	};
	free(p2m);
	p2m = malloc(layout.mapped * sizeof(*p2m));
	for (pfn_t pfn = 0; pfn < layout.mapped; pfn++)
		p2m[pfn] = scattered(pfn);

	machine_memory_reset();
	for (unsigned i = 0; i < layout.nr_pt_frames; i++)
		machine_add_frame(p2m[first_table + i]);
	slot_calls = 0;
	build_initial_tables(&layout, p2m, &domain);
}

static void expect_directory(void)
{
	const l2_pgentry_t *l2 = machine_frame(p2m[layout.page_tables]);
	unsigned first = layout.v_start >> 22;
	unsigned tables = layout.nr_pt_frames - 1;

	for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
		const char *what = "clear";
		l2_pgentry_t expected = 0;

		if (i >= 0xFC000000 >> 22) {
			what = "as fill_hypervisor_slots() sets it";
			expected = slot_value(i);
		} else if (i >= first && i < first + tables) {
			what = "a page table";
			expected = p2m[layout.page_tables + 1 + i - first] << 12 | 0x67;
		}
		EXPECT(l2[i] == expected,
		       "%s: directory entry %u (for %08x), %s: expected %08x, saw %08x", name, i,
		       i << 22, what, expected, l2[i]);
	}
}

static void expect_table(unsigned n)
{
	const l1_pgentry_t *l1 = machine_frame(p2m[layout.page_tables + 1 + n]);

	for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
		pfn_t pfn = n * TABLE_ENTRIES + i;
		bool table = pfn >= layout.page_tables &&
			     pfn < layout.page_tables + layout.nr_pt_frames;
		l1_pgentry_t expected = p2m[pfn] << 12 | (table ? 0x21 : 0x23) |
					(layout.user_pages ? 4 : 0);

		EXPECT(l1[i] == expected,
		       "%s: page table %u, entry %u, for pfn %x%s at %08x: expected %08x, saw "
		       "%08x",
		       name, n, i, pfn,
		       !table                      ? ""
		       : pfn == layout.page_tables ? " (the page directory)"
						   : " (a page table)",
		       layout.v_start + (pfn << 12), expected, l1[i]);
	}
}

static void expect_tables(void)
{
	for (unsigned n = 0; n < layout.nr_pt_frames - 1; n++)
		expect_table(n);
}

START_TEST(a_directory_for_one_table)
{
	build("4 MiB at C0000000", 0xC0000000, 1, 500, false);
	expect_directory();
}
END_TEST

START_TEST(a_directory_for_many_tables)
{
	build("32 MiB at C0000000", 0xC0000000, 8, 5000, false);
	expect_directory();
}
END_TEST

START_TEST(a_directory_at_the_borders)
{
	build("8 MiB at 0", 0, 2, 300, false);
	expect_directory();
	build("8 MiB right below the hypervisor", 0xFB800000, 2, 300, true);
	expect_directory();
}
END_TEST

START_TEST(the_hypervisors_slots_are_filled_in)
{
	build("4 MiB at C0000000", 0xC0000000, 1, 500, false);
	EXPECT(slot_calls == 1, "%s: expected one call of fill_hypervisor_slots(), saw %u", name,
	       slot_calls);
}
END_TEST

START_TEST(a_table)
{
	build("4 MiB at C0000000", 0xC0000000, 1, 500, false);
	expect_tables();
}
END_TEST

START_TEST(many_tables)
{
	build("32 MiB at C0000000", 0xC0000000, 8, 5000, false);
	expect_tables();
}
END_TEST

START_TEST(tables_at_the_borders)
{
	build("8 MiB at 0", 0, 2, 300, false);
	expect_tables();
	build("8 MiB right below the hypervisor", 0xFB800000, 2, 300, false);
	expect_tables();
}
END_TEST

/* The pages of the tables may lie over the border of what two tables map. */
START_TEST(tables_of_which_one_maps_a_part)
{
	build("16 MiB whose tables lie over a 4 MiB border", 0x40000000, 4, 1022, false);
	expect_tables();
	build("12 MiB whose tables lie right before a 4 MiB border", 0x40000000, 3, 1020, false);
	expect_tables();
}
END_TEST

START_TEST(pages_for_ring_3)
{
	build("8 MiB with USER_PAGES=yes", 0xC0000000, 2, 700, true);
	expect_tables();
}
END_TEST

START_TEST(no_window_stays_open)
{
	build("32 MiB at C0000000", 0xC0000000, 8, 5000, false);
	expect_tables();
	EXPECT(machine_open_windows() == 0,
	       "%s: expected every map_domain_page() undone by unmap_domain_page(), saw %u windows "
	       "open",
	       name, machine_open_windows());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("initial_tables");
	TCase *directory = add_case(suite, "directory");
	TCase *tables = add_case(suite, "page-tables");

	tcase_add_test(directory, a_directory_for_one_table);
	tcase_add_test(directory, a_directory_for_many_tables);
	tcase_add_test(directory, a_directory_at_the_borders);
	tcase_add_test(directory, the_hypervisors_slots_are_filled_in);

	tcase_add_test(tables, a_table);
	tcase_add_test(tables, many_tables);
	tcase_add_test(tables, tables_at_the_borders);
	tcase_add_test(tables, tables_of_which_one_maps_a_part);
	tcase_add_test(tables, pages_for_ring_3);
	tcase_add_test(tables, no_window_stays_open);
	return run_suite(suite);
}
