/* SPDX-License-Identifier: MIT */
/*
 * The processor as a guest may program it: trap tables and flat segments.
 * Source: ABI, sections 1 and 6.
 */
#ifndef PUBLIC_ARCH_X86_32_H
#define PUBLIC_ARCH_X86_32_H

/* Selectors that need no set_gdt; one for ring 1 and one for ring 3 each. */
#define FLAT_RING1_CS  0xE019
#define FLAT_RING1_DS  0xE021
#define FLAT_RING1_SS  0xE021
#define FLAT_RING3_CS  0xE02B
#define FLAT_RING3_DS  0xE033
#define FLAT_RING3_SS  0xE033
#define FLAT_KERNEL_CS FLAT_RING1_CS
#define FLAT_KERNEL_DS FLAT_RING1_DS
#define FLAT_USER_CS   FLAT_RING3_CS
#define FLAT_USER_DS   FLAT_RING3_DS

/* The hypervisor owns everything from here up. */
#define HYPERVISOR_VIRT_START 0xFC000000

/* trap_info.flags */
#define TI_DPL  0x03 /* outermost ring whose INT instruction may raise it */
#define TI_MASK 0x04 /* events are masked when the handler begins */

/*
 * The word for CS in a bounce frame: bits 16 to 23 are the event mask that was
 * in force.
 */
#define BOUNCE_CS_MASK_SHIFT 16

/* Makes CPUID answer as the hypervisor wants: UD2 and "xen" before it. */
#define XEN_EMULATE_PREFIX ".byte 0x0F, 0x0B, 0x78, 0x65, 0x6E\n\t"

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

/* An entry of the trap table; address 0 ends the table. */
struct trap_info {
	uint8_t vector;
	uint8_t flags;
	uint16_t cs;
	uint32_t address;
};

_Static_assert(sizeof(struct trap_info) == 8, "ABI, section 6");

#endif /* !__ASSEMBLER__ */

#endif
