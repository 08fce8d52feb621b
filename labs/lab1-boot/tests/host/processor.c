/* SPDX-License-Identifier: MIT */
#include <xen/processor.h>

struct processor processor;

void load_gdt(const struct table_register *gdtr)
{
	processor.gdtr = *gdtr;
	processor.segments_reloaded = false;
}

void load_idt(const struct table_register *idtr)
{
	processor.idtr = *idtr;
}
