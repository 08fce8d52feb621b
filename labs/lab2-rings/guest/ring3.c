/* SPDX-License-Identifier: MIT */
#include <guest/hypercall.h>
#include <guest/ring3.h>
#include <guest/start.h>
#include <guest/traps.h>

#define EFLAGS_IF 0x200

uint32_t (*ring3_system_call)(uint32_t eax, uint32_t ebx);

static uint8_t ring3_stack[8192] __attribute__((aligned(16)));

/* ring3_switch.S. Saves the kernel's registers at *saved_esp, and goes to ring 3. */
uint32_t ring3_enter(uint32_t fn, uint32_t esp, uint32_t *saved_esp);
void ring3_leave(uint32_t saved_esp, uint32_t result) __attribute__((noreturn));

static uint32_t saved_esp;

static void on_system_call(struct guest_frame *frame)
{
	if (frame->eax == RING3_RETURN)
		ring3_leave(saved_esp, frame->ebx);
	frame->eax = ring3_system_call ? ring3_system_call(frame->eax, frame->ebx) : 0;
}

uint32_t run_in_ring3(uint32_t (*fn)(uint32_t argument), uint32_t argument)
{
	uint32_t *top = (uint32_t *)(ring3_stack + sizeof(ring3_stack));

	*--top = argument;
	set_guest_handler(RING3_VECTOR, on_system_call, 3);
	return ring3_enter((uint32_t)(uintptr_t)fn, address_of(top), &saved_esp);
}
