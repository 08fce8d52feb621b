/* SPDX-License-Identifier: MIT */
/*
 * Gates against numbers that were put together by hand from the figure of the
 * manual (Intel SDM 3A, 6.11, figure 6-2), and the table that idt_init() makes of them.
 */
#include <stdio.h>
#include <string.h>

#include <test/dice.h>
#include <test/suite.h>
#include <xen/idt.h>
#include <xen/processor.h>
#include <xen/selectors.h>
#include <xen/traps.h>

/* In the place of entry.S: a stub every 16 bytes, over a 64 KiB border. */
#define STUB(vector)   (0xFECFF800u + 16 * (vector))
#define STUB4(vector)  STUB(vector), STUB(vector + 1), STUB(vector + 2), STUB(vector + 3)
#define STUB16(vector) STUB4(vector), STUB4(vector + 4), STUB4(vector + 8), STUB4(vector + 12)
#define STUB64(vector) STUB16(vector), STUB16(vector + 16), STUB16(vector + 32), STUB16(vector + 48)

const vaddr_t exception_stubs[IDT_ENTRIES] = { STUB64(0), STUB64(64), STUB64(128), STUB64(192) };

static uint64_t raw(struct gate gate)
{
	uint64_t value;

	memcpy(&value, &gate, sizeof(value));
	return value;
}

/* The fields of two gates that are not alike: " dpl 1, not 3;". */
static const char *differences(struct gate expected, struct gate seen)
{
	static char text[300];
	char *p = text;

	*p = '\0';
#define COMPARE(field)                    \
	if (expected.field != seen.field) \
	p += sprintf(p, " %s %x, not %x;", #field, (unsigned)seen.field, (unsigned)expected.field)
	COMPARE(offset_low);
	COMPARE(selector);
	COMPARE(zero);
	COMPARE(type);
	COMPARE(dpl);
	COMPARE(present);
	COMPARE(offset_high);
#undef COMPARE
	return text;
}

static void expect_raw(const char *what, struct gate seen, uint64_t expected)
{
	struct gate gate;

	memcpy(&gate, &expected, sizeof(gate));
	EXPECT(raw(seen) == expected, "%s: expected %08x_%08x, saw %08x_%08x:%s", what,
	       (uint32_t)(expected >> 32), (uint32_t)expected, (uint32_t)(raw(seen) >> 32),
	       (uint32_t)raw(seen), differences(gate, seen));
}

static void expect_gate(vaddr_t handler, uint16_t selector, unsigned type, unsigned dpl,
			uint64_t expected)
{
	char what[100];

	sprintf(what, "make_gate(handler %08x, selector %04x, type %x, dpl %u)", handler, selector,
		type, dpl);
	expect_raw(what, make_gate(handler, selector, type, dpl), expected);
}

START_TEST(values_from_the_manual)
{
	expect_gate(0x12345678, 0xE008, GATE_INTERRUPT, 0, 0x12348E00E0085678);
	expect_gate(0x12345678, 0xE008, GATE_TRAP, 0, 0x12348F00E0085678);
	expect_gate(0xFEC01000, 0xE008, GATE_INTERRUPT, 3, 0xFEC0EE00E0081000);
	expect_gate(0xC0100080, 0xE019, GATE_TRAP, 3, 0xC010EF00E0190080);
	expect_gate(0, 0x0028, GATE_TASK, 0, 0x0000850000280000);
}
END_TEST

START_TEST(handlers_and_selectors_at_random)
{
	struct dice dice = { 1 };

	for (unsigned i = 0; i < 2000; i++) {
		uint64_t handler = (uint32_t)roll64(&dice);
		uint64_t selector = roll(&dice, 0x10000);

		expect_gate((vaddr_t)handler, (uint16_t)selector, GATE_INTERRUPT, 0,
			    handler >> 16 << 48 | 0x8E0000000000 | selector << 16 |
				    (handler & 0xFFFF));
	}
}
END_TEST

START_TEST(every_type_at_every_ring)
{
	for (unsigned type = 0; type < 16; type++)
		for (unsigned dpl = 0; dpl < 4; dpl++)
			expect_gate(0xFFFF0000, 0xFFFF, type, dpl,
				    0xFFFF0000FFFF0000 | (uint64_t)(0x80 | dpl << 5 | type) << 40);
}
END_TEST

START_TEST(every_vector_has_its_stub)
{
	memset(idt, 0, sizeof(idt));
	idt_init();
	for (uint64_t vector = 0; vector < IDT_ENTRIES; vector++) {
		uint64_t stub = STUB((uint32_t)vector);
		uint64_t access = vector == VECTOR_BREAKPOINT || vector == VECTOR_OVERFLOW ? 0xEE
											   : 0x8E;
		uint64_t expected = stub >> 16 << 48 | access << 40 | 0xE0080000 | (stub & 0xFFFF);
		char what[20];

		sprintf(what, "idt[%u]", (unsigned)vector);
		expect_raw(what, idt[vector], expected);
	}
}
END_TEST

START_TEST(the_table_is_loaded)
{
	processor = (struct processor){ 0 };
	idt_init();
	ck_assert_uint_eq(processor.idtr.base, (vaddr_t)(uintptr_t)idt);
	ck_assert_uint_eq(processor.idtr.limit, 0x7FF);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("idt");
	TCase *make_gate = add_case(suite, "make-gate");
	TCase *table = add_case(suite, "table");

	tcase_add_test(make_gate, values_from_the_manual);
	tcase_add_test(make_gate, handlers_and_selectors_at_random);
	tcase_add_test(make_gate, every_type_at_every_ring);

	tcase_add_test(table, every_vector_has_its_stub);
	tcase_add_test(table, the_table_is_loaded);
	return run_suite(suite);
}
