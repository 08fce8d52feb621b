/* SPDX-License-Identifier: MIT */
/*
 * Exercise 1.6: memory that is not there gives -EFAULT when it is probed, and a
 * panic otherwise.
 */
#include <public/errno.h>
#include <xen/boot_map.h>
#include <xen/layout.h>
#include <xen/page.h>
#include <xen/probe.h>
#include <xen/processor.h>

#include <tests/stage_test.h>

/* Nothing is mapped in the map cache's place before lab 2. */
#define HOLE MAPCACHE_VIRT_START

static uint32_t words[4] = { 0x11111111, 0x22222222, 0x33333333, 0x44444444 };

static vaddr_t address_of(const void *p)
{
	return (vaddr_t)(uintptr_t)p;
}

STAGE_TEST(probe_present, "probe-present")
{
	uint32_t copy[4] = { 0 };
	bool ok = true;

	ktap_begin(1);
	ok &= ktap_equal("probe_read of 16 bytes",
			 (uint32_t)probe_read(copy, address_of(words), 16), 0);
	for (unsigned i = 0; i < 4; i++)
		ok &= ktap_equal("word read", copy[i], words[i]);

	copy[0] = ktap_random(0);
	/* Its last byte is not to be written, and differs from what is there. */
	copy[1] = (ktap_random(1) & 0x00FFFFFF) | 0x77000000;
	ok &= ktap_equal("probe_write of 7 bytes",
			 (uint32_t)probe_write(address_of(words), copy, 7), 0);
	ok &= ktap_equal("first word written", words[0], ktap_random(0));
	ok &= ktap_equal("second word, three bytes written", words[1],
			 (ktap_random(1) & 0x00FFFFFF) | 0x22000000);
	ok &= ktap_equal("word after what was written", words[2], 0x33333333);
	ktap_result(ok, "probe-present");
}

STAGE_TEST(probe_hole, "probe-hole")
{
	vaddr_t hole = HOLE + ktap_random(0) % SUPERPAGE_SIZE;
	uint32_t word = 0x5A5A5A5A;
	bool ok = true;

	ktap_begin(1);
	ok &= ktap_equal("probe_read of a hole", (uint32_t)probe_read(&word, hole, 4),
			 (uint32_t)-EFAULT);
	ok &= ktap_equal("what it was to be read into", word, 0x5A5A5A5A);
	ok &= ktap_equal("probe_write to a hole", (uint32_t)probe_write(hole, &word, 4),
			 (uint32_t)-EFAULT);
	ok &= ktap_equal("probe_read of one byte", (uint32_t)probe_read(&word, hole, 1),
			 (uint32_t)-EFAULT);
	ok &= ktap_equal("probe_read of no byte", (uint32_t)probe_read(&word, hole, 0), 0);
	ok &= ktap_equal("probe_write of no byte", (uint32_t)probe_write(hole, &word, 0), 0);
	ktap_result(ok, "probe-hole");
}

/* Across the end of the direct map: the bytes before it are copied, none after. */
STAGE_TEST(probe_border, "probe-border")
{
	uint32_t *last = (uint32_t *)(uintptr_t)(DIRECTMAP_VIRT_END - 4);
	uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	bool ok = true;

	ktap_begin(1);
	*last = ktap_random(2);
	ok &= ktap_equal("probe_read across the border",
			 (uint32_t)probe_read(bytes, address_of(last), 8), (uint32_t)-EFAULT);
	ok &= ktap_equal("bytes before the border",
			 (uint32_t)bytes[3] << 24 | bytes[2] << 16 | bytes[1] << 8 | bytes[0],
			 *last);
	ok &= ktap_equal("byte after the border", bytes[4], 5);

	ok &= ktap_equal("probe_write across the border",
			 (uint32_t)probe_write(address_of(last), words, 8), (uint32_t)-EFAULT);
	ok &= ktap_equal("last word before the border", *last, words[0]);
	ktap_result(ok, "probe-border");
}

/* Write protection holds in ring 0 too (CR0.WP), and probe_write() obeys it. */
STAGE_TEST(probe_read_only, "probe-read-only")
{
	l2_pgentry_t *entry = &idle_pg_table[l2_index(HOLE)];
	uint32_t word = 0;
	bool ok = true;

	ktap_begin(1);
	*entry = PAGE_PRESENT | PAGE_PSE; /* machine address 0, read only */
	flush_tlb();
	ok &= ktap_equal("probe_read of a read-only page", (uint32_t)probe_read(&word, HOLE, 4), 0);
	ok &= ktap_equal("probe_write to a read-only page", (uint32_t)probe_write(HOLE, &word, 4),
			 (uint32_t)-EFAULT);
	*entry = 0;
	flush_tlb();
	ktap_result(ok, "probe-read-only");
}

static NOINLINE uint32_t fault_innermost(const volatile uint32_t *p)
{
	return *p + 1;
}

static NOINLINE uint32_t fault_middle(const volatile uint32_t *p)
{
	return fault_innermost(p) + 1;
}

static NOINLINE uint32_t fault_outermost(const volatile uint32_t *p)
{
	return fault_middle(p) + 1;
}

/* Ends in a panic whose backtrace must name the three functions above. */
STAGE_TEST(fault, "fault")
{
	vaddr_t hole = HOLE + (ktap_random(0) % SUPERPAGE_SIZE & ~3u);

	uint32_t word;

	/* The probe's own fault is fixed up first, so that this is no test of a table left empty. */
	ktap_begin(2);
	ktap_result(ktap_equal("probe_read of a hole", (uint32_t)probe_read(&word, hole, 4),
			       (uint32_t)-EFAULT),
		    "probe-first");
	fault_outermost((const volatile uint32_t *)(uintptr_t)hole);
	ktap_result(false, "went-on-after-a-page-fault");
}
