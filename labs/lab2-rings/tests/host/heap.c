/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <test/heap.h>
#include <test/suite.h>
#include <xen/domain_page.h>

#define FIRST_FRAME 0x1000u
#define END_FRAME   0x5000u

unsigned xenheap_in_use, frames_in_use;
unsigned heap_fails_after;

/* Domains' memory: each block is taken behind the last one. */
static mfn_t next_frame;
static bool in_use[END_FRAME], cleared[END_FRAME];

void heap_reset(void)
{
	xenheap_in_use = frames_in_use = 0;
	heap_fails_after = HEAP_NEVER_FAILS;
	next_frame = FIRST_FRAME;
	memset(in_use, 0, sizeof(in_use));
}

static bool fails(void)
{
	return heap_fails_after != HEAP_NEVER_FAILS && heap_fails_after-- == 0;
}

void *alloc_xenheap_pages(unsigned order)
{
	void *p = fails() ? NULL : aligned_alloc(PAGE_SIZE, PAGE_SIZE << order);

	if (p) {
		memset(p, 0xEE, PAGE_SIZE << order);
		xenheap_in_use += 1u << order;
	}
	return p;
}

void free_xenheap_pages(void *p, unsigned order)
{
	free(p);
	xenheap_in_use -= 1u << order;
}

struct page_info *alloc_pages(enum heap heap, unsigned order)
{
	mfn_t mfn = (next_frame + (1u << order) - 1) & ~((1u << order) - 1);

	EXPECT(heap == HEAP_DOM, "expected domains' memory from HEAP_DOM, saw heap %u", heap);
	if (fails() || order > MAX_ORDER || mfn + (1u << order) > END_FRAME)
		return NULL;
	next_frame = mfn + (1u << order);
	frames_in_use += 1u << order;
	for (mfn_t i = mfn; i < next_frame; i++) {
		frame_table[i] = (struct page_info){ 0 };
		in_use[i] = true;
		cleared[i] = false;
	}
	return mfn_to_page(mfn);
}

void free_pages(struct page_info *page, unsigned order)
{
	mfn_t mfn = page_to_mfn(page);

	for (mfn_t i = mfn; i < mfn + (1u << order); i++) {
		EXPECT(in_use[i], "free_pages() of frame %x: expected one in use, saw it free", i);
		EXPECT(cleared[i],
		       "free_pages() of frame %x: expected it cleared before, saw it not", i);
		in_use[i] = false;
		/* The allocator uses a free frame's page_info as it likes. */
		memset(&frame_table[i], 0xEE, sizeof(frame_table[i]));
	}
	frames_in_use -= 1u << order;
}

void clear_domain_page(mfn_t mfn)
{
	EXPECT(in_use[mfn], "clear_domain_page() of frame %x: expected one in use, saw it free",
	       mfn);
	cleared[mfn] = true;
}
