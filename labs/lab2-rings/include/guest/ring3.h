/* SPDX-License-Identifier: MIT */
/* A piece of the guest in ring 3. */
#ifndef GUEST_RING3_H
#define GUEST_RING3_H

/* How ring 3 calls its kernel; and with which EAX it comes back for good. */
#define RING3_VECTOR 0x80
#define RING3_RETURN 0xFFFFFFFF

#ifndef __ASSEMBLER__

#include <stdint.h>

/*
 * Calls fn(argument) in ring 3, on a stack of its own, and comes back when it
 * executes `int $0x80` with EAX RING3_RETURN, as its return does. Gives what it
 * returned. Traps meanwhile land on the kernel's stack as it is now.
 *
 * It owns vector 0x80: set_guest_handler() for it afterwards, or before, is lost;
 * other values of EAX go to ring3_system_call.
 */
uint32_t run_in_ring3(uint32_t (*fn)(uint32_t argument), uint32_t argument);

/* Handles `int $0x80` of ring 3; what it returns ends up in EAX. NULL: 0. */
extern uint32_t (*ring3_system_call)(uint32_t eax, uint32_t ebx);

static inline uint32_t system_call(uint32_t eax, uint32_t ebx)
{
	__asm__ volatile("int %[vector]"
			 : "+a"(eax)
			 : "b"(ebx), [vector] "i"(RING3_VECTOR)
			 : "memory");
	return eax;
}

#endif /* !__ASSEMBLER__ */

#endif
