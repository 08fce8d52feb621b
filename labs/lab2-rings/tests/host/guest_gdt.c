/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <test/guest_gdt.h>
#include <test/machine_memory.h>
#include <test/suite.h>
#include <xen/guest_descriptors.h>
#include <xen/page_alloc.h>

static enum frame_use uses[MACHINE_FRAMES];
static bool protected[MACHINE_FRAMES];
static struct domain foreigner;

struct mapped_gdt mapped_gdt;

void gdt_machine_reset(void)
{
	machine_memory_reset();
	max_page = MACHINE_FRAMES;
	memset(frame_table, 0, MACHINE_FRAMES * sizeof(frame_table[0]));
	memset(protected, 0, sizeof(protected));
	memset(&mapped_gdt, 0, sizeof(mapped_gdt));
	for (mfn_t mfn = 0; mfn < MACHINE_FRAMES; mfn++)
		uses[mfn] = FRAME_FREE;
}

void gdt_add_frame(mfn_t mfn, enum frame_use use)
{
	machine_add_frame(mfn);
	memset(machine_frame(mfn), 0, PAGE_SIZE);
	uses[mfn] = use;
	/*
	 * Of a free frame, the owner's bytes hold something of the allocator's, or what they held
	 * before.
	 */
	frame_table[mfn].u.inuse.owner = use == FRAME_FOREIGN ? &foreigner : current;
}

static void expect_a_frame(const char *function, mfn_t mfn)
{
	EXPECT(mfn < max_page, "%s of mfn %x: expected a frame below max_page, %x, saw another",
	       function, mfn, max_page);
}

bool page_is_free(mfn_t mfn)
{
	expect_a_frame("page_is_free()", mfn);
	return uses[mfn] == FRAME_FREE;
}

bool is_page_table_of(const struct domain *d, mfn_t mfn)
{
	return d == current && mfn < MACHINE_FRAMES && uses[mfn] == FRAME_PAGE_TABLE;
}

void protect_guest_page(struct domain *d, mfn_t mfn)
{
	(void)d;
	expect_a_frame("protect_guest_page()", mfn);
	protected[mfn] = true;
}

void unprotect_guest_page(struct domain *d, mfn_t mfn)
{
	(void)d;
	expect_a_frame("unprotect_guest_page()", mfn);
	protected[mfn] = false;
}

bool gdt_is_protected(mfn_t mfn)
{
	return protected[mfn];
}

void map_guest_gdt(struct domain *d)
{
	mapped_gdt.calls++;
	mapped_gdt.entries = d->gdt_entries;
	memcpy(mapped_gdt.frames, d->gdt_frames, sizeof(mapped_gdt.frames));
}
