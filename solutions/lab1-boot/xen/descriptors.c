/* SPDX-License-Identifier: MIT */
#include <xen/descriptors.h>
#include <xen/page.h>
#include <xen/processor.h>
#include <xen/stack.h>

struct segment_descriptor gdt[GDT_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
struct tss hypervisor_tss;

struct segment_descriptor make_descriptor(vaddr_t base, uint32_t limit, unsigned type, unsigned dpl)
{
#ifdef SOLVED
	bool pages = limit > 0xFFFFF;
	uint32_t units = pages ? limit >> PAGE_SHIFT : limit;

	return (struct segment_descriptor){
		.limit_low = units & 0xFFFF,
		.limit_high = units >> 16,
		.base_low = base & 0xFFFFFF,
		.base_high = base >> 24,
		.type = type,
		.dpl = dpl,
		.present = 1,
		.big = (type & DESC_NOT_SYSTEM) != 0,
		.granularity = pages,
	};
#else
	/* Lab 1, exercise 1.3: your code here. */
	(void)base;
	(void)limit;
	(void)type;
	(void)dpl;
	return (struct segment_descriptor){ 0 };
#endif
}

#ifdef SOLVED
static void set_descriptor(uint16_t selector, struct segment_descriptor descriptor)
{
	gdt[SELECTOR_INDEX(selector)] = descriptor;
}
#endif

void descriptors_init(void)
{
#ifdef SOLVED
	const struct table_register gdtr = {
		.limit = (FIRST_RESERVED_GDT_PAGE + 1) * PAGE_SIZE - 1,
		.base = (vaddr_t)(uintptr_t)gdt,
	};

	set_descriptor(HYPERVISOR_CS, make_descriptor(0, 0xFFFFFFFF, DESC_CODE_RX, 0));
	set_descriptor(HYPERVISOR_DS, make_descriptor(0, 0xFFFFFFFF, DESC_DATA_RW, 0));
	set_descriptor(GUEST_KERNEL_CS, make_descriptor(0, GUEST_SEGMENT_LIMIT, DESC_CODE_RX, 1));
	set_descriptor(GUEST_KERNEL_DS, make_descriptor(0, GUEST_SEGMENT_LIMIT, DESC_DATA_RW, 1));
	set_descriptor(GUEST_USER_CS, make_descriptor(0, GUEST_SEGMENT_LIMIT, DESC_CODE_RX, 3));
	set_descriptor(GUEST_USER_DS, make_descriptor(0, GUEST_SEGMENT_LIMIT, DESC_DATA_RW, 3));

	hypervisor_tss.ss0 = HYPERVISOR_DS;
	hypervisor_tss.esp0 = (vaddr_t)(uintptr_t)hypervisor_stack_top;
	hypervisor_tss.iomap_base = sizeof(hypervisor_tss);
	set_descriptor(TSS_SELECTOR,
		       make_descriptor((vaddr_t)(uintptr_t)&hypervisor_tss,
				       sizeof(hypervisor_tss) - 1, DESC_TSS_AVAILABLE, 0));

	load_gdt(&gdtr);
	reload_segments();
	load_task_register(TSS_SELECTOR);
#else
	/* Lab 1, exercise 1.3: your code here. */
#endif
}
