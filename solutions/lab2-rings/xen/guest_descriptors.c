/* SPDX-License-Identifier: MIT */
#include <public/errno.h>
#include <xen/domain.h>
#include <xen/domain_page.h>
#include <xen/guest_access.h>
#include <xen/guest_descriptors.h>
#include <xen/hypercall.h>
#include <xen/page_alloc.h>
#include <xen/string.h>

#define DESCRIPTORS_PER_PAGE (PAGE_SIZE / sizeof(struct segment_descriptor))

#ifdef SOLVED
/* Bits of a descriptor's type. */
#define TYPE_CODE        0x08
#define TYPE_EXPAND_DOWN 0x04
#define TYPE_CALL_GATE   0x0C

static bool call_gate_ok(const struct segment_descriptor *descriptor)
{
	/* A gate keeps its selector where a segment has the low half of its base. */
	uint16_t selector = descriptor->base_low & 0xFFFF;

	return descriptor->type == TYPE_CALL_GATE && selector & ~SELECTOR_RPL &&
	       guest_gate_selector_ok(guest_selector(selector));
}

/* Makes the segment end at GUEST_SEGMENT_LIMIT, or before. */
static bool limit_ok(struct segment_descriptor *descriptor)
{
	vaddr_t base = descriptor->base_low | (uint32_t)descriptor->base_high << 24;
	uint32_t limit = descriptor->limit_low | (uint32_t)descriptor->limit_high << 16;
	uint32_t room = GUEST_SEGMENT_LIMIT - base; /* the last offset that is allowed */

	if (base >= GUEST_SEGMENT_LIMIT + 1 - PAGE_SIZE)
		return false;
	if (!descriptor->granularity)
		return limit <= room;
	/* In pages, the last of which ends at the room's end or before. */
	if (limit > (room + 1) / PAGE_SIZE - 1) {
		limit = (room + 1) / PAGE_SIZE - 1;
		descriptor->limit_low = limit & 0xFFFF;
		descriptor->limit_high = limit >> 16;
	}
	return true;
}
#endif

bool descriptor_ok(struct segment_descriptor *descriptor)
{
#ifdef SOLVED
	if (!descriptor->present)
		return true;
	if (!(descriptor->type & DESC_NOT_SYSTEM)) {
		if (!call_gate_ok(descriptor))
			return false;
		descriptor->base_low = (descriptor->base_low & 0xFF0000) |
				       guest_selector(descriptor->base_low & 0xFFFF);
	} else {
		bool expands_down = (descriptor->type & (TYPE_CODE | TYPE_EXPAND_DOWN)) ==
				    TYPE_EXPAND_DOWN;

		if (expands_down || !limit_ok(descriptor))
			return false;
	}
	if (descriptor->dpl == 0)
		descriptor->dpl = 1;
	return true;
#else
	/* Lab 2, exercise 2.6: your code here. */
	(void)descriptor;
	return false;
#endif
}

/* A frame that can hold descriptors: the domain's own memory, and none of its page tables. */
static bool descriptor_frame_ok(const struct domain *d, mfn_t mfn)
{
	return mfn < max_page && !page_is_free(mfn) && mfn_to_page(mfn)->u.inuse.owner == d &&
	       !is_page_table_of(d, mfn);
}

static unsigned gdt_pages(const struct domain *d)
{
	return (d->gdt_entries + DESCRIPTORS_PER_PAGE - 1) / DESCRIPTORS_PER_PAGE;
}

#ifdef SOLVED
/*
 * Checks a page of descriptors; with `change`, puts the changes into it that make them acceptable.
 */
static bool descriptor_page_ok(mfn_t mfn, bool change)
{
	struct segment_descriptor *page = map_domain_page(mfn);
	bool ok = true;

	for (unsigned i = 0; ok && i < DESCRIPTORS_PER_PAGE; i++) {
		struct segment_descriptor descriptor = page[i];

		ok = descriptor_ok(&descriptor);
		if (change)
			page[i] = descriptor;
	}
	unmap_domain_page(page);
	return ok;
}
#endif

/*
 * Exercise 2.6, hypercall set_gdt. Makes the frames of a list of mfn_t, as many as `entries` descriptors take,
 * the current domain's GDT in place of the one before; entries 0 leaves it with none.
 * The guest cannot write to a frame while it is in use so (protect_guest_page()).
 *
 * -EINVAL for more than FIRST_RESERVED_GDT_ENTRY entries, for a frame that is not
 * descriptor_frame_ok() or a descriptor that is not descriptor_ok(); -EFAULT if the list cannot be
 * read. After an error nothing has changed, in the frames neither.
 */
static long do_set_gdt(uint32_t frames, uint32_t entries, uint32_t c, uint32_t d, uint32_t e)
{
	(void)c, (void)d, (void)e;
#ifdef SOLVED
	mfn_t wanted[FIRST_RESERVED_GDT_PAGE];
	unsigned pages = (entries + DESCRIPTORS_PER_PAGE - 1) / DESCRIPTORS_PER_PAGE;

	if (entries > FIRST_RESERVED_GDT_ENTRY)
		return -EINVAL;
	if (copy_from_guest(wanted, frames, pages * sizeof(wanted[0])) != 0)
		return -EFAULT;
	for (unsigned i = 0; i < pages; i++)
		if (!descriptor_frame_ok(current, wanted[i]) ||
		    !descriptor_page_ok(wanted[i], false))
			return -EINVAL;

	for (unsigned i = 0; i < gdt_pages(current); i++)
		unprotect_guest_page(current, current->gdt_frames[i]);
	for (unsigned i = 0; i < pages; i++) {
		descriptor_page_ok(wanted[i], true);
		protect_guest_page(current, wanted[i]);
		current->gdt_frames[i] = wanted[i];
	}
	current->gdt_entries = entries;
	map_guest_gdt(current);
	return 0;
#else
	/* Lab 2, exercise 2.6: your code here. */
	(void)frames, (void)entries;
	(void)descriptor_frame_ok;
	(void)gdt_pages;
	return -ENOSYS;
#endif
}

/*
 * Exercise 2.6, hypercall update_descriptor. Replaces the descriptor at a machine address, which must be a
 * multiple of 8 in a frame of the current domain's GDT, by the one that desc_lo and desc_hi make, or by
 * what descriptor_ok() makes of that. -EINVAL, and nothing has changed, if either is not so.
 */
static long do_update_descriptor(uint32_t maddr_lo, uint32_t maddr_hi, uint32_t desc_lo,
				 uint32_t desc_hi, uint32_t e)
{
	(void)e;
#ifdef SOLVED
	struct segment_descriptor descriptor;
	const uint32_t words[2] = { desc_lo, desc_hi };

	memcpy(&descriptor, words, sizeof(descriptor));
	if (maddr_hi || maddr_lo % sizeof(descriptor) || !descriptor_ok(&descriptor))
		return -EINVAL;
	for (unsigned i = 0; i < gdt_pages(current); i++) {
		if (current->gdt_frames[i] == maddr_to_mfn(maddr_lo)) {
			copy_to_machine(maddr_lo, &descriptor, sizeof(descriptor));
			return 0;
		}
	}
	return -EINVAL;
#else
	/* Lab 2, exercise 2.6: your code here. */
	(void)maddr_lo, (void)maddr_hi, (void)desc_lo, (void)desc_hi;
	return -ENOSYS;
#endif
}

HYPERCALL(__HYPERVISOR_set_gdt, do_set_gdt);
HYPERCALL(__HYPERVISOR_update_descriptor, do_update_descriptor);
