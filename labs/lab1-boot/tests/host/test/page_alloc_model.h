/* SPDX-License-Identifier: MIT */
/*
 * What the page allocator ought to do, kept in the simplest way there is: for each
 * frame, whether it is free. Each call goes to the real allocator too, and the test
 * fails where the two part.
 *
 * Frames that are not free carry a mark in their page_info: so it is noticed
 * when the allocator writes to what is not its own, or relies on what is there.
 */
#ifndef TEST_PAGE_ALLOC_MODEL_H
#define TEST_PAGE_ALLOC_MODEL_H

#include <check.h>

#include <xen/memory_map.h>
#include <xen/page_alloc.h>

/* A machine for most tests: one largest block in each heap. */
#define SMALL_FRAMES (2 * DIRECTMAP_BYTES / PAGE_SIZE)

/* Makes frames [start, end) memory, or reserves them. */
void map_usable(struct memory_map *map, mfn_t start, mfn_t end);
void map_reserved(struct memory_map *map, mfn_t start, mfn_t end);

/*
 * page_alloc_init() with this map in a machine of so many frames, and compares
 * all of them. `what` is what failures' messages begin with.
 */
void model_init(const char *what, const struct memory_map *map, mfn_t frames);

/* The same with SMALL_FRAMES frames, all of them free. */
void model_init_small(const char *what);

/*
 * alloc_pages(): expects a block if the heap has one, aligned, all free, with its
 * page_info cleared. Returns its first frame, or INVALID_MFN if there was none.
 */
mfn_t model_alloc(enum heap heap, unsigned order);

/* The same where the test knows whether there is a block, which it expects then. */
mfn_t model_expect(enum heap heap, unsigned order, bool block);

/* free_pages() of a block that model_alloc() returned. */
void model_free(mfn_t mfn, unsigned order);

/* Compares every frame. */
void model_compare(void);

/* Takes all blocks out of both heaps, the largest first: none may be missing. */
void model_drain(void);

/* The checks of memory maps, which are in a file of their own (check_page_alloc_maps.c). */
void add_memory_map_checks(TCase *maps);

#endif
