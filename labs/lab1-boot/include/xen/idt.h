/* SPDX-License-Identifier: MIT */
/*
 * The interrupt descriptor table and its gates.
 * Source: Intel SDM 3A, 6.10 "IDT" and 6.11 "IDT Descriptors".
 */
#ifndef XEN_IDT_H
#define XEN_IDT_H

#include <xen/types.h>

struct gate {
	uint32_t offset_low  : 16;
	uint32_t selector    : 16;
	uint32_t zero        : 8;
	uint32_t type        : 5; /* bit 4 is S, always clear in a gate */
	uint32_t dpl         : 2;
	uint32_t present     : 1;
	uint32_t offset_high : 16;
} __attribute__((packed));

_Static_assert(sizeof(struct gate) == 8, "as the processor has it");

/* Values of `type`. An interrupt gate clears IF on entry, a trap gate does not. */
#define GATE_TASK      0x05
#define GATE_INTERRUPT 0x0E
#define GATE_TRAP      0x0F

#define IDT_ENTRIES 256

extern struct gate idt[IDT_ENTRIES];

/*
 * A present 32-bit gate.
 *
 *   handler   linear address of its first instruction
 *   selector  code segment that it runs in
 *   type      GATE_…
 *   dpl       the least privileged ring that may reach it by an INT instruction
 */
struct gate make_gate(vaddr_t handler, uint16_t selector, unsigned type, unsigned dpl);

/* Points every vector at its stub in entry.S, and loads IDTR. */
void idt_init(void);

#endif
