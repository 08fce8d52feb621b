/* SPDX-License-Identifier: MIT */
/*
 * What keeps ring 1 out of the hypervisor: segment limits. Each access past the last byte of a flat
 * segment is a fault, which comes to this kernel like any other; and it goes on.
 *
 * For a machine that checks limits, which QEMU's does not.
 */
#include <guest/ring3.h>
#include <guest/start.h>
#include <guest/traps.h>

#include <tests/ktap.h>

#define STACK_FAULT        12
#define GENERAL_PROTECTION 13
#define PAGE_FAULT         14
#define NONE               0xFF

/* The last word that a flat segment has; nothing is mapped there in stage 2. */
#define LAST_WORD 0xFC3FFFFCu

static volatile uint32_t seen;
static uint32_t resume __attribute__((used));

static void note(struct guest_frame *frame)
{
	seen = frame->vector;
	frame->eip = resume;
}

/* Which exception the instruction raises; `address` is in EBX. */
#define EXCEPTION_OF(instruction, address)                                 \
	({                                                                 \
		seen = NONE;                                               \
		__asm__ volatile("movl $1f, resume\n\t" instruction "\n1:" \
				 :                                         \
				 : "b"(address)                            \
				 : "eax", "ecx", "edx", "memory");         \
		seen;                                                      \
	})

static void expect(const char *name, uint32_t vector, uint32_t expected)
{
	ktap_result(ktap_equal("the exception's vector", vector, expected), name);
}

static uint32_t read_in_ring3(uint32_t address)
{
	return EXCEPTION_OF("movl (%%ebx), %%eax", address);
}

void guest_main(void)
{
	set_guest_handler(STACK_FAULT, note, 0);
	set_guest_handler(GENERAL_PROTECTION, note, 0);
	set_guest_handler(PAGE_FAULT, note, 0);

	ktap_begin(9);
	expect("read-direct-map", EXCEPTION_OF("movl (%%ebx), %%eax", 0xFEC00000),
	       GENERAL_PROTECTION);
	expect("write-direct-map", EXCEPTION_OF("movl %%eax, (%%ebx)", 0xFEC00000),
	       GENERAL_PROTECTION);
	expect("read-frame-table", EXCEPTION_OF("movl (%%ebx), %%eax", 0xFC400000),
	       GENERAL_PROTECTION);
	expect("write-frame-table", EXCEPTION_OF("movl %%eax, (%%ebx)", 0xFC400000),
	       GENERAL_PROTECTION);
	expect("write-through-the-stack-segment",
	       EXCEPTION_OF("movl %%eax, %%ss:(%%ebx)", 0xFC400000), STACK_FAULT);
	expect("across-the-border", EXCEPTION_OF("movl (%%ebx), %%eax", LAST_WORD + 2),
	       GENERAL_PROTECTION);
	expect("the-last-word", EXCEPTION_OF("movl (%%ebx), %%eax", LAST_WORD), PAGE_FAULT);
	expect("call-into-the-hypervisor", EXCEPTION_OF("call *%%ebx", 0xFED01000),
	       GENERAL_PROTECTION);
	expect("read-in-ring-3", run_in_ring3(read_in_ring3, 0xFEC00000), GENERAL_PROTECTION);
}
