/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <test/dice.h>
#include <test/machine_memory.h>
#include <test/suite.h>

#define MAX_FRAMES (1u << 20)

#define MAX_ADDED 100

static uint64_t *frames[MAX_FRAMES];
static mfn_t added[MAX_ADDED];
static unsigned nr_added;
static unsigned open_windows;

void machine_memory_reset(void)
{
	for (; nr_added; nr_added--) {
		free(frames[added[nr_added - 1]]);
		frames[added[nr_added - 1]] = NULL;
	}
	open_windows = 0;
}

void machine_add_frame(mfn_t mfn)
{
	struct dice dice = { mfn + 1 };

	if (!frames[mfn]) {
		EXPECT(nr_added < MAX_ADDED, "the test itself adds more than %u frames", MAX_ADDED);
		frames[mfn] = malloc(PAGE_SIZE);
		added[nr_added++] = mfn;
	}
	for (unsigned i = 0; i < PAGE_SIZE / sizeof(uint64_t); i++)
		frames[mfn][i] = roll64(&dice);
}

void *machine_frame(mfn_t mfn)
{
	return mfn < MAX_FRAMES ? frames[mfn] : NULL;
}

unsigned machine_open_windows(void)
{
	return open_windows;
}

void *map_domain_page(mfn_t mfn)
{
	EXPECT(machine_frame(mfn),
	       "map_domain_page(mfn %x): expected a frame that the caller has a reason to look at, "
	       "saw another",
	       mfn);
	open_windows++;
	return frames[mfn];
}

void unmap_domain_page(const void *p)
{
	(void)p;
	EXPECT(open_windows, "unmap_domain_page(): expected an open window, saw none");
	open_windows--;
}

void clear_domain_page(mfn_t mfn)
{
	memset(map_domain_page(mfn), 0, PAGE_SIZE);
	open_windows--;
}

/* Where n bytes at maddr are; no test copies over a frame's end. */
static uint8_t *in_one_frame(maddr_t maddr, uint32_t n)
{
	EXPECT(n <= PAGE_SIZE - maddr % PAGE_SIZE && machine_frame(maddr_to_mfn(maddr)),
	       "a copy of %u bytes at machine address %08x: expected them in one of the caller's "
	       "frames, saw them elsewhere",
	       n, maddr);
	return (uint8_t *)frames[maddr_to_mfn(maddr)] + maddr % PAGE_SIZE;
}

void copy_from_machine(void *to, maddr_t from, uint32_t n)
{
	memcpy(to, in_one_frame(from, n), n);
}

void copy_to_machine(maddr_t to, const void *from, uint32_t n)
{
	memcpy(in_one_frame(to, n), from, n);
}
