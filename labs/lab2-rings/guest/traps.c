/* SPDX-License-Identifier: MIT */
#include <guest/hypercall.h>
#include <guest/start.h>
#include <guest/traps.h>

extern const uint32_t guest_stubs[256];

static guest_handler *handlers[256];

void guest_trap(struct guest_frame *frame);

void guest_trap(struct guest_frame *frame)
{
	if (!handlers[frame->vector])
		guest_panic("a trap that nobody handles");
	handlers[frame->vector](frame);
}

uint32_t guest_stub(unsigned vector)
{
	return guest_stubs[vector];
}

void set_guest_handler(unsigned vector, guest_handler *handler, unsigned dpl)
{
	const struct trap_info table[] = {
		{ (uint8_t)vector, (uint8_t)dpl, FLAT_KERNEL_CS, guest_stubs[vector] },
		{ 0 },
	};

	handlers[vector] = handler;
	if (hypervisor_set_trap_table(table) != 0)
		guest_panic("set_trap_table failed");
}
