/* SPDX-License-Identifier: MIT */
/* Which function each hypercall number means, and the ways to call one. */
#include <xen/hypercall.h>
#include <xen/idt.h>
#include <xen/page.h>
#include <xen/selectors.h>
#include <xen/string.h>
#include <xen/subsystem.h>

#define NR_STUBS   128
#define STUB_BYTES 32

hypercall_fn *hypercall_table[NR_HYPERCALLS];

/* mov $number, %eax; int $0x82; ret */
struct __attribute__((packed)) hypercall_stub {
	uint8_t mov_eax;
	uint32_t number;
	uint8_t int_[2];
	uint8_t ret;
};

/* push %eax; mov $number, %eax; int $0x82: jumped to, and never comes back. */
struct __attribute__((packed)) iret_stub {
	uint8_t push_eax;
	uint8_t mov_eax;
	uint32_t number;
	uint8_t int_[2];
};

void fill_hypercall_page(void *page)
{
	memset(page, 0xCC, PAGE_SIZE);
	for (unsigned number = 0; number < NR_STUBS; number++) {
		uint8_t *stub = (uint8_t *)page + number * STUB_BYTES;

		if (number == __HYPERVISOR_iret)
			*(struct iret_stub *)stub = (struct iret_stub){
				.push_eax = 0x50,
				.mov_eax = 0xB8,
				.number = number,
				.int_ = { 0xCD, HYPERCALL_VECTOR },
			};
		else
			*(struct hypercall_stub *)stub = (struct hypercall_stub){
				.mov_eax = 0xB8,
				.number = number,
				.int_ = { 0xCD, HYPERCALL_VECTOR },
				.ret = 0xC3,
			};
	}
}

static void hypercall_init(void)
{
	for (const struct hypercall_record *r = __start_hypercalls; r < __stop_hypercalls; r++)
		hypercall_table[r->number] = r->function;
	idt[HYPERCALL_VECTOR] =
		make_gate((vaddr_t)(uintptr_t)hypercall_entry, HYPERVISOR_CS, GATE_INTERRUPT, 1);
}

SUBSYSTEM(hypercall) = {
	.name = "hypercalls",
	.init = hypercall_init,
};
