/* SPDX-License-Identifier: MIT */
/*
 * The page of stubs, byte by byte; and the table of functions and the gate, as the subsystem's
 * init makes them.
 */
#include <string.h>

#include <test/suite.h>
#include <xen/hypercall.h>
#include <xen/idt.h>
#include <xen/page.h>
#include <xen/subsystem.h>

char hypercall_entry[1];

static long nothing(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
	(void)a, (void)b, (void)c, (void)d, (void)e;
	return 0;
}

static long last(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
	return nothing(a, b, c, d, e) - 1;
}

static long one(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
	return nothing(a, b, c, d, e) + 1;
}

static long two(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
	return nothing(a, b, c, d, e) + 2;
}

/* Two of one number: the one that stands last in the linker's array counts. */
HYPERCALL(0, nothing);
HYPERCALL(7, one);
HYPERCALL(7, two);
HYPERCALL(NR_HYPERCALLS - 1, last);

START_TEST(a_stub_for_each_number)
{
	uint8_t page[PAGE_SIZE + 1];

	memset(page, 0xEE, sizeof(page));
	fill_hypercall_page(page);
	for (unsigned number = 0; number < 128; number++) {
		const uint8_t *seen = page + 32 * number;
		uint8_t expected[9] = { 0x50, 0xB8, (uint8_t)number, 0, 0, 0, 0xCD, 0x82, 0xC3 };
		bool iret = number == 23;

		/* iret's begins with the push and never comes back. */
		EXPECT(memcmp(seen, expected + !iret, 8) == 0,
		       "stub %u: expected bytes %02x %02x %02x %02x %02x %02x %02x %02x, saw %02x "
		       "%02x %02x %02x %02x %02x %02x %02x",
		       number, expected[!iret], expected[!iret + 1], expected[!iret + 2],
		       expected[!iret + 3], expected[!iret + 4], expected[!iret + 5],
		       expected[!iret + 6], expected[!iret + 7], seen[0], seen[1], seen[2], seen[3],
		       seen[4], seen[5], seen[6], seen[7]);
	}
	EXPECT(page[PAGE_SIZE] == 0xEE, "expected nothing after the page written, saw %02x",
	       page[PAGE_SIZE]);
}
END_TEST

static void init(void)
{
	const struct subsystem *s;
	unsigned inits = 0;

	for_each_subsystem(s) {
		if (s->init) {
			s->init();
			inits++;
		}
	}
	EXPECT(inits == 1, "expected one subsystem with an init, saw %u", inits);
}

START_TEST(the_last_record_of_a_number_counts)
{
	hypercall_fn *expected[NR_HYPERCALLS] = { NULL };

	for (const struct hypercall_record *r = __start_hypercalls; r < __stop_hypercalls; r++)
		expected[r->number] = r->function;
	EXPECT(expected[0] && expected[7] && expected[NR_HYPERCALLS - 1],
	       "expected records for 0, 7 and 63, saw fewer");
	init();
	for (unsigned number = 0; number < NR_HYPERCALLS; number++)
		EXPECT(hypercall_table[number] == expected[number],
		       "hypercall_table[%u]: expected %s, saw another", number,
		       expected[number] ? "its last record's function" : "NULL");
}
END_TEST

START_TEST(ring_1_may_use_the_gate)
{
	struct gate expected = make_gate((vaddr_t)(uintptr_t)hypercall_entry, 0xE008, 0xE, 1);

	memset(idt, 0, sizeof(struct gate) * IDT_ENTRIES);
	init();
	EXPECT(memcmp(&idt[0x82], &expected, sizeof(expected)) == 0,
	       "idt[0x82]: expected an interrupt gate of DPL 1 to hypercall_entry, saw type %x, DPL "
	       "%u, selector %04x",
	       idt[0x82].type, idt[0x82].dpl, idt[0x82].selector);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hypercall_page");
	TCase *page = add_case(suite, "page");
	TCase *table = add_case(suite, "table");

	tcase_add_test(page, a_stub_for_each_number);

	tcase_add_test(table, the_last_record_of_a_number_counts);
	tcase_add_test(table, ring_1_may_use_the_gate);
	return run_suite(suite);
}
