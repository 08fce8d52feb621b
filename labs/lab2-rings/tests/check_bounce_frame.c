/* SPDX-License-Identifier: MIT */
/*
 * create_bounce_frame() on a model of the guest's memory: what stands on the stack afterwards,
 * word by word and nothing beside it, the registers that the handler starts with, and the cases
 * that crash the domain.
 */
#include <stdio.h>
#include <string.h>

#include <test/dice.h>
#include <test/guest.h>
#include <test/guest_memory.h>
#include <test/suite.h>
#include <xen/guest_traps.h>
#include <xen/processor.h>

/* The stacks: ring 3's own, and the kernel's, of two pages, the lower below it. */
#define USER_STACK   0x08048000u
#define KERNEL_STACK 0xC0010000u
#define LAST_PAGE    0xFBFFF000u
#define READ_ONLY    0xC0020000u

#define HANDLER 0xC0101234u

/* One call of create_bounce_frame(). */
struct bounce {
	unsigned ring;
	uint16_t cs; /* of the guest's, when the trap came */
	uint32_t eflags;
	uint8_t mask;       /* evtchn_upcall_mask before */
	uint32_t esp;       /* of the guest's, as CS */
	uint32_t kernel_sp; /* as stack_switch has set it */
	struct guest_trap trap;
};

static struct trap_frame regs, regs_before;
static struct guest_page pages_before[MAX_GUEST_PAGES];

/* The bounce in words, for messages. */
static const char *describe(const struct bounce *b)
{
	static char text[200];
	int n = sprintf(text, "a trap from ring %u, eflags %08x, event mask %02x, ", b->ring,
			b->eflags, b->mask);

	if (b->trap.has_error_code)
		sprintf(text + n, "error code %04x", b->trap.error_code);
	else
		sprintf(text + n, "no error code");
	return text;
}

/* A trap that nothing is wrong with. */
static struct bounce usual(unsigned ring)
{
	return (struct bounce){
		.ring = ring,
		.cs = ring == 1 ? GUEST_KERNEL_CS : GUEST_USER_CS,
		.eflags = EFLAGS_IF | EFLAGS_ALWAYS_SET | 0x45,
		.esp = ring == 1 ? KERNEL_STACK + 0xF00 : USER_STACK + 0xF80,
		.kernel_sp = KERNEL_STACK + 0xFF0,
		.trap = { .cs = GUEST_KERNEL_CS, .eip = HANDLER },
	};
}

/* Has the guest take it. */
static void bounce(const struct bounce *b)
{
	guest_start();
	guest_memory_reset();
	guest_map(USER_STACK, true);
	guest_map(KERNEL_STACK - PAGE_SIZE, true);
	guest_map(KERNEL_STACK, true);
	guest_map(READ_ONLY, false);
	guest_map(READ_ONLY + PAGE_SIZE, true);
	guest_map(LAST_PAGE, true);
	memcpy(pages_before, guest_pages, sizeof(pages_before));

	current->kernel_ss = 0x0819;
	current->kernel_sp = b->kernel_sp;
	vcpu_info(current)->evtchn_upcall_mask = b->mask;
	regs = (struct trap_frame){
		.gs = 0x6B,
		.fs = 0x73,
		.es = 0x7B,
		.ds = 0x83,
		.edi = 0xD1D1D1D1,
		.esi = 0x51515151,
		.ebp = 0xB9B9B9B9,
		.ebx = 0xBBBBBBBB,
		.edx = 0xDDDDDDDD,
		.ecx = 0xCCCCCCCC,
		.eax = 0xAAAAAAAA,
		.vector = 13,
		.eip = 0x12345678,
		.cs = b->cs,
		.eflags = b->eflags,
		.esp = b->esp,
		.ss = b->ring == 1 ? GUEST_KERNEL_DS : GUEST_USER_DS,
	};
	regs_before = regs;
	create_bounce_frame(&regs, &b->trap);
}

/* ---- What must be seen ---- */

/* The frame, lowest address first, as the ABI's section 6 has it; how many words it is of. */
static unsigned frame_of(const struct bounce *b, uint32_t *words, const char **names)
{
	unsigned n = 0;

#define PUSH(name, value) (names[n] = (name), words[n++] = (value))
	if (b->trap.has_error_code)
		PUSH("error code", b->trap.error_code);
	PUSH("EIP", 0x12345678);
	PUSH("CS", b->cs + b->mask * 0x10000u);
	PUSH("EFLAGS", b->mask ? b->eflags & ~0x200u : b->eflags | 0x200);
	if (b->ring == 3) {
		PUSH("ESP", b->esp);
		PUSH("SS", 0xE033);
	}
#undef PUSH
	return n;
}

static void expect_stack(const struct bounce *b)
{
	const char *names[6];
	uint32_t words[6];
	unsigned n = frame_of(b, words, names);
	vaddr_t at = (b->ring == 1 ? b->esp : b->kernel_sp) - 4 * n;

	EXPECT(domain_crashes == 0, "%s: expected the guest to go on, saw its domain crash: %s",
	       describe(b), crash_reason);
	EXPECT(regs.esp == at, "%s: expected a frame of %u words, and ESP %08x, saw ESP %08x",
	       describe(b), n, at, regs.esp);
	for (unsigned i = 0; i < n; i++) {
		uint32_t seen;

		guest_peek(&seen, at + 4 * i, sizeof(seen));
		EXPECT(seen == words[i],
		       "%s: expected word %u of the frame, %s, to be %08x, saw %08x", describe(b),
		       i, names[i], words[i], seen);
	}

	for (unsigned p = 0; p < nr_guest_pages; p++)
		for (unsigned i = 0; i < PAGE_SIZE; i++) {
			vaddr_t va = guest_pages[p].va + i;

			EXPECT(va - at < 4 * n ||
				       guest_pages[p].bytes[i] == pages_before[p].bytes[i],
			       "%s: expected nothing written but the frame, %08x to %08x, saw the "
			       "byte at %08x changed",
			       describe(b), at, at + 4 * n - 1, va);
		}
}

#define EXPECT_REGISTER(name, expected)                                                        \
	EXPECT(regs.name == (expected),                                                        \
	       "%s: expected the handler to start with %s %08x, saw %08x", describe(b), #name, \
	       (uint32_t)(expected), (uint32_t)regs.name)

static void expect_registers(const struct bounce *b)
{
	EXPECT_REGISTER(eip, b->trap.eip);
	EXPECT_REGISTER(cs, b->trap.cs);
	EXPECT_REGISTER(eflags, b->eflags & ~0x34100u);
	EXPECT_REGISTER(ss, b->ring == 1 ? regs_before.ss : 0x0819);
	EXPECT_REGISTER(eax, regs_before.eax);
	EXPECT_REGISTER(ebx, regs_before.ebx);
	EXPECT_REGISTER(ecx, regs_before.ecx);
	EXPECT_REGISTER(edx, regs_before.edx);
	EXPECT_REGISTER(esi, regs_before.esi);
	EXPECT_REGISTER(edi, regs_before.edi);
	EXPECT_REGISTER(ebp, regs_before.ebp);
	EXPECT_REGISTER(ds, regs_before.ds);
	EXPECT_REGISTER(es, regs_before.es);
	EXPECT_REGISTER(fs, regs_before.fs);
	EXPECT_REGISTER(gs, regs_before.gs);
}

static void expect_mask(const struct bounce *b)
{
	uint8_t seen = vcpu_info(current)->evtchn_upcall_mask;
	uint8_t expected = b->trap.mask_events ? 1 : b->mask;

	EXPECT(seen == expected,
	       "%s, for a handler that %s: expected event mask %02x afterwards, saw %02x",
	       describe(b), b->trap.mask_events ? "masks events" : "leaves the mask alone",
	       expected, seen);
}

static void expect_bounced(const struct bounce *b)
{
	bounce(b);
	expect_stack(b);
	expect_registers(b);
	expect_mask(b);
}

static void expect_crash(const char *why, const struct bounce *b)
{
	uint8_t mask;

	bounce(b);
	mask = vcpu_info(current)->evtchn_upcall_mask;
	EXPECT(domain_crashes == 1, "%s, %s: expected one call of domain_crash(), saw %u",
	       describe(b), why, domain_crashes);
	EXPECT(memcmp(&regs, &regs_before, sizeof(regs)) == 0,
	       "%s, %s: expected the registers as they were after a crash, saw eip %08x (was %08x), "
	       "cs %04x (%04x), eflags %08x (%08x), esp %08x (%08x), ss %04x (%04x)",
	       describe(b), why, regs.eip, regs_before.eip, regs.cs, regs_before.cs, regs.eflags,
	       regs_before.eflags, regs.esp, regs_before.esp, regs.ss, regs_before.ss);
	EXPECT(mask == b->mask, "%s, %s: expected the event mask %02x kept after a crash, saw %02x",
	       describe(b), why, b->mask, mask);
}

/* ---- Frames ---- */

static void with_and_without_error_code(struct bounce b)
{
	expect_bounced(&b);
	b.trap.has_error_code = true;
	for (b.trap.error_code = 0; b.trap.error_code < 0x10000;
	     b.trap.error_code = b.trap.error_code * 3 + 0x41A)
		expect_bounced(&b);
}

START_TEST(from_ring_1)
{
	with_and_without_error_code(usual(1));
}
END_TEST

START_TEST(from_ring_3)
{
	with_and_without_error_code(usual(3));
}
END_TEST

START_TEST(the_event_mask_is_saved)
{
	static const uint8_t masks[] = { 0, 1, 0xFF };

	for (unsigned ring = 1; ring <= 3; ring += 2)
		for (unsigned i = 0; i < ARRAY_SIZE(masks); i++)
			for (unsigned masks_events = 0; masks_events < 2; masks_events++) {
				struct bounce b = usual(ring);

				b.mask = masks[i];
				b.trap.mask_events = masks_events;
				expect_bounced(&b);
			}
}
END_TEST

START_TEST(each_flag_alone)
{
	for (unsigned bit = 0; bit < 22; bit++) {
		struct bounce b = usual(1);

		b.eflags = EFLAGS_IF | EFLAGS_ALWAYS_SET | 1u << bit;
		expect_bounced(&b);
		b = usual(3);
		b.eflags = EFLAGS_IF | EFLAGS_ALWAYS_SET | 1u << bit;
		b.mask = 1;
		expect_bounced(&b);
	}
}
END_TEST

START_TEST(any_handler)
{
	static const uint16_t selectors[] = { 0x0009, 0x000F, 0x0061, 0xDFF9, 0xE019, 0xFFFF };

	for (unsigned i = 0; i < ARRAY_SIZE(selectors); i++) {
		struct bounce b = usual(1 + 2 * (i & 1));

		b.trap.cs = selectors[i];
		b.trap.eip = 0x10000001u * i;
		expect_bounced(&b);
	}
}
END_TEST

START_TEST(any_place_on_the_stack)
{
	/*
	 * The least of a page, all of it, over the border of two, and the last bytes below the
	 * hypervisor.
	 */
	static const uint32_t stacks[] = { KERNEL_STACK + PAGE_SIZE, KERNEL_STACK + 24,
					   KERNEL_STACK + 8,         KERNEL_STACK,
					   KERNEL_STACK + 13,        LAST_PAGE + PAGE_SIZE };

	for (unsigned i = 0; i < ARRAY_SIZE(stacks); i++) {
		struct bounce b = usual(1);

		b.esp = stacks[i];
		expect_bounced(&b);
		b = usual(3);
		b.kernel_sp = stacks[i];
		b.trap.has_error_code = true;
		expect_bounced(&b);
	}
}
END_TEST

/* The ring is in the selector's RPL; a guest need not use the hypervisor's flat segments. */
START_TEST(code_segments_of_the_guests_own)
{
	static const uint16_t selectors[] = { 0x0061, 0x0073, 0xDFF9, 0xDFFB, 0x000D, 0x000F };

	for (unsigned i = 0; i < ARRAY_SIZE(selectors); i++) {
		struct bounce b = usual(selectors[i] & 3);

		b.cs = selectors[i];
		expect_bounced(&b);
	}
}
END_TEST

/* Ring 3 may point its ESP wherever it likes. */
START_TEST(ring_3s_own_stack_does_not_matter)
{
	static const uint32_t stacks[] = {
		0, 4, 0xB0000000, READ_ONLY + 64, 0xFC000000, 0xFFFFFFFF
	};

	for (unsigned i = 0; i < ARRAY_SIZE(stacks); i++) {
		struct bounce b = usual(3);

		b.esp = stacks[i];
		expect_bounced(&b);
	}
}
END_TEST

START_TEST(frames_at_random)
{
	struct dice dice = { 24 };

	for (unsigned i = 0; i < 300; i++) {
		struct bounce b = usual(1 + 2 * roll(&dice, 2));

		b.eflags = (uint32_t)(roll64(&dice) & 0x003FFFFF) | EFLAGS_IF | EFLAGS_ALWAYS_SET;
		b.mask = (uint8_t)(roll(&dice, 2) ? roll(&dice, 2) : roll(&dice, 256));
		b.esp = KERNEL_STACK - PAGE_SIZE + 32 + roll(&dice, 2 * PAGE_SIZE - 32);
		b.kernel_sp = KERNEL_STACK - PAGE_SIZE + 32 + roll(&dice, 2 * PAGE_SIZE - 32);
		b.trap.cs = (uint16_t)(8 + roll(&dice, 0xFFF0));
		b.trap.eip = (uint32_t)roll64(&dice);
		b.trap.has_error_code = roll(&dice, 2);
		b.trap.error_code = roll(&dice, 0x10000);
		b.trap.mask_events = roll(&dice, 2);
		expect_bounced(&b);
	}
}
END_TEST

/* ---- Crashes ---- */

static void from_both_rings(const char *why, vaddr_t stack)
{
	struct bounce b = usual(1);

	expect_bounced(&b);
	b.esp = stack;
	expect_crash(why, &b);
	b.trap.mask_events = true;
	expect_crash(why, &b);

	b = usual(3);
	expect_bounced(&b);
	b.kernel_sp = stack;
	expect_crash(why, &b);
	b.trap.has_error_code = true;
	expect_crash(why, &b);
}

START_TEST(a_null_selector)
{
	for (uint16_t selector = 0; selector < 4; selector++)
		for (unsigned ring = 1; ring <= 3; ring += 2) {
			struct bounce b = usual(ring);
			char why[60];

			expect_bounced(&b);
			b.trap.cs = selector;
			b.trap.mask_events = selector & 1;
			sprintf(why, "with %04x, null, as its handler's selector", selector);
			expect_crash(why, &b);
		}
}
END_TEST

START_TEST(a_stack_that_is_not_mapped)
{
	from_both_rings("with a stack that is not mapped", 0xB0000800);
	from_both_rings("with a stack that ends where nothing is mapped below",
			KERNEL_STACK - PAGE_SIZE);
	from_both_rings("with a stack whose page has room for one word only",
			KERNEL_STACK - PAGE_SIZE + 4);
}
END_TEST

START_TEST(a_stack_that_is_read_only)
{
	from_both_rings("with a stack that is read-only", READ_ONLY + 0x800);
	from_both_rings("with a stack whose lower page is read-only", READ_ONLY + PAGE_SIZE + 8);
}
END_TEST

START_TEST(a_stack_in_the_hypervisor)
{
	from_both_rings("with its stack in the hypervisor", 0xFC000800);
	from_both_rings("with its stack in the hypervisor", 0xFEC02000);
	from_both_rings("with its stack at the very top", 0xFFFFFFFC);
	from_both_rings("with its stack over the hypervisor's border", 0xFC000004);
	from_both_rings("with its stack one byte over the hypervisor's border", 0xFC000001);
}
END_TEST

START_TEST(a_stack_that_wraps)
{
	from_both_rings("with its stack at 0", 0);
	from_both_rings("with its stack at 4, which wraps", 4);
	from_both_rings("with its stack at 11, which wraps", 11);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bounce_frame");
	TCase *frames = add_case(suite, "frames");
	TCase *crashes = add_case(suite, "crashes");

	tcase_add_test(frames, from_ring_1);
	tcase_add_test(frames, from_ring_3);
	tcase_add_test(frames, the_event_mask_is_saved);
	tcase_add_test(frames, each_flag_alone);
	tcase_add_test(frames, any_handler);
	tcase_add_test(frames, any_place_on_the_stack);
	tcase_add_test(frames, code_segments_of_the_guests_own);
	tcase_add_test(frames, ring_3s_own_stack_does_not_matter);
	tcase_add_test(frames, frames_at_random);

	tcase_add_test(crashes, a_null_selector);
	tcase_add_test(crashes, a_stack_that_is_not_mapped);
	tcase_add_test(crashes, a_stack_that_is_read_only);
	tcase_add_test(crashes, a_stack_in_the_hypervisor);
	tcase_add_test(crashes, a_stack_that_wraps);
	return run_suite(suite);
}
