/* SPDX-License-Identifier: MIT */
#include <xen/idt.h>
#include <xen/processor.h>
#include <xen/selectors.h>
#include <xen/traps.h>

struct gate idt[IDT_ENTRIES] __attribute__((aligned(8)));

struct gate make_gate(vaddr_t handler, uint16_t selector, unsigned type, unsigned dpl)
{
#ifdef SOLVED
	return (struct gate){
		.offset_low = handler & 0xFFFF,
		.offset_high = handler >> 16,
		.selector = selector,
		.type = type,
		.dpl = dpl,
		.present = 1,
	};
#else
	/* Lab 1, exercise 1.4: your code here. */
	(void)handler;
	(void)selector;
	(void)type;
	(void)dpl;
	return (struct gate){ 0 };
#endif
}

/*
 * INT3 and INTO are the two that a guest may execute at any privilege level;
 * INT n to any other vector faults, and lab 2 looks at what n was.
 */
static unsigned gate_dpl(unsigned vector)
{
	return vector == VECTOR_BREAKPOINT || vector == VECTOR_OVERFLOW ? 3 : 0;
}

void idt_init(void)
{
	const struct table_register idtr = {
		.limit = sizeof(idt) - 1,
		.base = (vaddr_t)(uintptr_t)idt,
	};

	for (unsigned vector = 0; vector < IDT_ENTRIES; vector++)
		idt[vector] = make_gate(exception_stubs[vector], HYPERVISOR_CS, GATE_INTERRUPT,
					gate_dpl(vector));
	load_idt(&idtr);
}
