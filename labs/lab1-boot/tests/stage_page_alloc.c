/* SPDX-License-Identifier: MIT */
/*
 * Exercise 1.5, on the machine's real memory map. Which frames may be handed out, the
 * grader knows from outside: it reads frames_handed_out at all_handed_out().
 */
#include <xen/page_alloc.h>

#include <tests/stage_test.h>

#define MAX_FRAMES (1u << 20)

/* A bit for each frame that alloc_pages() gave. */
uint32_t frames_handed_out[MAX_FRAMES / 32];

void all_handed_out(void);

NOINLINE void all_handed_out(void)
{
	__asm__ volatile("" : : : "memory");
}

/* Marks 2^order frames; false if one was marked before. */
static bool mark(mfn_t mfn, unsigned order)
{
	for (mfn_t i = mfn; i < mfn + (1u << order); i++) {
		uint32_t bit = 1u << i % 32;

		if (i >= MAX_FRAMES) {
			ktap_note_number("alloc_pages() gave what is no frame of memory: number",
					 i);
			return false;
		}
		if (frames_handed_out[i / 32] & bit) {
			ktap_note_number("alloc_pages() gave a frame that is in use: number", i);
			return false;
		}
		frames_handed_out[i / 32] |= bit;
	}
	return true;
}

static void unmark(mfn_t mfn, unsigned order)
{
	for (mfn_t i = mfn; i < mfn + (1u << order); i++)
		frames_handed_out[i / 32] &= ~(1u << i % 32);
}

STAGE_TEST(alloc_all, "alloc-all")
{
	bool ok = true;

	ktap_begin(1);
	for (unsigned heap = 0; heap < NR_HEAPS; heap++) {
		uint32_t expected = free_frames(heap);
		uint32_t count = 0;
		struct page_info *page;

		while (ok && (page = alloc_pages(heap, 0))) {
			ok &= mark(page_to_mfn(page), 0);
			ok &= mfn_to_heap(page_to_mfn(page)) == heap;
			count++;
		}
		ok &= ktap_equal("frames handed out", count, expected);
		ok &= ktap_equal("frames left", free_frames(heap), 0);
	}
	all_handed_out();
	ktap_result(ok, "alloc-all");
}

#define MAX_HELD 64
#define STEPS    4096

/*
 * The next of a sequence of numbers that is the same at every boot: whether a mistake shows must
 * not depend on the boot. Knuth's multiplier for 32 bits; the low bits, which repeat soon, are dropped.
 */
static uint32_t next_number(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Blocks of random orders, taken and given back in random order. */
STAGE_TEST(alloc_orders, "alloc-orders")
{
	static struct {
		struct page_info *page;
		unsigned order;
	} held[MAX_HELD];
	uint32_t before = free_frames(HEAP_DOM);
	uint32_t taken = 0;
	uint32_t random = 1;
	bool ok = true;

	ktap_begin(1);
	for (unsigned step = 0; ok && step < STEPS; step++) {
		unsigned slot = next_number(&random) % MAX_HELD;
		unsigned order = next_number(&random) % 6;
		mfn_t mfn;

		if (held[slot].page) {
			unmark(page_to_mfn(held[slot].page), held[slot].order);
			free_pages(held[slot].page, held[slot].order);
			taken -= 1u << held[slot].order;
			held[slot].page = NULL;
			continue;
		}
		held[slot].page = alloc_pages(HEAP_DOM, order);
		held[slot].order = order;
		if (!held[slot].page) {
			ktap_note("alloc_pages() found no block though most memory is free");
			ok = false;
			break;
		}
		mfn = page_to_mfn(held[slot].page);
		taken += 1u << order;
		ok &= ktap_equal("frame's place in its order", mfn % (1u << order), 0);
		ok &= mark(mfn, order);
		ok &= ktap_equal("free frames", free_frames(HEAP_DOM), before - taken);
	}
	for (unsigned i = 0; i < MAX_HELD; i++)
		if (held[i].page)
			free_pages(held[i].page, held[i].order);
	ok &= ktap_equal("free frames when all is given back", free_frames(HEAP_DOM), before);
	ktap_result(ok, "alloc-orders");
}

static void hold(mfn_t *list, struct page_info *page)
{
	page->next = *list;
	*list = page_to_mfn(page);
}

static void free_held(mfn_t list, unsigned order)
{
	while (list != INVALID_MFN) {
		struct page_info *page = mfn_to_page(list);

		list = page->next;
		free_pages(page, order);
	}
}

/*
 * When all single frames come back, whole blocks of the largest order can be had
 * again. Some, 32 neighbours at a time, come back first, and the others then: so
 * that a block finds its buddy now above it, now below.
 */
STAGE_TEST(alloc_merge, "alloc-merge")
{
	uint32_t early = ktap_random(0);
	mfn_t largest = INVALID_MFN, first = INVALID_MFN, then = INVALID_MFN;
	unsigned blocks = 0, again = 0;
	struct page_info *page;
	bool ok = true;

	ktap_begin(1);
	for (; (page = alloc_pages(HEAP_DOM, MAX_ORDER)); blocks++)
		hold(&largest, page);
	free_held(largest, MAX_ORDER);

	while ((page = alloc_pages(HEAP_DOM, 0)))
		hold(early >> page_to_mfn(page) / 32 % 32 & 1 ? &first : &then, page);
	free_held(first, 0);
	free_held(then, 0);

	ok &= blocks > 0;
	while (alloc_pages(HEAP_DOM, MAX_ORDER))
		again++;
	ok &= ktap_equal("blocks of the largest order, before and after", again, blocks);
	ktap_result(ok, "alloc-merge");
}
