/* SPDX-License-Identifier: MIT */
/*
 * What set_gdt needs around it: frames with owners, free ones, page tables, pages that are kept
 * from being written; and the per-domain area, of which only what it was last told is kept.
 */
#ifndef TEST_GUEST_GDT_H
#define TEST_GUEST_GDT_H

#include <xen/domain.h>

/* A machine of so many frames, all free; the map of the per-domain area forgotten. */
#define MACHINE_FRAMES 0x5000

void gdt_machine_reset(void);

/* What a frame is. It is put into machine memory (<test/machine_memory.h>). */
enum frame_use { FRAME_OWN, FRAME_FOREIGN, FRAME_FREE, FRAME_PAGE_TABLE };

void gdt_add_frame(mfn_t mfn, enum frame_use use);

/* Has protect_guest_page() been called for it, and no unprotect_guest_page() since? */
bool gdt_is_protected(mfn_t mfn);

/* map_guest_gdt(): how often it was called, and what the domain had then. */
struct mapped_gdt {
	unsigned calls;
	unsigned entries;
	mfn_t frames[FIRST_RESERVED_GDT_PAGE];
};

extern struct mapped_gdt mapped_gdt;

#endif
