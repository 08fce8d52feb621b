/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <test/page_alloc_model.h>
#include <test/suite.h>

#define MAX_FRAMES (1u << 20)

/* So many frames past the last one are looked at too. */
#define MARGIN 64

static const char *const heap_names[NR_HEAPS] = { "HEAP_XEN", "HEAP_DOM" };

static struct {
	const char *what;
	unsigned calls; /* since model_init() */
	mfn_t end;      /* of the frames that are looked at */
	uint32_t nr_free[NR_HEAPS];
	bool is_free[MAX_FRAMES];
} model;

/* Fails with what it was that the model went through. */
#define MODEL_EXPECT(condition, format, ...) \
	EXPECT(condition, "%s, call %u: " format, model.what, model.calls, __VA_ARGS__)

void map_usable(struct memory_map *map, mfn_t start, mfn_t end)
{
	range_set_add(&map->usable, (struct mfn_range){ start, end });
}

void map_reserved(struct memory_map *map, mfn_t start, mfn_t end)
{
	range_set_add(&map->reserved, (struct mfn_range){ start, end });
}

/*
 * The mark of a frame that is in use as part of a block of some order. Its type_info lies
 * where u.free.order does: who takes it for a free block's will merge the two.
 */
static struct page_info mark_of(mfn_t mfn, unsigned order)
{
	return (struct page_info){
		.next = ~mfn,
		.prev = mfn ^ 0x5A5A5A,
		.count_info = 0x80000001,
		.u.inuse = { .type_info = order,
			     .owner = (struct domain *)(uintptr_t)(0xD000000 | mfn) },
		.tlbflush_timestamp = mfn * 3,
	};
}

static bool same_page_info(const struct page_info *a, const struct page_info *b)
{
	return a->next == b->next && a->prev == b->prev && a->count_info == b->count_info &&
	       a->u.inuse.type_info == b->u.inuse.type_info &&
	       a->u.inuse.owner == b->u.inuse.owner &&
	       a->tlbflush_timestamp == b->tlbflush_timestamp;
}

static void mark_block(mfn_t mfn, unsigned order)
{
	for (mfn_t i = mfn; i < mfn + (1u << order); i++)
		frame_table[i] = mark_of(i, order);
}

static void expect_mark(mfn_t mfn)
{
	const struct page_info *seen = &frame_table[mfn];
	struct page_info expected = mark_of(mfn, seen->u.inuse.type_info);

	MODEL_EXPECT(same_page_info(seen, &expected) && expected.u.inuse.type_info <= MAX_ORDER,
		     "expected the page_info of frame %x, which is not free, left alone, saw it "
		     "written to",
		     mfn);
}

static void expect_counts(void)
{
	for (enum heap heap = 0; heap < NR_HEAPS; heap++)
		MODEL_EXPECT(free_frames(heap) == model.nr_free[heap],
			     "free_frames(%s): expected %u, saw %u", heap_names[heap],
			     model.nr_free[heap], free_frames(heap));
}

void model_compare(void)
{
	expect_counts();
	for (mfn_t mfn = 0; mfn < model.end; mfn++) {
		if (page_is_free(mfn) != model.is_free[mfn])
			MODEL_EXPECT(false, "frame %x: expected %s, saw it %s", mfn,
				     model.is_free[mfn] ? "it free" : "it not free",
				     model.is_free[mfn] ? "not free" : "free");
		if (!model.is_free[mfn])
			expect_mark(mfn);
	}
}

static void set_free(mfn_t start, mfn_t end, bool is_free)
{
	for (mfn_t mfn = start; mfn < end && mfn < MAX_FRAMES; mfn++)
		model.is_free[mfn] = is_free;
}

void model_init(const char *what, const struct memory_map *map, mfn_t frames)
{
	memset(&model, 0, sizeof(model));
	model.what = what;
	model.end = frames + MARGIN < MAX_FRAMES ? frames + MARGIN : MAX_FRAMES;
	max_page = frames;

	for (unsigned i = 0; i < map->usable.count; i++)
		set_free(map->usable.range[i].start, map->usable.range[i].end, true);
	for (unsigned i = 0; i < map->reserved.count; i++)
		set_free(map->reserved.range[i].start, map->reserved.range[i].end, false);
	set_free(frames, MAX_FRAMES, false);

	for (mfn_t mfn = 0; mfn < model.end; mfn++) {
		model.nr_free[mfn_to_heap(mfn)] += model.is_free[mfn];
		frame_table[mfn] = mark_of(mfn, mfn % (MAX_ORDER + 1));
	}
	page_alloc_init(map);
	model_compare();
}

void model_init_small(const char *what)
{
	struct memory_map map = { 0 };

	map_usable(&map, 0, SMALL_FRAMES);
	model_init(what, &map, SMALL_FRAMES);
}

static bool is_free_block(mfn_t mfn, unsigned order)
{
	for (mfn_t i = mfn; i < mfn + (1u << order); i++)
		if (i >= model.end || !model.is_free[i])
			return false;
	return true;
}

/* The first block of this order that a heap which merges all it can has. */
static mfn_t find_block(enum heap heap, unsigned order)
{
	const mfn_t border = DIRECTMAP_BYTES / PAGE_SIZE;
	mfn_t start = heap == HEAP_XEN ? 0 : border;
	mfn_t end = heap == HEAP_XEN && border < model.end ? border : model.end;

	if (order > MAX_ORDER)
		return INVALID_MFN;
	for (mfn_t mfn = start; mfn < end; mfn += 1u << order)
		if (is_free_block(mfn, order))
			return mfn;
	return INVALID_MFN;
}

/* All of it free until now, where it may begin, and cleared. */
static void expect_good_block(enum heap heap, unsigned order, mfn_t mfn)
{
	static const struct page_info zeros;

	MODEL_EXPECT(order <= MAX_ORDER, "alloc_pages(%s, %u): expected NULL, saw frame %x",
		     heap_names[heap], order, mfn);
	MODEL_EXPECT(mfn < max_page, "alloc_pages(%s, %u): expected a frame below %x, saw %x",
		     heap_names[heap], order, max_page, mfn);
	MODEL_EXPECT(
		mfn_to_heap(mfn) == heap,
		"alloc_pages(%s, %u): expected a frame of that heap, saw %x, which is the other's",
		heap_names[heap], order, mfn);
	MODEL_EXPECT(mfn % (1u << order) == 0,
		     "alloc_pages(%s, %u): expected a multiple of %x frames, saw %x",
		     heap_names[heap], order, 1u << order, mfn);
	for (mfn_t i = mfn; i < mfn + (1u << order); i++) {
		MODEL_EXPECT(
			model.is_free[i],
			"alloc_pages(%s, %u): expected a block of free frames, saw %x, of which %x "
			"is not free",
			heap_names[heap], order, mfn, i);
		MODEL_EXPECT(
			!page_is_free(i),
			"alloc_pages(%s, %u) gave frame %x: expected page_is_free(%x) to be false "
			"from then on, saw true",
			heap_names[heap], order, mfn, i);
		MODEL_EXPECT(
			same_page_info(&frame_table[i], &zeros),
			"alloc_pages(%s, %u) gave frame %x: expected zeros in frame_table[%x], saw "
			"something else",
			heap_names[heap], order, mfn, i);
	}
}

mfn_t model_alloc(enum heap heap, unsigned order)
{
	struct page_info *page = alloc_pages(heap, order);
	mfn_t mfn;

	model.calls++;
	if (!page) {
		mfn = find_block(heap, order);
		MODEL_EXPECT(
			mfn == INVALID_MFN,
			"alloc_pages(%s, %u): expected a block, for all %u frames from %x on are "
			"free, saw NULL",
			heap_names[heap], order, 1u << order % 32, mfn);
		expect_counts();
		return INVALID_MFN;
	}

	mfn = page_to_mfn(page);
	expect_good_block(heap, order, mfn);
	set_free(mfn, mfn + (1u << order), false);
	model.nr_free[heap] -= 1u << order;
	mark_block(mfn, order);
	expect_counts();
	return mfn;
}

mfn_t model_expect(enum heap heap, unsigned order, bool block)
{
	mfn_t mfn = model_alloc(heap, order);

	MODEL_EXPECT((mfn != INVALID_MFN) == block, "alloc_pages(%s, %u): expected %s, saw %s",
		     heap_names[heap], order, block ? "a block" : "NULL",
		     block ? "NULL" : "a block");
	return mfn;
}

void model_free(mfn_t mfn, unsigned order)
{
	model.calls++;
	for (mfn_t i = mfn; i < mfn + (1u << order); i++)
		expect_mark(i);

	free_pages(mfn_to_page(mfn), order);
	set_free(mfn, mfn + (1u << order), true);
	model.nr_free[mfn_to_heap(mfn)] += 1u << order;
	expect_counts();
	for (mfn_t i = mfn; i < mfn + (1u << order); i++)
		MODEL_EXPECT(
			page_is_free(i),
			"free_pages(frame %x, %u): expected page_is_free(%x) to be true from then "
			"on, saw false",
			mfn, order, i);
}

void model_drain(void)
{
	for (enum heap heap = 0; heap < NR_HEAPS; heap++) {
		for (unsigned order = MAX_ORDER + 1; order-- > 0;)
			while (model_alloc(heap, order) != INVALID_MFN)
				;
		MODEL_EXPECT(model.nr_free[heap] == 0,
			     "%s taken block by block: expected 0 left, saw %u", heap_names[heap],
			     model.nr_free[heap]);
	}
}
