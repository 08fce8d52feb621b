/* SPDX-License-Identifier: MIT */
/*
 * Exercise 2.6: descriptor tables of the guest's own. The command line says what is tried: "set",
 * "refuse", "update" or "fault". The grader looks from outside at the labels gdt_at_NAME; what
 * only the guest can tell, it reports.
 */
#include <guest/hypercall.h>
#include <guest/start.h>
#include <guest/traps.h>
#include <public/errno.h>

#include <tests/ktap.h>

#define ENTRIES 512 /* of a page */

#define DESCRIPTOR(base, limit, access, flags)                             \
	((uint64_t)((limit)&0xFFFF) | (uint64_t)((base)&0xFFFFFF) << 16 |  \
	 (uint64_t)(access) << 40 | (uint64_t)((limit) >> 16 & 15) << 48 | \
	 (uint64_t)(flags) << 52 | (uint64_t)((uint32_t)(base) >> 24) << 56)
#define CALL_GATE(selector, offset, access)                                                    \
	((uint64_t)((offset)&0xFFFF) | (uint64_t)(selector) << 16 | (uint64_t)(access) << 40 | \
	 (uint64_t)((offset) >> 16) << 48)

/* Access bytes. */
#define PRESENT   0x80
#define DPL(ring) ((ring) << 5)
#define DATA      0x12
#define DOWN      0x16
#define CODE      0x1A
#define GATE      0x0C

#define BYTES 0x4 /* D/B set, and the limit counts bytes */
#define PAGES 0xC

#define SELECTOR(entry, ring) ((entry)*8 + (ring))

/* A place for the grader to stop. */
#define STOP(name) \
	__asm__ volatile(".globl gdt_at_" #name "\ngdt_at_" #name ":\n\tnop" : : : "memory")

uint64_t gdt_table[2][ENTRIES] __attribute__((aligned(4096)));
uint64_t gdt_other[2][ENTRIES] __attribute__((aligned(4096)));
static uint64_t saved[ENTRIES];

/* What stands in the grader's own table too, by these numbers. */
enum { FLAT0 = 1, FLAT3, WINDOW, ABSENT, CODE1, GATE1, GATE_RPL0, HIGH, LAST = ENTRIES - 1 };

static uint32_t called;

static void __attribute__((used)) note_call(void)
{
	called++;
}

extern char gdt_gate_target[];
__asm__(".pushsection .text\n"
	"gdt_gate_target:\n\t"
	"pushal\n\t"
	"call note_call\n\t"
	"popal\n\t"
	"lret\n"
	".popsection\n");

static void fill(uint64_t table[ENTRIES])
{
	uint32_t window = address_of(saved);

	table[FLAT0] = DESCRIPTOR(0, 0xFFFFF, PRESENT | DPL(0) | DATA, PAGES);
	table[FLAT3] = DESCRIPTOR(0xC0000000, 0xFFFFF, PRESENT | DPL(3) | DATA, PAGES);
	table[WINDOW] = DESCRIPTOR(window, 99, PRESENT | DPL(3) | DATA, BYTES);
	table[ABSENT] = DESCRIPTOR(0xFE000000, 0xFFFFF, DPL(0) | 0x09, PAGES);
	table[CODE1] = DESCRIPTOR(0, 0xFFFFF, PRESENT | DPL(1) | CODE, PAGES);
	table[GATE1] =
		CALL_GATE(FLAT_KERNEL_CS, address_of(gdt_gate_target), PRESENT | DPL(3) | GATE);
	table[GATE_RPL0] = CALL_GATE(FLAT_KERNEL_CS & ~3, address_of(gdt_gate_target),
				     PRESENT | DPL(0) | GATE);
	table[HIGH] = DESCRIPTOR(0xFC3FE000, 5, PRESENT | DPL(3) | DATA, PAGES);
	table[LAST] = DESCRIPTOR(0, 0xFFFFF, PRESENT | DPL(2) | DATA, PAGES);
}

static void copy(uint64_t *to, const uint64_t *from)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		to[i] = from[i];
}

static bool same(const uint64_t *a, const uint64_t *b)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

static long set_gdt(const uint64_t *table, uint32_t entries)
{
	const uint32_t frames[2] = { virt_to_mfn(table), virt_to_mfn(table + ENTRIES) };

	return hypervisor_set_gdt(frames, entries);
}

/* The last offset in a segment, as LSL has it; 0 if the processor sees none there. */
static uint32_t limit_of(uint16_t selector)
{
	uint32_t limit = 0;

	__asm__("lsl %1, %0" : "+r"(limit) : "r"((uint32_t)selector));
	return limit;
}

static uint8_t access_of(uint16_t selector)
{
	uint32_t access = 0;

	__asm__("lar %1, %0" : "+r"(access) : "r"((uint32_t)selector));
	return (uint8_t)(access >> 8);
}

static void load_segments(void)
{
	__asm__ volatile("movl %0, %%es\n\t"
			 "movl %1, %%fs\n\t"
			 "movl %2, %%gs\n\t"
			 ".globl gdt_at_loaded\n"
			 "gdt_at_loaded:\n\t"
			 "movl %3, %%es\n\t"
			 "movl %3, %%fs\n\t"
			 "movl %3, %%gs"
			 :
			 : "r"(SELECTOR(FLAT0, 1)), "r"(SELECTOR(FLAT3, 3)),
			   "r"(SELECTOR(WINDOW, 3)), "r"(FLAT_KERNEL_DS)
			 : "memory");
}

static uint32_t read_window(uint32_t offset)
{
	uint32_t word;

	__asm__ volatile("movl %1, %%gs\n\t"
			 "movl %%gs:(%2), %0\n\t"
			 "movl %3, %%gs"
			 : "=&r"(word)
			 : "r"(SELECTOR(WINDOW, 3)), "r"(offset), "r"(FLAT_KERNEL_DS));
	return word;
}

static bool good_ones_answer(void)
{
	bool ok =
		ktap_equal("LSL of a flat data segment", limit_of(SELECTOR(FLAT0, 1)), 0xFC3FFFFF);

	ok &= ktap_equal("LAR of a data segment of ring 0", access_of(SELECTOR(FLAT0, 1)) | 1,
			 PRESENT | DPL(1) | DATA | 1);
	ok &= ktap_equal("LSL of a segment from C0000000 on", limit_of(SELECTOR(FLAT3, 3)),
			 0x3C3FFFFF);
	ok &= ktap_equal("LSL of a segment of 100 bytes", limit_of(SELECTOR(WINDOW, 3)), 99);
	ok &= ktap_equal("LSL of one that is not present", limit_of(SELECTOR(ABSENT, 1)), 0);
	ok &= ktap_equal("LSL of an empty entry", limit_of(SELECTOR(HIGH + 1, 3)), 0);
	ok &= ktap_equal("LSL of an entry without a page", limit_of(SELECTOR(ENTRIES + 8, 3)), 0);
	return ok;
}

static void try_set(void)
{
	ktap_begin(4);
	fill(gdt_table[0]);
	saved[2] = 0x600DF00D;
	STOP(before_set);
	ktap_result(ktap_equal("set_gdt", (uint32_t)set_gdt(gdt_table[0], ENTRIES), 0), "set-gdt");
	STOP(after_set);
	ktap_result(good_ones_answer(), "descriptors-answer");
	load_segments();
	ktap_result(ktap_equal("a word through GS", read_window(16), 0x600DF00D), "window");
	__asm__ volatile("lcall %0, $0" : : "i"(SELECTOR(GATE1, 1)) : "memory");
	__asm__ volatile("lcall %0, $0" : : "i"(SELECTOR(GATE_RPL0, 1)) : "memory");
	ktap_result(ktap_equal("calls through the gates", called, 2), "call-gates");

	fill(gdt_other[0]);
	set_gdt(gdt_other[0], ENTRIES);
	STOP(replaced);
	hypervisor_set_gdt(NULL, 0);
	STOP(without);
}

/* A frame in the second table's first page has this at an entry that nobody knows; it must be refused. */
static const struct bad {
	const char *what;
	uint64_t descriptor;
} bad[] = {
	{ "TSS", DESCRIPTOR(0xC0000000, 103, PRESENT | DPL(3) | 0x09, 0) },
	{ "16-bit-TSS", DESCRIPTOR(0xC0000000, 103, PRESENT | DPL(3) | 0x01, 0) },
	{ "LDT", DESCRIPTOR(0xC0000000, 103, PRESENT | DPL(3) | 0x02, 0) },
	{ "task-gate", DESCRIPTOR(0, 0, PRESENT | DPL(3) | 0x05, 0) },
	{ "interrupt-gate", CALL_GATE(FLAT_KERNEL_CS, 0xC0000000, PRESENT | DPL(3) | 0x0E) },
	{ "trap-gate", CALL_GATE(FLAT_KERNEL_CS, 0xC0000000, PRESENT | DPL(3) | 0x0F) },
	{ "16-bit-call-gate", CALL_GATE(FLAT_KERNEL_CS, 0, PRESENT | DPL(3) | 0x04) },
	{ "call-gate-into-the-hypervisor", CALL_GATE(0xE008, 0xFED00000, PRESENT | DPL(3) | GATE) },
	{ "call-gate-into-the-hypervisor-RPL-3",
	  CALL_GATE(0xE00B, 0xFED00000, PRESENT | DPL(3) | GATE) },
	{ "call-gate-with-a-null-selector", CALL_GATE(0, 0xC0000000, PRESENT | DPL(3) | GATE) },
	{ "base-in-the-hypervisor", DESCRIPTOR(0xFD000000, 0, PRESENT | DPL(3) | DATA, PAGES) },
	{ "base-at-the-end", DESCRIPTOR(0xFC400000, 0, PRESENT | DPL(3) | DATA, PAGES) },
	{ "base-less-than-a-page-below-it",
	  DESCRIPTOR(0xFC3FF000, 0, PRESENT | DPL(3) | DATA, PAGES) },
	{ "bytes-past-the-end", DESCRIPTOR(0xFC350000, 0xB0000, PRESENT | DPL(3) | DATA, BYTES) },
	{ "code-past-the-end", DESCRIPTOR(0xFC350000, 0xB0000, PRESENT | DPL(1) | CODE, BYTES) },
	{ "data-that-expands-down", DESCRIPTOR(0, 0, PRESENT | DPL(3) | DOWN, PAGES) },
};

/* Refused, with the right error, and all is as it was: the old table, and the new one's memory. */
static void refused(const char *what, long result, long expected)
{
	bool ok = ktap_equal("result", (uint32_t)result, (uint32_t)expected);

	ok &= ktap_equal("LSL by the old table", limit_of(SELECTOR(WINDOW, 3)), 99);
	if (!same(gdt_other[0], saved)) {
		ktap_note("the refused table has been changed");
		ok = false;
	}
	/* This faults if the page is not writable. */
	*(volatile uint64_t *)&gdt_other[0][0] = 0;
	ktap_result(ok, what);
}

static void refuse_frames(uint32_t mfn, const char *what)
{
	const uint32_t frames[2] = { virt_to_mfn(gdt_other[0]), mfn };

	refused(what, hypervisor_set_gdt(frames, 2 * ENTRIES), -EINVAL);
}

static void try_refused(void)
{
	uint32_t one = virt_to_mfn(gdt_other[0]);
	unsigned count = sizeof(bad) / sizeof(bad[0]);

	ktap_begin(count + 11);
	fill(gdt_table[0]);
	fill(gdt_other[0]);
	ktap_result(set_gdt(gdt_table[0], ENTRIES) == 0, "good-table-first");
	STOP(before_refusals);

	for (unsigned i = 0; i < count; i++) {
		unsigned entry = LAST + 1 - (1 + ktap_random(i) % (ENTRIES - HIGH - 2));

		gdt_other[0][entry] = bad[i].descriptor;
		copy(saved, gdt_other[0]);
		refused(bad[i].what, set_gdt(gdt_other[0], entry + 1), -EINVAL);
		fill(gdt_other[0]);
		gdt_other[0][entry] = 0;
	}

	/* The processor knows nothing of `entries`: the page counts as a whole. */
	gdt_other[0][LAST] = bad[0].descriptor;
	copy(saved, gdt_other[0]);
	refused("bad-one-behind-the-last-entry", set_gdt(gdt_other[0], 1), -EINVAL);
	fill(gdt_other[0]);

	gdt_other[1][ktap_random(99) % ENTRIES] = bad[0].descriptor;
	copy(saved, gdt_other[0]);
	refused("bad-one-in-the-second-page", set_gdt(gdt_other[0], 2 * ENTRIES), -EINVAL);
	refused("too-many-entries", hypervisor_set_gdt(&one, 7169), -EINVAL);
	refused("far-too-many-entries", hypervisor_set_gdt(&one, 0xFFFFFFFF), -EINVAL);
	refused("list-in-the-hypervisor", hypervisor_set_gdt((uint32_t *)0xFC400000, 1), -EFAULT);
	refused("list-that-is-not-mapped", hypervisor_set_gdt((uint32_t *)0xA0000000, 1), -EFAULT);
	refuse_frames(0xFFFFFFFF, "frame-that-cannot-be");
	refuse_frames(start_info->shared_info >> 12, "frame-of-the-hypervisor");
	refuse_frames(virt_to_mfn((void *)start_info->pt_base), "the-page-directory");
	refuse_frames(virt_to_mfn((void *)(start_info->pt_base + 4096)), "page-table");
	STOP(after_refusals);
}

static long update(const void *p, uint64_t descriptor)
{
	uint64_t maddr = (uint64_t)virt_to_mfn(p) << 12 | (address_of(p) & 4095);

	return hypervisor_update_descriptor(maddr, descriptor);
}

static void not_updated(const char *what, long result)
{
	bool ok = ktap_equal("result", (uint32_t)result, (uint32_t)-EINVAL);

	ktap_result(ok && ktap_equal("LSL", limit_of(SELECTOR(WINDOW, 3)), 99), what);
}

static void try_update(void)
{
	const uint64_t flat = DESCRIPTOR(0, 0xFFFFF, PRESENT | DPL(0) | DATA, PAGES);
	uint64_t *entry = &gdt_table[0][WINDOW];
	unsigned count = sizeof(bad) / sizeof(bad[0]);

	ktap_begin(count + 7);
	fill(gdt_table[0]);
	fill(gdt_other[0]);
	ktap_result(set_gdt(gdt_table[0], ENTRIES) == 0, "good-table-first");
	STOP(before_update);
	for (unsigned i = 0; i < count; i++)
		not_updated(bad[i].what, update(entry, bad[i].descriptor));
	not_updated("misaligned-address", update((char *)entry + 4, flat));
	not_updated("page-that-holds-no-descriptors", update(&gdt_other[0][WINDOW], flat));
	not_updated("page-table", update((void *)start_info->pt_base, flat));
	not_updated("page-of-the-hypervisor",
		    hypervisor_update_descriptor(start_info->shared_info, flat));
	not_updated("address-past-4-GiB",
		    hypervisor_update_descriptor(
			    (uint64_t)1 << 32 | virt_to_mfn(entry) << 12 | WINDOW * 8, flat));
	STOP(not_updated);
	ktap_result(ktap_equal("result", (uint32_t)update(entry, flat), 0) &&
			    ktap_equal("LSL", limit_of(SELECTOR(WINDOW, 1)), 0xFC3FFFFF),
		    "good-one");
	STOP(updated);
}

static uint32_t error_code, fault_eip;

static void on_protection_fault(struct guest_frame *frame)
{
	error_code = frame->error_code;
	fault_eip = frame->eip;
	frame->eip += 2;
}

/* Loads a selector that must fault, with itself as error code. */
static bool faults(const char *what, uint32_t selector)
{
	uint32_t here;

	error_code = 0xFFFFFFFF;
	__asm__ volatile("movl $1f, %0\n"
			 "1:\tmovl %1, %%es"
			 : "=&r"(here)
			 : "r"(selector)
			 : "memory");
	return ktap_equal(what, error_code, selector & ~3u) &&
	       ktap_equal("its EIP", fault_eip, here);
}

static void try_faults(void)
{
	bool ok;

	ktap_begin(1);
	set_guest_handler(13, on_protection_fault, 0);
	ok = faults("without a table, an entry's error code", SELECTOR(FLAT0, 1));
	fill(gdt_table[0]);
	set_gdt(gdt_table[0], ENTRIES);
	ok &= faults("an empty entry's error code", SELECTOR(HIGH + 1, 3));
	ok &= faults("the error code of an entry without a page", SELECTOR(ENTRIES + 8, 3));
	ok &= faults("the error code of the hypervisor's data", 0xE013);
	ktap_result(ok, "empty-entries-fault");
}

void guest_main(void)
{
	switch (start_info->cmd_line[0]) {
	case 's':
		try_set();
		break;
	case 'r':
		try_refused();
		break;
	case 'u':
		try_update();
		break;
	default:
		try_faults();
	}
}
