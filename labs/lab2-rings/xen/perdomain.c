/* SPDX-License-Identifier: MIT */
/*
 * The per-domain area: 4 MiB at PERDOMAIN_VIRT_START that show each domain its own
 * GDT. GDTR never changes; what lies behind it does, with the page tables.
 */
#include <xen/boot_map.h>
#include <xen/domain.h>
#include <xen/guest_descriptors.h>
#include <xen/page_alloc.h>
#include <xen/processor.h>
#include <xen/string.h>
#include <xen/subsystem.h>

/* For the time before the first domain. */
static l1_pgentry_t idle_perdomain_table[TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));

/* Where a guest has no GDT page: every descriptor is null, and loading one is a fault of the guest's. */
static uint8_t empty_page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

static const struct table_register gdtr = {
	.limit = (FIRST_RESERVED_GDT_PAGE + 1) * PAGE_SIZE - 1,
	.base = GDT_VIRT_START,
};

/* The processor sets a descriptor's accessed bit when it loads it: the page must be writable. */
static void fill_gdt_entries(l1_pgentry_t *table, const mfn_t *frames, unsigned count)
{
	for (unsigned i = 0; i < FIRST_RESERVED_GDT_PAGE; i++)
		table[i] = i < count ? mfn_to_maddr(frames[i]) | PAGE_DIRTY | PAGE_ACCESSED |
					       PAGE_RW | PAGE_PRESENT
				     : virt_to_maddr(empty_page) | PAGE_ACCESSED | PAGE_PRESENT;
	table[FIRST_RESERVED_GDT_PAGE] = virt_to_maddr(&gdt[FIRST_RESERVED_GDT_ENTRY]) |
					 PAGE_DIRTY | PAGE_ACCESSED | PAGE_RW | PAGE_PRESENT;
}

void map_guest_gdt(struct domain *d)
{
	unsigned pages = (d->gdt_entries + 511) / 512;

	fill_gdt_entries(d->perdomain_table, d->gdt_frames, pages);
	if (d == current)
		flush_tlb();
}

l1_pgentry_t *perdomain_table_create(void)
{
	l1_pgentry_t *table = alloc_xenheap_pages(0);

	if (table) {
		memset(table, 0, PAGE_SIZE);
		fill_gdt_entries(table, NULL, 0);
	}
	return table;
}

static void perdomain_init(void)
{
	fill_gdt_entries(idle_perdomain_table, NULL, 0);
	idle_pg_table[l2_index(PERDOMAIN_VIRT_START)] = virt_to_maddr(idle_perdomain_table) |
							PAGE_RW | PAGE_PRESENT;
	idle_pg_table[l2_index(LINEAR_PT_VIRT_START)] = virt_to_maddr(idle_pg_table) | PAGE_RW |
							PAGE_PRESENT;
	load_gdt(&gdtr);
	/*
	 * A reset leaves LDTR usable, with base 0 and a limit of 64 KiB (Intel SDM 3A, table 10-1): a
	 * guest with memory at address 0 would write its own descriptors there, unchecked.
	 */
	load_local_table(0);
}

SUBSYSTEM(perdomain) = {
	.name = "per-domain area",
	.init = perdomain_init,
};
