/* SPDX-License-Identifier: MIT */
/*
 * Privileged instructions in ring 1: they fault, and the fault is the guest's; except for those
 * that the hypervisor emulates (ABI, section 6). And INT where no handler may be reached.
 */
#include <guest/hypercall.h>
#include <guest/ring3.h>
#include <guest/start.h>
#include <guest/traps.h>

#include <tests/ktap.h>

#define GENERAL_PROTECTION 13

/* An instruction with a label on each side, as a function. */
#define INSTRUCTION(name, text)                                            \
	void privileged_##name(void);                                      \
	extern char privileged_##name##_at[], privileged_##name##_after[]; \
	__asm__(".pushsection .text\n"                                     \
		".globl privileged_" #name ", privileged_" #name "_at\n"   \
		".globl privileged_" #name "_after\n"                      \
		"privileged_" #name ":\n\t"                                \
		"pushal\n\t"                                               \
		"xorl %ecx, %ecx\n\t"                                      \
		"movl $privileged_operand, %esi\n\t"                       \
		"movl %esi, %edi\n\t"                                      \
		"movl $0x82, %edx\n\t"                                     \
		"xorl %eax, %eax\n"                                        \
		"privileged_" #name "_at:\n\t" text "\n"                   \
		"privileged_" #name "_after:\n\t"                          \
		"movl %eax, privileged_result\n\t"                         \
		"popal\n\t"                                                \
		"ret\n"                                                    \
		".popsection\n")

/* A table register's contents, or a selector, that would do harm. */
extern uint16_t privileged_operand[8];
uint16_t privileged_operand[8] = { 0xFFFF, 0x1234, 0x5678, 0xE040, 0xE048 };
extern uint32_t privileged_result;
uint32_t privileged_result;

INSTRUCTION(cli, "cli");
INSTRUCTION(sti, "sti");
INSTRUCTION(hlt, "hlt");
INSTRUCTION(lgdt, "lgdt (%esi)");
INSTRUCTION(lidt, "lidt (%esi)");
INSTRUCTION(lldt, "lldt 8(%esi)");
INSTRUCTION(ltr, "ltr 6(%esi)");
INSTRUCTION(lmsw, "lmsw %cx");
INSTRUCTION(invlpg, "invlpg (%esi)");
INSTRUCTION(invd, "invd");
INSTRUCTION(in, "inb %dx, %al");
INSTRUCTION(in_imm, "inl $0x70, %eax");
INSTRUCTION(out, "outb %al, %dx");
INSTRUCTION(out_exit, "movl $0xF4, %edx\n\toutl %eax, %dx");
INSTRUCTION(ins, "insb");
INSTRUCTION(outs, "outsl");
INSTRUCTION(write_cr4, "movl %eax, %cr4");
INSTRUCTION(write_cr0, "movl %eax, %cr0");
INSTRUCTION(int_20, "int $0x20");
INSTRUCTION(int_8, "int $8");
INSTRUCTION(int_14, "int $14");
INSTRUCTION(int_ff, "int $0xFF");

INSTRUCTION(clts, "clts");
INSTRUCTION(wbinvd, "wbinvd");
INSTRUCTION(read_cr0, "movl %cr0, %eax");
INSTRUCTION(read_cr2, "movl %cr2, %eax");
INSTRUCTION(read_cr3, "movl %cr3, %eax");
INSTRUCTION(read_cr4, "movl %cr4, %eax");
INSTRUCTION(read_dr7, "movl %db7, %eax");
INSTRUCTION(rdmsr, "movl $0x10, %ecx\n\trdmsr");
INSTRUCTION(wrmsr, "movl $0x10, %ecx\n\twrmsr");

static struct {
	unsigned count;
	uint32_t eip, cs, error_code;
} fault;

static uint32_t go_on_at;

static void on_fault(struct guest_frame *frame)
{
	fault.count++;
	fault.eip = frame->eip;
	fault.cs = frame->cs;
	fault.error_code = frame->error_code;
	frame->eip = go_on_at;
}

struct instruction {
	const char *name;
	void (*run)(void);
	char *at, *after;
	uint32_t error_code;
};

#define ENTRY(name)       #name, privileged_##name, privileged_##name##_at, privileged_##name##_after
#define IDT_ERROR(vector) (8 * (vector) + 2)

static const struct instruction forbidden[] = {
	{ ENTRY(cli), 0 },
	{ ENTRY(sti), 0 },
	{ ENTRY(hlt), 0 },
	{ ENTRY(lgdt), 0 },
	{ ENTRY(lidt), 0 },
	{ ENTRY(lldt), 0 },
	{ ENTRY(ltr), 0 },
	{ ENTRY(lmsw), 0 },
	{ ENTRY(invlpg), 0 },
	{ ENTRY(invd), 0 },
	{ ENTRY(in), 0 },
	{ ENTRY(in_imm), 0 },
	{ ENTRY(out), 0 },
	{ ENTRY(out_exit), 0 },
	{ ENTRY(ins), 0 },
	{ ENTRY(outs), 0 },
	{ ENTRY(write_cr4), 0 },
	{ ENTRY(write_cr0), 0 },
	{ ENTRY(int_20), IDT_ERROR(0x20) },
	{ ENTRY(int_8), IDT_ERROR(8) },
	{ ENTRY(int_14), IDT_ERROR(14) },
	{ ENTRY(int_ff), IDT_ERROR(0xFF) },
};

static const struct instruction emulated[] = {
	{ ENTRY(clts), 0 },     { ENTRY(wbinvd), 0 },   { ENTRY(read_cr0), 0 },
	{ ENTRY(read_cr2), 0 }, { ENTRY(read_cr3), 0 }, { ENTRY(read_cr4), 0 },
	{ ENTRY(read_dr7), 0 }, { ENTRY(rdmsr), 0 },    { ENTRY(wrmsr), 0 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void check_forbidden(const struct instruction *i)
{
	/* Some need a register set first: the fault is at the last instruction before the label. */
	uint32_t at = address_of(i->at), after = address_of(i->after);
	bool ok = true;

	fault.count = 0;
	go_on_at = after;
	i->run();
	ok &= ktap_equal("faults", fault.count, 1);
	ok &= ktap_equal("CS in the frame", fault.cs, FLAT_KERNEL_CS);
	ok &= ktap_equal("the error code", fault.error_code, i->error_code);
	if (fault.eip < at || fault.eip >= after)
		ok &= ktap_equal("EIP in the frame", fault.eip, at);
	ktap_result(ok, i->name);
}

static bool result_is_right(const struct instruction *i)
{
	if (i->run == privileged_read_cr0)
		return ktap_equal("PG, WP and PE in CR0", privileged_result & 0x80010001,
				  0x80010001);
	if (i->run == privileged_read_cr3)
		return ktap_equal("CR3", privileged_result,
				  virt_to_mfn((void *)(uintptr_t)start_info->pt_base) << 12);
	if (i->run == privileged_read_cr4)
		return ktap_equal("PAE in CR4", privileged_result & 0x20, 0);
	if (i->run == privileged_read_dr7)
		return ktap_equal("breakpoints in DR7", privileged_result & 0xFF, 0);
	return true;
}

static void check_emulated(const struct instruction *i)
{
	bool ok = true;

	fault.count = 0;
	go_on_at = address_of(i->after);
	i->run();
	ok &= ktap_equal("faults", fault.count, 0);
	ok &= result_is_right(i);
	ktap_result(ok, i->name);
}

/* A hypercall is for the kernel: from ring 3 it is a fault like any other closed gate. */
static uint32_t call_from_ring3(uint32_t number)
{
	uint32_t result;

	__asm__ volatile(".globl privileged_ring3_at, privileged_ring3_after\n"
			 "privileged_ring3_at:\n\t"
			 "int $0x82\n"
			 "privileged_ring3_after:"
			 : "=a"(result)
			 : "0"(number), "b"(0));
	return result;
}

static void check_hypercall_from_ring3(void)
{
	extern char privileged_ring3_at[], privileged_ring3_after[];
	bool ok = true;

	fault.count = 0;
	go_on_at = address_of(privileged_ring3_after);
	ok &= ktap_equal("EAX", run_in_ring3(call_from_ring3, __HYPERVISOR_xen_version),
			 __HYPERVISOR_xen_version);
	ok &= ktap_equal("faults", fault.count, 1);
	ok &= ktap_equal("the error code", fault.error_code, IDT_ERROR(HYPERCALL_VECTOR));
	ok &= ktap_equal("EIP in the frame", fault.eip, address_of(privileged_ring3_at));
	ok &= ktap_equal("CS in the frame", fault.cs, FLAT_USER_CS);
	ktap_result(ok, "hypercall-from-ring-3");
}

/* The grader compares the processor's state at these. */
void privileged_begin(void);
void privileged_end(void);
void __attribute__((noinline)) privileged_begin(void)
{
	__asm__ volatile("");
}
void __attribute__((noinline)) privileged_end(void)
{
	__asm__ volatile("");
}

void guest_main(void)
{
	ktap_begin(COUNT(forbidden) + COUNT(emulated) + 1);
	set_guest_handler(GENERAL_PROTECTION, on_fault, 0);
	privileged_begin();
	for (unsigned i = 0; i < COUNT(forbidden); i++)
		check_forbidden(&forbidden[i]);
	for (unsigned i = 0; i < COUNT(emulated); i++)
		check_emulated(&emulated[i]);
	check_hypercall_from_ring3();
	privileged_end();
}
