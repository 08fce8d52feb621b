/* SPDX-License-Identifier: MIT */
/* Both heaps, from the host's memory: counted, and able to run dry. */
#ifndef TEST_HEAP_H
#define TEST_HEAP_H

#include <xen/page_alloc.h>

/* Pages of the hypervisor's heap, and frames of domains' memory, that are in use. */
extern unsigned xenheap_in_use, frames_in_use;

/* How many allocations succeed before one fails; those after it succeed again. */
extern unsigned heap_fails_after;

#define HEAP_NEVER_FAILS (~0u)

/* Has the frame been cleared since it was given out? */
bool frame_is_cleared(mfn_t mfn);

void heap_reset(void);

#endif
