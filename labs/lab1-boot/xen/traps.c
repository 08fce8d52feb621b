/* SPDX-License-Identifier: MIT */
#include <xen/extable.h>
#include <xen/idt.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/processor.h>
#include <xen/selectors.h>
#include <xen/subsystem.h>
#include <xen/symbols.h>
#include <xen/traps.h>

static exception_handler_t *handlers[IDT_ENTRIES];

const char *exception_name(unsigned vector)
{
	static const char *const names[NR_EXCEPTIONS] = {
		[VECTOR_DIVIDE_ERROR] = "divide error",
		[VECTOR_DEBUG] = "debug exception",
		[VECTOR_NMI] = "non-maskable interrupt",
		[VECTOR_BREAKPOINT] = "breakpoint",
		[VECTOR_OVERFLOW] = "overflow",
		[VECTOR_BOUND] = "bound range exceeded",
		[VECTOR_INVALID_OPCODE] = "invalid opcode",
		[VECTOR_NO_DEVICE] = "device not available",
		[VECTOR_DOUBLE_FAULT] = "double fault",
		[VECTOR_COPROCESSOR_OVERRUN] = "coprocessor segment overrun",
		[VECTOR_INVALID_TSS] = "invalid TSS",
		[VECTOR_NO_SEGMENT] = "segment not present",
		[VECTOR_STACK_FAULT] = "stack-segment fault",
		[VECTOR_GENERAL_PROTECTION] = "general protection fault",
		[VECTOR_PAGE_FAULT] = "page fault",
		[VECTOR_FPU_ERROR] = "floating-point error",
		[VECTOR_ALIGNMENT_CHECK] = "alignment check",
		[VECTOR_MACHINE_CHECK] = "machine check",
		[VECTOR_SIMD_ERROR] = "SIMD floating-point error",
	};

	return vector < NR_EXCEPTIONS && names[vector] ? names[vector] : "vector";
}

void dump_registers(const struct trap_frame *regs)
{
	bool guest = from_guest(regs);
	const struct symbol *s = guest ? NULL : symbol_lookup(regs->eip);

	printk("%s, vector %u, error code %04x\n", exception_name(regs->vector), regs->vector,
	       regs->error_code);
	printk("eip %08x  cs  %04x  eflags %08x  %s\n", regs->eip, regs->cs & 0xFFFF, regs->eflags,
	       s ? s->name : "");
	printk("eax %08x  ebx %08x  ecx %08x  edx %08x\n", regs->eax, regs->ebx, regs->ecx,
	       regs->edx);
	printk("esi %08x  edi %08x  ebp %08x  esp %08x\n", regs->esi, regs->edi, regs->ebp,
	       trap_frame_esp(regs));
	printk("ds  %04x  es  %04x  fs  %04x  gs  %04x  ss  %04x\n", regs->ds & 0xFFFF,
	       regs->es & 0xFFFF, regs->fs & 0xFFFF, regs->gs & 0xFFFF,
	       guest ? regs->ss & 0xFFFF : HYPERVISOR_DS);
	printk("cr0 %08x  cr2 %08x  cr3 %08x  cr4 %08x\n", read_cr0(), read_cr2(), read_cr3(),
	       read_cr4());
}

static void default_exception(struct trap_frame *regs)
{
	vaddr_t fixup = 0;

	if (!from_guest(regs) && regs->vector != VECTOR_NMI && regs->vector != VECTOR_MACHINE_CHECK)
		fixup = extable_search(__start_extable, (size_t)(__stop_extable - __start_extable),
				       regs->eip);
	if (fixup) {
		regs->eip = fixup;
		return;
	}

	if (regs->vector == VECTOR_PAGE_FAULT)
		panic_with_frame(
			regs, "page fault: %s %08x, which is %s",
			regs->error_code & PAGE_FAULT_WRITE ? "writing to" : "reading", read_cr2(),
			regs->error_code & PAGE_FAULT_PROTECTION ? "protected" : "not present");
	panic_with_frame(regs, "%s", exception_name(regs->vector));
}

/* INT3 in the hypervisor: someone wants to see the registers. */
static void default_breakpoint(struct trap_frame *regs)
{
	dump_registers(regs);
}

static void default_interrupt(struct trap_frame *regs)
{
	printk("unexpected interrupt, vector %u\n", regs->vector);
}

static exception_handler_t *default_handler(unsigned vector)
{
	if (vector == VECTOR_BREAKPOINT)
		return default_breakpoint;
	return vector < NR_EXCEPTIONS ? default_exception : default_interrupt;
}

exception_handler_t *set_exception_handler(unsigned vector, exception_handler_t *handler)
{
	exception_handler_t *before;

	ASSERT(vector < IDT_ENTRIES);
	before = handlers[vector] ? handlers[vector] : default_handler(vector);
	handlers[vector] = handler;
	return before;
}

void do_exception(struct trap_frame *regs)
{
	exception_handler_t *handler = handlers[regs->vector];

	if (!handler)
		handler = default_handler(regs->vector);
	handler(regs);
}
