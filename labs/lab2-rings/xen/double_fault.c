/* SPDX-License-Identifier: MIT */
/*
 * A double fault: an exception whose handler could not be entered, most likely because there
 * is no stack to enter it on. So the handler is a task of its own, with a TSS and a stack that
 * the processor changes to by itself; what it interrupted it leaves in the TSS that was in use.
 * Source: Intel SDM 3A, 6.15 "Interrupt 8" and 7.3 "Task Switching".
 */
#include <xen/boot_map.h>
#include <xen/descriptors.h>
#include <xen/idt.h>
#include <xen/page.h>
#include <xen/panic.h>
#include <xen/processor.h>
#include <xen/subsystem.h>
#include <xen/traps.h>

/* The next free entries of the GDT's reserved page, behind the TSS and the LDT. */
#define DOUBLE_FAULT_TSS_SELECTOR 0xE050

#define DOUBLE_FAULT_STACK_BYTES 4096

static struct tss double_fault_tss;
static uint8_t double_fault_stack[DOUBLE_FAULT_STACK_BYTES] __attribute__((aligned(16)));

static void NORETURN double_fault(void)
{
	const struct tss *was = &hypervisor_tss;
	const struct trap_frame regs = {
		.gs = was->gs,
		.fs = was->fs,
		.es = was->es,
		.ds = was->ds,
		.edi = was->edi,
		.esi = was->esi,
		.ebp = was->ebp,
		.ebx = was->ebx,
		.edx = was->edx,
		.ecx = was->ecx,
		.eax = was->eax,
		.vector = VECTOR_DOUBLE_FAULT,
		.eip = was->eip,
		.cs = was->cs,
		.eflags = was->eflags,
	};

	panic_with_frame(&regs, "double fault, with the stack pointer at %08x", was->esp);
}

static void double_fault_init(void)
{
	double_fault_tss = (struct tss){
		.cr3 = virt_to_maddr(idle_pg_table),
		.eip = (vaddr_t)(uintptr_t)double_fault,
		.eflags = EFLAGS_ALWAYS_SET,
		.esp = (vaddr_t)(uintptr_t)(double_fault_stack + sizeof(double_fault_stack)),
		.cs = HYPERVISOR_CS,
		.ss = HYPERVISOR_DS,
		.ds = HYPERVISOR_DS,
		.es = HYPERVISOR_DS,
		.fs = HYPERVISOR_DS,
		.gs = HYPERVISOR_DS,
		.iomap_base = sizeof(double_fault_tss),
	};
	gdt[SELECTOR_INDEX(DOUBLE_FAULT_TSS_SELECTOR)] =
		make_descriptor((vaddr_t)(uintptr_t)&double_fault_tss, sizeof(double_fault_tss) - 1,
				DESC_TSS_AVAILABLE, 0);
	idt[VECTOR_DOUBLE_FAULT] = make_gate(0, DOUBLE_FAULT_TSS_SELECTOR, GATE_TASK, 0);
}

SUBSYSTEM(double_fault) = {
	.name = "double faults",
	.init = double_fault_init,
};
