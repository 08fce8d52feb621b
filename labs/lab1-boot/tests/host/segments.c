/* SPDX-License-Identifier: MIT */
/*
 * Loading a segment register or the task register, with those checks of the
 * processor's that catch a GDT which is not ready.
 * Source: Intel SDM 2A/2B, "JMP", "MOV" and "LTR".
 */
#include <test/suite.h>
#include <xen/descriptors.h>
#include <xen/processor.h>

/* The descriptor that the loaded GDT has for a selector. */
static struct segment_descriptor *look_up(const char *instruction, uint16_t selector)
{
	unsigned last_byte = selector | 7;

	EXPECT(processor.gdtr.base == (vaddr_t)(uintptr_t)gdt,
	       "%s of selector %04x: expected GDTR to have the address of gdt by then, saw %s",
	       instruction, selector, processor.gdtr.base ? "another one" : "0");
	EXPECT(last_byte <= processor.gdtr.limit,
	       "%s of selector %04x: expected it within GDTR's limit, saw limit %04x: "
	       "on the machine, a general protection fault",
	       instruction, selector, processor.gdtr.limit);
	return &gdt[SELECTOR_INDEX(selector)];
}

static void check_type(const char *instruction, uint16_t selector, unsigned type)
{
	const struct segment_descriptor *d = look_up(instruction, selector);

	/* The processor itself sets a segment's lowest type bit, accessed, and cares for no other. */
	EXPECT(d->present && (d->type | 1) == (type | 1),
	       "%s of selector %04x: expected a present descriptor of type %02x there by "
	       "then, saw %s of type %02x: on the machine, a fault",
	       instruction, selector, type, d->present ? "one" : "one not present,", d->type);
}

void reload_segments(void)
{
	check_type("far jump", HYPERVISOR_CS, DESC_CODE_RX);
	check_type("move to SS", HYPERVISOR_DS, DESC_DATA_RW);
	processor.segments_reloaded = true;
}

void load_task_register(uint16_t selector)
{
	struct segment_descriptor *d = look_up("LTR", selector);

	EXPECT(d->present && d->type == DESC_TSS_AVAILABLE,
	       "LTR of selector %04x: expected a present descriptor of an available TSS "
	       "(type %02x) there by then, saw %s of type %02x: on the machine, a fault",
	       selector, DESC_TSS_AVAILABLE, d->present ? "one" : "one not present,", d->type);
	d->type = DESC_TSS_BUSY;
	processor.task_register = selector;
}
