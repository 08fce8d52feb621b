/* SPDX-License-Identifier: MIT */
/*
 * Hypercall stack_switch, and install_fast_trap() for every selector and all flags: the gate that
 * vector 0x80 gets, bit by bit, and that no other gate changes.
 */
#include <string.h>

#include <test/dice.h>
#include <test/guest.h>
#include <test/hypercalls.h>
#include <xen/descriptors.h>
#include <xen/guest_traps.h>

/* ---- stack_switch ---- */

static long stack_switch(uint32_t ss, uint32_t esp)
{
	return hypercall_function(__HYPERVISOR_stack_switch)(ss, esp, 0, 0, 0);
}

static void expect_stack(uint32_t ss, uint32_t esp, uint16_t kept)
{
	struct tss before;
	long result;

	guest_start();
	memset(&hypervisor_tss, 0xA5, sizeof(hypervisor_tss));
	before = hypervisor_tss;
	result = stack_switch(ss, esp);
	EXPECT(result == 0, "stack_switch(%04x, %08x): expected 0, saw %ld", ss, esp, result);
	EXPECT(current->kernel_ss == kept && current->kernel_sp == esp,
	       "stack_switch(%04x, %08x): expected the domain's kernel_ss %04x and kernel_sp %08x, "
	       "saw %04x and %08x",
	       ss, esp, kept, esp, current->kernel_ss, current->kernel_sp);
	EXPECT(hypervisor_tss.ss1 == kept && hypervisor_tss.esp1 == esp,
	       "stack_switch(%04x, %08x): expected ss1 %04x and esp1 %08x in the TSS, saw %04x and "
	       "%08x",
	       ss, esp, kept, esp, hypervisor_tss.ss1, hypervisor_tss.esp1);
	hypervisor_tss.ss1 = before.ss1;
	hypervisor_tss.esp1 = before.esp1;
	EXPECT(memcmp(&hypervisor_tss, &before, sizeof(before)) == 0,
	       "stack_switch(%04x, %08x): expected the rest of the TSS kept, saw it changed", ss,
	       esp);
}

START_TEST(the_stack_is_the_domains_and_the_processors)
{
	expect_stack(0xE021, 0xC0010000, 0xE021);
	expect_stack(0x0069, 0x12345678, 0x0069);
	expect_stack(0x006B, 0, 0x006B);
	expect_stack(0xE021, 0xFFFFFFFC, 0xE021);
}
END_TEST

START_TEST(the_selector_gets_at_least_ring_1)
{
	expect_stack(0xE020, 0xC0010000, 0xE021);
	expect_stack(0x0068, 0xC0010000, 0x0069);
	expect_stack(0x0000, 0xC0010000, 0x0001);
	expect_stack(0x000C, 0xC0010000, 0x000D);
	expect_stack(0x006A, 0xC0010000, 0x006A);
}
END_TEST

/* ---- install_fast_trap() ---- */

#define HANDLER 0xC01A2B3Cu

static uint64_t raw(struct gate gate)
{
	uint64_t value;

	memcpy(&value, &gate, sizeof(value));
	return value;
}

/* A gate by the manual's figure: offset, P, DPL, type, selector, offset. */
static uint64_t gate_bits(uint64_t handler, uint64_t selector, uint64_t dpl, uint64_t type)
{
	return handler >> 16 << 48 | 1ull << 47 | dpl << 45 | type << 40 | selector << 16 |
	       (handler & 0xFFFF);
}

/* The rule once more, selector by selector: below E000, or E019 itself, or of the LDT. */
static bool safe_in_a_gate(uint16_t selector)
{
	return selector < 0xE000 || selector == 0xE019 || selector & 4;
}

/* What vector 0x80 must get for an entry of the trap table. */
static uint64_t expected_gate(const struct trap_info *t)
{
	if (t->address && !(t->flags & 4) && safe_in_a_gate(t->cs))
		return gate_bits(t->address, t->cs, t->flags & 3, 0xF);
	return gate_bits(exception_stubs[0x80], 0xE008, 0, 0xE);
}

static void expect_gate(const struct trap_info *t, bool running)
{
	static struct domain other;
	struct gate idt_before[IDT_ENTRIES];
	struct domain *d = running ? current : &other;
	uint64_t expected = expected_gate(t);
	const char *meaning = expected >> 40 & 1 ? "a trap gate to the guest"
						 : "the hypervisor's own";

	d->trap_table[0x80] = *t;
	for (unsigned i = 0; i < IDT_ENTRIES; i++)
		idt[i] = make_gate(i * 0x01010101, (uint16_t)i, i & 0xF, i & 3);
	memcpy(idt_before, idt, sizeof(idt));
	memset(&d->fast_trap, 0xEE, sizeof(d->fast_trap));
	install_fast_trap(d);

	EXPECT(raw(d->fast_trap) == expected,
	       "cs %04x, address %08x, flags %x: expected fast_trap %08x_%08x, %s, saw %08x_%08x",
	       t->cs, t->address, t->flags, (uint32_t)(expected >> 32), (uint32_t)expected, meaning,
	       (uint32_t)(raw(d->fast_trap) >> 32), (uint32_t)raw(d->fast_trap));
	if (running)
		EXPECT(raw(idt[0x80]) == expected,
		       "cs %04x, address %08x, flags %x, the current domain: expected idt[0x80] to "
		       "be its gate, %08x_%08x, saw %08x_%08x",
		       t->cs, t->address, t->flags, (uint32_t)(expected >> 32), (uint32_t)expected,
		       (uint32_t)(raw(idt[0x80]) >> 32), (uint32_t)raw(idt[0x80]));
	else
		EXPECT(raw(idt[0x80]) == raw(idt_before[0x80]),
		       "cs %04x, a domain that is not current: expected idt[0x80] left alone, saw it "
		       "changed",
		       t->cs);
	idt[0x80] = idt_before[0x80];
	EXPECT(memcmp(idt, idt_before, sizeof(idt)) == 0,
	       "cs %04x, address %08x, flags %x: expected idt[0x80] alone to change, saw another "
	       "vector's gate changed",
	       t->cs, t->address, t->flags);
}

/* All selectors but null ones, which no table of the hypervisor's gets a gate for. */
START_TEST(every_selector)
{
	guest_start();
	for (unsigned cs = 4; cs < 0x10000; cs++) {
		struct trap_info t = {
			.vector = 0x80, .flags = 3, .cs = (uint16_t)cs, .address = HANDLER
		};

		/* As guest_selector() leaves it. */
		if (cs & 3)
			expect_gate(&t, true);
	}
}
END_TEST

START_TEST(all_flags)
{
	static const uint16_t selectors[] = {
		0xE019, 0x0061, 0x0063, 0xE00D, 0xE009, 0xE01B, 0xE02B
	};

	guest_start();
	for (unsigned i = 0; i < ARRAY_SIZE(selectors); i++)
		for (uint8_t flags = 0; flags < 8; flags++) {
			struct trap_info t = {
				.vector = 0x80,
				.flags = flags,
				.cs = selectors[i],
				.address = HANDLER,
			};

			expect_gate(&t, true);
			expect_gate(&t, false);
			t.address = 0;
			expect_gate(&t, true);
		}
}
END_TEST

START_TEST(any_handler)
{
	struct dice dice = { 25 };

	guest_start();
	for (unsigned i = 0; i < 300; i++) {
		struct trap_info t = {
			.vector = 0x80,
			.flags = (uint8_t)roll(&dice, 4),
			.cs = GUEST_KERNEL_CS,
			.address = (uint32_t)roll64(&dice) | 1,
		};

		expect_gate(&t, roll(&dice, 2));
	}
}
END_TEST

START_TEST(a_gate_is_taken_back)
{
	struct trap_info t = {
		.vector = 0x80, .flags = 3, .cs = GUEST_KERNEL_CS, .address = HANDLER
	};

	guest_start();
	expect_gate(&t, true);
	t.flags = 7;
	expect_gate(&t, true);
	t.flags = 3;
	expect_gate(&t, true);
	t.address = 0;
	expect_gate(&t, true);
}
END_TEST

/* Only the entry of vector 0x80 counts. */
START_TEST(other_vectors_get_no_gate)
{
	struct trap_info t = { .vector = 0x80 };

	guest_start();
	for (unsigned vector = 0; vector < IDT_ENTRIES; vector++)
		current->trap_table[vector] = (struct trap_info){
			.vector = (uint8_t)vector,
			.flags = 3,
			.cs = GUEST_KERNEL_CS,
			.address = HANDLER + vector,
		};
	expect_gate(&t, true);
	t = current->trap_table[0x81];
	t.vector = 0x80;
	expect_gate(&t, true);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fast_trap");
	TCase *stack = add_case(suite, "stack-switch");
	TCase *gate = add_case(suite, "gate");

	tcase_add_test(stack, the_stack_is_the_domains_and_the_processors);
	tcase_add_test(stack, the_selector_gets_at_least_ring_1);

	tcase_add_test(gate, every_selector);
	tcase_add_test(gate, all_flags);
	tcase_add_test(gate, any_handler);
	tcase_add_test(gate, a_gate_is_taken_back);
	tcase_add_test(gate, other_vectors_get_no_gate);
	return run_suite(suite);
}
