/* SPDX-License-Identifier: MIT */
#include <xen/domain_build.h>
#include <xen/domain_page.h>
#include <xen/string.h>

#ifdef SOLVED
#define READ_ONLY_ENTRY (PAGE_PRESENT | PAGE_ACCESSED)
#define WRITABLE_ENTRY  (READ_ONLY_ENTRY | PAGE_RW)
#define DIRECTORY_ENTRY (PAGE_PRESENT | PAGE_RW | PAGE_USER | PAGE_ACCESSED | PAGE_DIRTY)

/* Is this page the directory, or one of the tables? */
static bool is_page_table(const struct initial_layout *layout, pfn_t pfn)
{
	return pfn >= layout->page_tables && pfn < layout->page_tables + layout->nr_pt_frames;
}

/* Fills the table in page `table` with the pages from `first` on. */
static void fill_page_table(const struct initial_layout *layout, const mfn_t *p2m, pfn_t table,
			    pfn_t first)
{
	l1_pgentry_t *l1 = map_domain_page(p2m[table]);
	uint32_t user = layout->user_pages ? PAGE_USER : 0;

	for (unsigned i = 0; i < TABLE_ENTRIES; i++)
		l1[i] = mfn_to_maddr(p2m[first + i]) | user |
			(is_page_table(layout, first + i) ? READ_ONLY_ENTRY : WRITABLE_ENTRY);
	unmap_domain_page(l1);
}
#endif

void build_initial_tables(const struct initial_layout *layout, const mfn_t *p2m,
			  const struct domain *d)
{
#ifdef SOLVED
	mfn_t l2_mfn = p2m[layout->page_tables];
	l2_pgentry_t *l2 = map_domain_page(l2_mfn);
	unsigned slot = l2_index(layout->v_start);

	memset(l2, 0, PAGE_SIZE);
	for (unsigned i = 0; i < layout->mapped / TABLE_ENTRIES; i++) {
		pfn_t table = layout->page_tables + 1 + i;

		fill_page_table(layout, p2m, table, i * TABLE_ENTRIES);
		l2[slot + i] = mfn_to_maddr(p2m[table]) | DIRECTORY_ENTRY;
	}
	fill_hypervisor_slots(l2, l2_mfn, d);
	unmap_domain_page(l2);
#else
	/* Lab 2, exercise 2.1: your code here. */
	(void)layout;
	(void)p2m;
	(void)d;
#endif
}
