/* SPDX-License-Identifier: MIT */
/*
 * A page of the guest's that it must not write while the processor trusts it. Stage 2's guests keep the
 * page tables that they were built with, so it is enough to find the page there.
 */
#include <xen/domain.h>
#include <xen/domain_page.h>
#include <xen/guest_descriptors.h>
#include <xen/processor.h>

static void set_writable(l1_pgentry_t *table, mfn_t mfn, bool writable)
{
	for (unsigned i = 0; i < TABLE_ENTRIES; i++)
		if (table[i] & PAGE_PRESENT && maddr_to_mfn(table[i]) == mfn)
			table[i] = writable ? table[i] | PAGE_RW : table[i] & ~PAGE_RW;
}

static void set_writable_everywhere(struct domain *d, mfn_t mfn, bool writable)
{
	l2_pgentry_t *directory = map_domain_page(maddr_to_mfn(d->cr3));

	for (unsigned i = 0; i < l2_index(HYPERVISOR_VIRT_START); i++) {
		l1_pgentry_t *table;

		if (!(directory[i] & PAGE_PRESENT))
			continue;
		table = map_domain_page(maddr_to_mfn(directory[i]));
		set_writable(table, mfn, writable);
		unmap_domain_page(table);
	}
	unmap_domain_page(directory);
	if (d == current)
		flush_tlb();
}

bool is_page_table_of(const struct domain *d, mfn_t mfn)
{
	const l2_pgentry_t *directory = map_domain_page(maddr_to_mfn(d->cr3));
	bool found = mfn == maddr_to_mfn(d->cr3);

	for (unsigned i = 0; i < l2_index(HYPERVISOR_VIRT_START); i++)
		found |= directory[i] & PAGE_PRESENT && maddr_to_mfn(directory[i]) == mfn;
	unmap_domain_page(directory);
	return found;
}

void protect_guest_page(struct domain *d, mfn_t mfn)
{
	set_writable_everywhere(d, mfn, false);
}

void unprotect_guest_page(struct domain *d, mfn_t mfn)
{
	set_writable_everywhere(d, mfn, true);
}
