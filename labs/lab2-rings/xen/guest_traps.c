/* SPDX-License-Identifier: MIT */
/*
 * What becomes of an exception: one of the running guest's is emulated, or handed to the guest's
 * kernel; one of the hypervisor's own is as lab 1 left it.
 */
#include <xen/domain.h>
#include <xen/guest_debugreg.h>
#include <xen/guest_traps.h>
#include <xen/io.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/processor.h>
#include <xen/sched.h>
#include <xen/string.h>
#include <xen/subsystem.h>

/* A general protection fault's error code, where an INT instruction found a gate closed. */
#define ERROR_CODE_IDT      0x2
#define ERROR_CODE_EXTERNAL 0x1

/* INT n has two bytes. */
#define INT_INSTRUCTION_BYTES 2

#define PIC_MASTER_MASK 0x21
#define PIC_SLAVE_MASK  0xA1

/* What lab 1 does about an exception of the hypervisor's own. */
static exception_handler_t *own_handler[NR_EXCEPTIONS];

/*
 * Does the trap table let the guest's code in this ring raise the vector by INT? The error code
 * says which gate it was.
 */
static bool is_software_interrupt(const struct trap_frame *regs, unsigned *vector)
{
	if ((regs->error_code & (ERROR_CODE_IDT | ERROR_CODE_EXTERNAL)) != ERROR_CODE_IDT)
		return false;
	*vector = regs->error_code >> 3 & 0xFF;
	return (current->trap_table[*vector].flags & TI_DPL) >= (regs->cs & SELECTOR_RPL);
}

/*
 * A fault on the way out, in exception_exit: a segment register, or CS:EIP or SS:ESP, that the
 * processor does not accept. What has been popped already is in the registers, and the fault has
 * overwritten its place; both frames have one layout, so it goes back as one piece.
 */
static void NORETURN guest_cannot_be_resumed(struct trap_frame *fault)
{
	struct trap_frame *regs = guest_regs();
	uint32_t popped = trap_frame_esp(fault) - (vaddr_t)(uintptr_t)regs;
	unsigned vector = fault->vector, error_code = fault->error_code;

	/* Before IRET the vector and the error code have been popped as well, into nothing. */
	if (popped > offsetof(struct trap_frame, vector))
		popped = offsetof(struct trap_frame, vector);
	memmove(regs, fault, popped);
	regs->vector = vector; /* for the report */
	regs->error_code = error_code;
	domain_crash("its registers cannot be restored: %s, error code %04x",
		     exception_name(vector), error_code);
	guest_exit(regs);
	enter_guest();
}

/* What loading a selector, or IRET, can raise: an NMI may come there too, and is nobody's fault. */
static bool is_selector_fault(unsigned vector)
{
	return vector == VECTOR_NO_SEGMENT || vector == VECTOR_STACK_FAULT ||
	       vector == VECTOR_GENERAL_PROTECTION;
}

static bool is_fault_on_way_out(const struct trap_frame *regs)
{
	return is_selector_fault(regs->vector) && regs->eip >= (vaddr_t)(uintptr_t)exception_exit &&
	       regs->eip < (vaddr_t)(uintptr_t)exception_exit_end;
}

/*
 * The same of an exception of the hypervisor's own: while a guest is served, FS and GS hold what
 * the guest had in them, and its GDT may have lost that meanwhile. The hypervisor does not use
 * them: any value will do until the guest's own frame is restored.
 */
static void drop_segment(struct trap_frame *fault)
{
	*(uint32_t *)(uintptr_t)trap_frame_esp(fault) = 0;
}

static void NOINLINE own_exception(struct trap_frame *regs)
{
	if (is_fault_on_way_out(regs) && trap_frame_esp(regs) >= (vaddr_t)(uintptr_t)guest_regs())
		guest_cannot_be_resumed(regs);
	else if (is_fault_on_way_out(regs))
		drop_segment(regs);
	else if (regs->vector == VECTOR_DEBUG)
		write_dr6(0); /* a guest watches memory of its own that we touched */
	else
		own_handler[regs->vector](regs);
}

/* To the guest's handler for a vector. */
static inline void bounce(struct trap_frame *regs, unsigned vector, bool has_error_code)
{
	const struct trap_info *t = &current->trap_table[vector];
	struct guest_trap trap;

	trap.cs = t->cs;
	trap.eip = t->address;
	trap.has_error_code = has_error_code;
	trap.error_code = has_error_code ? regs->error_code : 0;
	trap.mask_events = t->flags & TI_MASK;
	create_bounce_frame(regs, &trap);
}

static inline void bounce_exception(struct trap_frame *regs, unsigned vector)
{
	if (current->trap_table[vector].address)
		bounce(regs, vector, VECTOR_HAS_ERROR_CODE(vector));
	else
		domain_crash("no handler for %s, vector %u", exception_name(vector), vector);
}

/*
 * By itself among the exceptions, since so much of what a guest does comes by it: privileged
 * instructions, and INT.
 */
static void general_protection(struct trap_frame *regs)
{
	unsigned vector;

	if (!from_guest(regs)) {
		own_exception(regs);
		return;
	}
	if (is_software_interrupt(regs, &vector)) {
		regs->eip += INT_INSTRUCTION_BYTES;
		bounce(regs, vector, false);
	} else if (regs->error_code || !emulate_privileged(regs)) {
		bounce_exception(regs, VECTOR_GENERAL_PROTECTION);
	}
	guest_exit(regs);
}

/* Does the hypervisor's part; true if nothing is left for the guest's kernel to do. */
static bool settle(struct trap_frame *regs)
{
	switch (regs->vector) {
	case VECTOR_PAGE_FAULT:
		vcpu_info(current)->arch.cr2 = read_cr2();
		return false;
	case VECTOR_NO_DEVICE:
		return !fpu_give(current);
	case VECTOR_INVALID_OPCODE:
		return emulate_forced_cpuid(regs);
	case VECTOR_DEBUG:
		debugregs_note_cause();
		return false;
	case VECTOR_NMI:
	case VECTOR_DOUBLE_FAULT:
	case VECTOR_MACHINE_CHECK:
		panic_with_frame(regs, "%s", exception_name(regs->vector));
	default:
		return false;
	}
}

static void other_exception(struct trap_frame *regs)
{
	if (!from_guest(regs)) {
		own_exception(regs);
		return;
	}
	if (!settle(regs))
		bounce_exception(regs, regs->vector);
	guest_exit(regs);
}

static void guest_traps_init(void)
{
	for (unsigned vector = 0; vector < NR_EXCEPTIONS; vector++)
		own_handler[vector] = set_exception_handler(vector, other_exception);
	set_exception_handler(VECTOR_GENERAL_PROTECTION, general_protection);

	/* Guests run with interrupts on, and nobody handles one before lab 4. */
	outb(PIC_MASTER_MASK, 0xFF);
	outb(PIC_SLAVE_MASK, 0xFF);
}

SUBSYSTEM(guest_traps) = {
	.name = "guests' traps",
	.init = guest_traps_init,
};
