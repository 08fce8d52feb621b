/* SPDX-License-Identifier: MIT */
/*
 * The top 64 MiB of every address space (handouts/abi.md, section 1).
 *
 * This header is also read by the assembler and by the linker script, so it
 * holds nothing but plain numbers.
 */
#ifndef XEN_LAYOUT_H
#define XEN_LAYOUT_H

/* Everything from here up is the hypervisor's; below, the guest's. */
#define HYPERVISOR_VIRT_START 0xFC000000

#define RO_MPT_VIRT_START     0xFC000000 /* machine-to-physical table, for guests */
#define FRAMETABLE_VIRT_START 0xFC400000
#define RDWR_MPT_VIRT_START   0xFDC00000 /* the same table, writable for us */
#define LINEAR_PT_VIRT_START  0xFE000000
#define PERDOMAIN_VIRT_START  0xFE400000 /* the running guest's GDT and LDT */
#define MAPCACHE_VIRT_START   0xFE800000
#define DIRECTMAP_VIRT_START  0xFEC00000
#define DIRECTMAP_VIRT_END    0xFFC00000
#define IOREMAP_VIRT_START    0xFFC00000

/* The direct map: this much memory, from physical address 0 on. */
#define DIRECTMAP_BYTES 0x01000000

/* Where a boot loader puts the image. */
#define IMAGE_LOAD_ADDRESS 0x00100000

/* A flat guest segment ends with the table that guests may read (ABI, section 1). */
#define GUEST_SEGMENT_LIMIT 0xFC3FFFFF

/* The hypervisor's one stack. */
#define STACK_BYTES 0x2000

/* At its top, a guest's struct trap_frame when it traps; rounded up to 16. */
#define GUEST_FRAME_ROOM 80

#endif
