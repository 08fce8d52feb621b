/* SPDX-License-Identifier: MIT */
/*
 * Exercise 1.4: an exception leaves every register as it was, with and without an
 * error code, and the handler in C sees the registers in struct trap_frame.
 * The grader looks from outside too, at the …_trap and …_resume labels.
 */
#include <xen/processor.h>
#include <xen/selectors.h>
#include <xen/string.h>
#include <xen/traps.h>

#include "provoke.h"
#include <tests/stage_test.h>

/* What the handler saw. */
static struct trap_frame seen;
static unsigned times_handled;
static uint16_t handler_ds, handler_es;
static bool handler_direction_flag;

static uint32_t frame_esp(const struct trap_frame *regs)
{
	return (uint32_t)(uintptr_t)&regs->esp;
}

static uint32_t seen_esp;

static void note_frame(const struct trap_frame *regs)
{
	uint32_t eflags;

	__asm__ volatile("movw %%ds, %0" : "=r"(handler_ds));
	__asm__ volatile("movw %%es, %0" : "=r"(handler_es));
	__asm__ volatile("pushfl\n\tpopl %0" : "=r"(eflags));
	handler_direction_flag = eflags & 0x400;
	seen = *regs;
	seen_esp = frame_esp(regs);
	times_handled++;
}

static void handle_and_go_on(struct trap_frame *regs)
{
	note_frame(regs);
}

/* A fault comes back to the instruction that faulted, unless someone moves EIP. */
static void handle_and_skip(struct trap_frame *regs)
{
	note_frame(regs);
	regs->eip = (vaddr_t)(uintptr_t)provoke_page_fault_resume;
}

/*
 * Values that no register has by chance; the direction flag set. No two segment registers are
 * alike, so that each order of pushing them makes a frame of its own.
 */
static void want_random_registers(void)
{
	provoke_wanted = (struct registers){
		.eax = ktap_random(0),
		.ebx = ktap_random(1),
		.ecx = ktap_random(2),
		.edx = ktap_random(3),
		.esi = ktap_random(4),
		.edi = ktap_random(5),
		.ebp = ktap_random(6),
		.eflags = 0x00000402 | (ktap_random(7) & 0x000008D1),
		.ds = GUEST_KERNEL_DS,
		.es = GUEST_USER_DS,
		.fs = GUEST_USER_CS,
		.gs = HYPERVISOR_DS,
	};
}

static bool check_after(void)
{
	const struct registers *b = &provoke_before;
	const struct registers *a = &provoke_after;
	bool ok = true;

	ok &= ktap_equal("EAX after", a->eax, b->eax);
	ok &= ktap_equal("EBX after", a->ebx, b->ebx);
	ok &= ktap_equal("ECX after", a->ecx, b->ecx);
	ok &= ktap_equal("EDX after", a->edx, b->edx);
	ok &= ktap_equal("ESI after", a->esi, b->esi);
	ok &= ktap_equal("EDI after", a->edi, b->edi);
	ok &= ktap_equal("EBP after", a->ebp, b->ebp);
	ok &= ktap_equal("ESP after", a->esp, b->esp);
	ok &= ktap_equal("EFLAGS after", a->eflags, b->eflags);
	ok &= ktap_equal("DS after", a->ds, b->ds);
	ok &= ktap_equal("ES after", a->es, b->es);
	ok &= ktap_equal("FS after", a->fs, b->fs);
	ok &= ktap_equal("GS after", a->gs, b->gs);
	return ok;
}

static bool check_frame(uint32_t vector, uint32_t error_code, const char *eip)
{
	const struct registers *b = &provoke_before;
	bool ok = true;

	ok &= ktap_equal("regs->vector", seen.vector, vector);
	ok &= ktap_equal("regs->error_code", seen.error_code, error_code);
	ok &= ktap_equal("regs->eip", seen.eip, (uint32_t)(uintptr_t)eip);
	ok &= ktap_equal("regs->cs", seen.cs & 0xFFFF, HYPERVISOR_CS);
	/* The processor sets RF in what it pushes for a fault. */
	ok &= ktap_equal("regs->eflags", seen.eflags & ~EFLAGS_RF, b->eflags);
	ok &= ktap_equal("regs->eax", seen.eax, b->eax);
	ok &= ktap_equal("regs->ebx", seen.ebx, b->ebx);
	ok &= ktap_equal("regs->ecx", seen.ecx, b->ecx);
	ok &= ktap_equal("regs->edx", seen.edx, b->edx);
	ok &= ktap_equal("regs->esi", seen.esi, b->esi);
	ok &= ktap_equal("regs->edi", seen.edi, b->edi);
	ok &= ktap_equal("regs->ebp", seen.ebp, b->ebp);
	ok &= ktap_equal("&regs->esp", seen_esp, b->esp);
	ok &= ktap_equal("regs->ds", seen.ds & 0xFFFF, b->ds);
	ok &= ktap_equal("regs->es", seen.es & 0xFFFF, b->es);
	ok &= ktap_equal("regs->fs", seen.fs & 0xFFFF, b->fs);
	ok &= ktap_equal("regs->gs", seen.gs & 0xFFFF, b->gs);
	return ok;
}

static bool check_handler_state(void)
{
	bool ok = true;

	ok &= ktap_equal("times handled", times_handled, 1);
	ok &= ktap_equal("DS in the handler", handler_ds, HYPERVISOR_DS);
	ok &= ktap_equal("ES in the handler", handler_es, HYPERVISOR_DS);
	ok &= ktap_equal("direction flag in the handler", handler_direction_flag, 0);
	return ok;
}

STAGE_TEST(breakpoint, "breakpoint")
{
	ktap_begin(3);
	want_random_registers();
	set_exception_handler(VECTOR_BREAKPOINT, handle_and_go_on);
	provoke_breakpoint();
	ktap_result(check_after(), "breakpoint-keeps-registers");
	ktap_result(check_frame(VECTOR_BREAKPOINT, 0, provoke_breakpoint_resume),
		    "breakpoint-frame");
	ktap_result(check_handler_state(), "breakpoint-handler-state");
}

STAGE_TEST(page_fault, "page-fault")
{
	ktap_begin(3);
	want_random_registers();
	set_exception_handler(VECTOR_PAGE_FAULT, handle_and_skip);
	provoke_page_fault();
	ktap_result(check_after(), "page-fault-keeps-registers");
	ktap_result(check_frame(VECTOR_PAGE_FAULT, 0, provoke_page_fault_trap), "page-fault-frame");
	ktap_result(check_handler_state(), "page-fault-handler-state");
}

/* Ends in a panic whose dump must show these registers. */
STAGE_TEST(dump, "dump")
{
	ktap_begin(1);
	want_random_registers();
	provoke_invalid_opcode();
	ktap_result(false, "went-on-after-an-invalid-opcode");
}
