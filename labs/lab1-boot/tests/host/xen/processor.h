/* SPDX-License-Identifier: MIT */
/* The processor, with a model in the place of the instructions that load its tables. */
#ifndef HOST_XEN_PROCESSOR_H
#define HOST_XEN_PROCESSOR_H

#define load_gdt           load_gdt_on_the_machine
#define load_idt           load_idt_on_the_machine
#define load_task_register load_task_register_on_the_machine

#include_next <xen/processor.h>

#undef load_gdt
#undef load_idt
#undef load_task_register

/* What the model has loaded. */
struct processor {
	struct table_register gdtr;
	struct table_register idtr;
	uint16_t task_register;
	bool segments_reloaded; /* since the last LGDT */
};

extern struct processor processor;

void load_gdt(const struct table_register *gdtr);
void load_idt(const struct table_register *idtr);

/* Checks the descriptor as the instruction does, and marks the TSS busy. */
void load_task_register(uint16_t selector);

#endif
