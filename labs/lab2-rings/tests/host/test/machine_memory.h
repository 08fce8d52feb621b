/* SPDX-License-Identifier: MIT */
/*
 * Machine memory behind map_domain_page(): the frames that a test puts there, wherever in 4 GiB
 * they lie. A window on any other frame fails the test.
 */
#ifndef TEST_MACHINE_MEMORY_H
#define TEST_MACHINE_MEMORY_H

#include <xen/domain_page.h>
#include <xen/page.h>

/* No frame is left, and no window open. */
void machine_memory_reset(void);

/* Puts a frame there, full of rubbish. */
void machine_add_frame(mfn_t mfn);

/* What a frame holds; NULL where there is none. */
void *machine_frame(mfn_t mfn);

/* Windows that were opened and not closed. */
unsigned machine_open_windows(void);

#endif
