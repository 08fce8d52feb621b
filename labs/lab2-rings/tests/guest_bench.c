/* SPDX-License-Identifier: MIT */
/*
 * What the way into the hypervisor and back costs: each operation once, between two labels. The
 * grader stops the machine at both and takes the difference of its instruction counts.
 *
 * Two such domains make the yield from one to the other.
 */
#include <guest/hypercall.h>
#include <guest/ring3.h>
#include <guest/start.h>
#include <guest/traps.h>

#define UNDEFINED_HYPERCALL 55
#define BOUNCED_VECTOR      0x81
#define HYPERVISOR_SELECTOR 0xE008
#define NOWHERE             0xF0000000u /* nothing is mapped there */

/* Labels around one instruction; the grader knows them as bench_NAME and bench_NAME_after. */
#define MEASURED(name, instruction)                       \
	".globl bench_" name ", bench_" name "_after\n\t" \
	"bench_" name ": " instruction "\n"               \
	"bench_" name "_after:\n\t"

#define MEASURED_HYPERCALL(name, number, a, b)                     \
	do {                                                       \
		uint32_t eax = (number), ebx = (a), ecx = (b);     \
                                                                   \
		__asm__ volatile(MEASURED(name, "int $0x82")       \
				 : "+a"(eax), "+b"(ebx), "+c"(ecx) \
				 :                                 \
				 : "edx", "esi", "edi", "memory"); \
	} while (0)

/* Goes on after the instruction that faulted, which has two bytes. */
static void skip_two_bytes(struct guest_frame *frame)
{
	frame->eip += 2;
}

static void go_on(struct guest_frame *frame)
{
	(void)frame;
}

static uint32_t program(uint32_t argument)
{
	__asm__ volatile(MEASURED("int81", "int $0x81") : : : "memory");
	__asm__ volatile(MEASURED("fault_ring3", "movl (%0), %0") : "+r"(argument) : : "memory");
	__asm__ volatile(MEASURED("int80", "int $0x80") : : "a"(0) : "memory");
	return 0;
}

static void hypercalls(void)
{
	uint32_t stack[16];

	MEASURED_HYPERCALL("null", __HYPERVISOR_xen_version, XENVER_version, 0);
	MEASURED_HYPERCALL("undefined", UNDEFINED_HYPERCALL, 0, 0);
	MEASURED_HYPERCALL("stack_switch", __HYPERVISOR_stack_switch, FLAT_KERNEL_DS,
			   address_of(&stack[16]));
	MEASURED_HYPERCALL("fpu_taskswitch", __HYPERVISOR_fpu_taskswitch, 1, 0);
	hypervisor_fpu_taskswitch(0);
}

static void exceptions(void)
{
	uint32_t cr0, address = NOWHERE;

	set_guest_handler(6, skip_two_bytes, 1);
	set_guest_handler(13, skip_two_bytes, 1);
	set_guest_handler(14, skip_two_bytes, 1);
	set_guest_handler(BOUNCED_VECTOR, go_on, 3);

	__asm__ volatile(MEASURED("gp", "movl %0, %%ds") : : "r"(HYPERVISOR_SELECTOR) : "memory");
	__asm__ volatile(MEASURED("fault_ring1", "movl (%0), %0") : "+r"(address) : : "memory");
	__asm__ volatile(MEASURED("ud2", "ud2") : : : "memory");
	__asm__ volatile(MEASURED("mov_cr0", "movl %%cr0, %0") : "=r"(cr0));
	run_in_ring3(program, NOWHERE);
}

/* Not inlined: its labels are to stand once in the program. */
static void __attribute__((noinline)) yield(void)
{
	MEASURED_HYPERCALL("yield", __HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

void guest_main(void)
{
	hypercalls();
	exceptions();
	/* The second time around, the other domain waits behind a yield of its own. */
	for (int i = 0; i < 3; i++)
		yield();
}
