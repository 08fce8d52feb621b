/* SPDX-License-Identifier: MIT */
/*
 * Segment descriptors against numbers that were put together by hand from the
 * figure of the manual (Intel SDM 3A, 3.4.5, figure 3-8), and descriptors_init() on a
 * model of the instructions that load what it made.
 */
#include <stdio.h>
#include <string.h>

#include <test/suite.h>
#include <xen/descriptors.h>
#include <xen/layout.h>
#include <xen/page.h>
#include <xen/processor.h>

/* One byte of the stack will do: only its address counts. */
char hypervisor_stack_top[1];

static uint64_t raw(struct segment_descriptor d)
{
	uint64_t value;

	memcpy(&value, &d, sizeof(value));
	return value;
}

/* The fields of two descriptors that are not alike: " dpl 1, not 3;". */
static const char *differences(struct segment_descriptor expected, struct segment_descriptor seen)
{
	static char text[400];
	char *p = text;

	*p = '\0';
#define COMPARE(field)                    \
	if (expected.field != seen.field) \
	p += sprintf(p, " %s %x, not %x;", #field, (unsigned)seen.field, (unsigned)expected.field)
	COMPARE(limit_low);
	COMPARE(base_low);
	COMPARE(type);
	COMPARE(dpl);
	COMPARE(present);
	COMPARE(limit_high);
	COMPARE(available);
	COMPARE(long_mode);
	COMPARE(big);
	COMPARE(granularity);
	COMPARE(base_high);
#undef COMPARE
	return text;
}

static void expect_raw(const char *what, struct segment_descriptor seen, uint64_t expected)
{
	struct segment_descriptor d;

	memcpy(&d, &expected, sizeof(d));
	EXPECT(raw(seen) == expected, "%s: expected %08x_%08x, saw %08x_%08x:%s", what,
	       (uint32_t)(expected >> 32), (uint32_t)expected, (uint32_t)(raw(seen) >> 32),
	       (uint32_t)raw(seen), differences(d, seen));
}

static void expect_descriptor(vaddr_t base, uint32_t limit, unsigned type, unsigned dpl,
			      uint64_t expected)
{
	char what[100];

	sprintf(what, "make_descriptor(base %08x, limit %08x, type %02x, dpl %u)", base, limit,
		type, dpl);
	expect_raw(what, make_descriptor(base, limit, type, dpl), expected);
}

START_TEST(values_from_the_manual)
{
	/* Flat 4 GiB segments, as every 32-bit system has them. */
	expect_descriptor(0, 0xFFFFFFFF, DESC_CODE_RX, 0, 0x00CF9A000000FFFF);
	expect_descriptor(0, 0xFFFFFFFF, DESC_DATA_RW, 0, 0x00CF92000000FFFF);
	expect_descriptor(0, 0xFFFFFFFF, DESC_CODE_RX, 3, 0x00CFFA000000FFFF);
	expect_descriptor(0, 0xFFFFFFFF, DESC_DATA_RW, 3, 0x00CFF2000000FFFF);

	/* A guest's, which end where the read-only table does: FC400 pages. */
	expect_descriptor(0, GUEST_SEGMENT_LIMIT, DESC_CODE_RX, 1, 0x00CFBA000000C3FF);
	expect_descriptor(0, GUEST_SEGMENT_LIMIT, DESC_DATA_RW, 1, 0x00CFB2000000C3FF);

	/* System segments: a TSS of 104 bytes, a local descriptor table of one page. */
	expect_descriptor(0xFEC12345, 0x67, DESC_TSS_AVAILABLE, 0, 0xFE0089C123450067);
	expect_descriptor(0x80ABCDEF, 0xFFF, DESC_LDT, 0, 0x800082ABCDEF0FFF);
}
END_TEST

START_TEST(a_base_is_spread_over_its_fields)
{
	expect_descriptor(0x12345678, 0, DESC_DATA_RW, 0, 0x1240923456780000);
	expect_descriptor(0x00FFFFFF, 0, DESC_DATA_RW, 0, 0x004092FFFFFF0000);
	expect_descriptor(0xFF000000, 0, DESC_DATA_RW, 0, 0xFF40920000000000);
	expect_descriptor(0x00800000, 0, DESC_DATA_RW, 0, 0x0040928000000000);
	expect_descriptor(0xFFFFFFFF, 0, DESC_DATA_RW, 0, 0xFF4092FFFFFF0000);
}
END_TEST

/* Twenty bits count bytes up to 1 MiB, and pages from there on. */
START_TEST(limits_in_bytes)
{
	expect_descriptor(0, 0, DESC_DATA_RW, 0, 0x0040920000000000);
	expect_descriptor(0, 1, DESC_DATA_RW, 0, 0x0040920000000001);
	expect_descriptor(0, 0xFFF, DESC_DATA_RW, 0, 0x0040920000000FFF);
	expect_descriptor(0, 0xFFFF, DESC_DATA_RW, 0, 0x004092000000FFFF);
	expect_descriptor(0, 0x10000, DESC_DATA_RW, 0, 0x0041920000000000);
	expect_descriptor(0, 0x54321, DESC_DATA_RW, 0, 0x0045920000004321);
	expect_descriptor(0, 0xFFFFE, DESC_DATA_RW, 0, 0x004F92000000FFFE);
	expect_descriptor(0, 0xFFFFF, DESC_DATA_RW, 0, 0x004F92000000FFFF);
}
END_TEST

START_TEST(limits_in_pages)
{
	expect_descriptor(0, 0x100000, DESC_DATA_RW, 0, 0x00C0920000000100);
	expect_descriptor(0, 0x100FFF, DESC_DATA_RW, 0, 0x00C0920000000100);
	expect_descriptor(0, 0x101000, DESC_DATA_RW, 0, 0x00C0920000000101);
	expect_descriptor(0, 0x0FFFFFFF, DESC_DATA_RW, 0, 0x00C092000000FFFF);
	expect_descriptor(0, 0x10000000, DESC_DATA_RW, 0, 0x00C1920000000000);
	expect_descriptor(0, 0x7FFFFFFF, DESC_DATA_RW, 0, 0x00C792000000FFFF);
	expect_descriptor(0, 0x80000000, DESC_DATA_RW, 0, 0x00C8920000000000);
	expect_descriptor(0, 0xFFFFEFFF, DESC_DATA_RW, 0, 0x00CF92000000FFFE);
	expect_descriptor(0, 0xFFFFF000, DESC_DATA_RW, 0, 0x00CF92000000FFFF);
}
END_TEST

START_TEST(every_type_at_every_ring)
{
	for (unsigned type = 0; type < 32; type++) {
		for (unsigned dpl = 0; dpl < 4; dpl++) {
			uint64_t access = 0x80 | dpl << 5 | type;
			uint64_t d_b = type & DESC_NOT_SYSTEM ? 0x40 : 0;

			expect_descriptor(0, 0x2FFF, type, dpl, d_b << 48 | access << 40 | 0x2FFF);
		}
	}
}
END_TEST

/* descriptors_init() on a processor that has loaded nothing yet. */
static void init(void)
{
	memset(gdt, 0, sizeof(gdt));
	memset(&hypervisor_tss, 0, sizeof(hypervisor_tss));
	processor = (struct processor){ 0 };
	descriptors_init();
}

static void expect_entry(const char *name, uint16_t selector, uint64_t expected)
{
	char what[60];

	sprintf(what, "gdt[%u], for %s %04x", SELECTOR_INDEX(selector), name, selector);
	expect_raw(what, gdt[SELECTOR_INDEX(selector)], expected);
}

START_TEST(the_table_has_the_flat_segments)
{
	init();
	expect_entry("HYPERVISOR_CS", HYPERVISOR_CS, 0x00CF9A000000FFFF);
	expect_entry("HYPERVISOR_DS", HYPERVISOR_DS, 0x00CF92000000FFFF);
	expect_entry("GUEST_KERNEL_CS", GUEST_KERNEL_CS, 0x00CFBA000000C3FF);
	expect_entry("GUEST_KERNEL_DS", GUEST_KERNEL_DS, 0x00CFB2000000C3FF);
	expect_entry("GUEST_USER_CS", GUEST_USER_CS, 0x00CFFA000000C3FF);
	expect_entry("GUEST_USER_DS", GUEST_USER_DS, 0x00CFF2000000C3FF);
}
END_TEST

START_TEST(the_table_has_nothing_else)
{
	init();
	EXPECT(gdt[SELECTOR_INDEX(HYPERVISOR_CS)].present,
	       "gdt[%u], for HYPERVISOR_CS: expected a present descriptor, saw none",
	       SELECTOR_INDEX(HYPERVISOR_CS));
	for (unsigned i = 0; i < GDT_ENTRIES; i++)
		if (i < SELECTOR_INDEX(HYPERVISOR_CS) || i > SELECTOR_INDEX(TSS_SELECTOR))
			EXPECT(!gdt[i].present,
			       "gdt[%u]: expected no descriptor, saw %08x_%08x, present", i,
			       (uint32_t)(raw(gdt[i]) >> 32), (uint32_t)raw(gdt[i]));
}
END_TEST

START_TEST(the_table_is_loaded)
{
	const unsigned end_of_page_14 = 15 * PAGE_SIZE - 1;

	init();
	EXPECT(processor.gdtr.base == (vaddr_t)(uintptr_t)gdt,
	       "GDTR's base: expected the address of gdt, saw %s",
	       processor.gdtr.base ? "another one" : "0");
	EXPECT(processor.gdtr.limit >= end_of_page_14,
	       "GDTR's limit: expected the whole of page 14 within it, %04x, saw %04x",
	       end_of_page_14, processor.gdtr.limit);
	EXPECT(processor.segments_reloaded,
	       "after LGDT: expected the segment registers reloaded, saw them as they were");
}
END_TEST

START_TEST(the_tss_has_a_stack_for_ring_0)
{
	init();
	EXPECT(hypervisor_tss.ss0 == HYPERVISOR_DS, "the TSS's ss0: expected %04x, saw %04x",
	       HYPERVISOR_DS, hypervisor_tss.ss0);
	EXPECT(hypervisor_tss.esp0 == (vaddr_t)(uintptr_t)hypervisor_stack_top,
	       "the TSS's esp0: expected the address of hypervisor_stack_top, saw %s",
	       hypervisor_tss.esp0 ? "another one" : "0");
}
END_TEST

START_TEST(the_tss_has_no_io_bitmap)
{
	const unsigned limit = sizeof(struct tss) - 1;

	init();
	EXPECT(hypervisor_tss.iomap_base > limit,
	       "the TSS's iomap_base: expected a place past the limit, %04x, where there is "
	       "no bitmap, saw %04x",
	       limit, hypervisor_tss.iomap_base);
}
END_TEST

START_TEST(the_task_register_is_loaded)
{
	struct segment_descriptor *d = &gdt[SELECTOR_INDEX(TSS_SELECTOR)];

	init();
	EXPECT(processor.task_register == TSS_SELECTOR, "TR: expected %04x, saw %04x", TSS_SELECTOR,
	       processor.task_register);
	EXPECT((d->base_low | (vaddr_t)d->base_high << 24) == (vaddr_t)(uintptr_t)&hypervisor_tss,
	       "the TSS's descriptor: expected the address of hypervisor_tss as base, saw another");
	/* The rest of it; LTR has marked it busy. */
	d->base_low = 0;
	d->base_high = 0;
	expect_raw("gdt[7176], for TSS_SELECTOR, its base left out", *d, 0x00008B0000000067);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("descriptors");
	TCase *make_descriptor = add_case(suite, "make-descriptor");
	TCase *table = add_case(suite, "table");
	TCase *tss = add_case(suite, "tss");

	tcase_add_test(make_descriptor, values_from_the_manual);
	tcase_add_test(make_descriptor, a_base_is_spread_over_its_fields);
	tcase_add_test(make_descriptor, limits_in_bytes);
	tcase_add_test(make_descriptor, limits_in_pages);
	tcase_add_test(make_descriptor, every_type_at_every_ring);

	tcase_add_test(table, the_table_has_the_flat_segments);
	tcase_add_test(table, the_table_has_nothing_else);
	tcase_add_test(table, the_table_is_loaded);

	tcase_add_test(tss, the_tss_has_a_stack_for_ring_0);
	tcase_add_test(tss, the_tss_has_no_io_bitmap);
	tcase_add_test(tss, the_task_register_is_loaded);
	return run_suite(suite);
}
