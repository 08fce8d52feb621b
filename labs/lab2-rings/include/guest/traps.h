/* SPDX-License-Identifier: MIT */
/*
 * Exceptions and software interrupts of the guest itself, as the hypervisor bounces
 * them (ABI, section 6).
 */
#ifndef GUEST_TRAPS_H
#define GUEST_TRAPS_H

#include <public/arch-x86_32.h>

/* The guest's stack when a handler in C runs; the lowest address first. */
struct guest_frame {
	uint32_t gs, fs, es, ds;
	uint32_t edi, esi, ebp, esp_at_pushal, ebx, edx, ecx, eax;
	uint32_t vector;
	uint32_t error_code; /* 0 where none was pushed */
	uint32_t eip;
	uint16_t cs;
	uint16_t saved_mask; /* the event mask that was in force */
	uint32_t eflags;
	uint32_t esp, ss; /* only out of ring 3 */
};

typedef void guest_handler(struct guest_frame *frame);

/*
 * Sets the handler of a vector, and which rings may raise it by INT: 1 or 3. Other
 * handlers stay. The vectors that the library has stubs for are 0 to 31, 0x80 and
 * 0x81.
 */
void set_guest_handler(unsigned vector, guest_handler *handler, unsigned dpl);

/* The address of a vector's stub, for those who make a trap table themselves. */
uint32_t guest_stub(unsigned vector);

/* The address of the last page fault, by an instruction that the hypervisor emulates. */
static inline uint32_t read_cr2(void)
{
	uint32_t address;

	__asm__ volatile("movl %%cr2, %0" : "=r"(address));
	return address;
}

#endif
