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

bool descriptor_ok(struct segment_descriptor *descriptor)
{
	/* Lab 2, exercise 2.6: your code here. */
	(void)descriptor;
	return false;
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
	/* Lab 2, exercise 2.6: your code here. */
	(void)frames, (void)entries;
	(void)descriptor_frame_ok;
	(void)gdt_pages;
	return -ENOSYS;
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
	/* Lab 2, exercise 2.6: your code here. */
	(void)maddr_lo, (void)maddr_hi, (void)desc_lo, (void)desc_hi;
	return -ENOSYS;
}

HYPERCALL(__HYPERVISOR_set_gdt, do_set_gdt);
HYPERCALL(__HYPERVISOR_update_descriptor, do_update_descriptor);
