/* SPDX-License-Identifier: MIT */
/*
 * Which selectors and segment descriptors a guest may use (ABI, section 1).
 */
#ifndef XEN_GUEST_DESCRIPTORS_H
#define XEN_GUEST_DESCRIPTORS_H

#include <xen/descriptors.h>
#include <xen/page.h>
#include <xen/selectors.h>
#include <xen/types.h>

struct domain;

/* A guest means at least ring 1: RPL 0 becomes 1. */
static inline uint16_t guest_selector(uint16_t selector)
{
	return selector & SELECTOR_RPL ? selector : selector | 1;
}

/* A code selector that a gate to a guest may have. Assumes guest_selector(). */
static inline bool guest_gate_selector_ok(uint16_t selector)
{
	return SELECTOR_INDEX(selector) < FIRST_RESERVED_GDT_ENTRY || selector == GUEST_KERNEL_CS ||
	       selector & SELECTOR_LDT;
}

/*
 * Exercise 2.6. May a guest have this descriptor in its GDT? Changes it so that it may, if
 * a change of these two kinds is enough:
 *
 *   not present          always allowed, as it stands
 *   system segments      refused, but for call gates to a code segment for which
 *                        guest_gate_selector_ok() holds, not null; its DPL 0 and its
 *                        selector's RPL 0 become 1
 *   code and data        DPL 0 is raised to 1; the base must lie below the last page
 *                        that ends at GUEST_SEGMENT_LIMIT; the segment must end at or
 *                        below GUEST_SEGMENT_LIMIT: where it counts pages its limit
 *                        is cut, where it counts bytes it is refused; data that
 *                        expands down is refused
 */
bool descriptor_ok(struct segment_descriptor *descriptor);

/* How the per-domain area is used: 16 pages of GDT first. */
#define GDT_VIRT_START PERDOMAIN_VIRT_START

/* Points the per-domain area's pages of d at its GDT frames, and at an empty page where it has none. */
void map_guest_gdt(struct domain *d);

/* A new per-domain table: no guest GDT, the reserved page in its place. NULL without memory. */
l1_pgentry_t *perdomain_table_create(void);

/* Is the frame the domain's page directory, or one of the tables in that? */
bool is_page_table_of(const struct domain *d, mfn_t mfn);

/*
 * Keeps the guest from writing to one of its own pages through its page tables, or allows it
 * again. Lab 3 has types for that.
 */
void protect_guest_page(struct domain *d, mfn_t mfn);
void unprotect_guest_page(struct domain *d, mfn_t mfn);

#endif
