/* SPDX-License-Identifier: MIT */
/*
 * Segment descriptors, the global descriptor table and the task state segment.
 * Source: Intel SDM 3A, 3.4.5 "Segment Descriptors" and 7.2 "Task Management
 * Data Structures"; the selectors are those of handouts/abi.md, section 1.
 */
#ifndef XEN_DESCRIPTORS_H
#define XEN_DESCRIPTORS_H

#include <xen/selectors.h>
#include <xen/types.h>

struct segment_descriptor {
	uint32_t limit_low   : 16;
	uint32_t base_low    : 24;
	uint32_t type        : 5; /* bit 4 is S: code or data, not system */
	uint32_t dpl         : 2;
	uint32_t present     : 1;
	uint32_t limit_high  : 4;
	uint32_t available   : 1;
	uint32_t long_mode   : 1;
	uint32_t big         : 1; /* D/B: 32-bit code or stack */
	uint32_t granularity : 1; /* G: the limit counts pages */
	uint32_t base_high   : 8;
} __attribute__((packed));

_Static_assert(sizeof(struct segment_descriptor) == 8, "as the processor has it");

/* Values of `type`, S included. */
#define DESC_LDT           0x02
#define DESC_TSS_AVAILABLE 0x09
#define DESC_TSS_BUSY      0x0B
#define DESC_DATA_RW       0x12
#define DESC_CODE_RX       0x1A
#define DESC_NOT_SYSTEM    0x10

/* 32-bit task state segment. Only the fields that we use have names. */
struct tss {
	uint32_t link;
	uint32_t esp0; /* the stack that a trap into ring 0 lands on */
	uint32_t ss0;
	uint32_t esp1;
	uint32_t ss1;
	uint32_t esp2;
	uint32_t ss2;
	uint32_t cr3;
	uint32_t eip;
	uint32_t eflags;
	uint32_t eax, ecx, edx, ebx, esp, ebp, esi, edi;
	uint32_t es, cs, ss, ds, fs, gs;
	uint32_t ldt;
	uint16_t trace;
	uint16_t iomap_base; /* offset of the I/O bitmap; past the limit: none */
} __attribute__((packed));

_Static_assert(sizeof(struct tss) == 104, "as the processor has it");
_Static_assert(offsetof(struct tss, iomap_base) == 102, "as the processor has it");

/* All 16 pages; only the last but one, the reserved page, is in use in lab 1. */
extern struct segment_descriptor gdt[GDT_ENTRIES];
extern struct tss hypervisor_tss;

/*
 * A present descriptor.
 *
 *   base   linear address of the segment's first byte
 *   limit  offset of its last byte; from 1 MiB on it is kept in pages, and its
 *          low 12 bits then count as ones
 *   type   DESC_…
 *   dpl    0 to 3
 *
 * Code and data are 32-bit. System segments have the D/B bit clear.
 */
struct segment_descriptor make_descriptor(vaddr_t base, uint32_t limit, unsigned type,
					  unsigned dpl);

/*
 * Fills the reserved page of the GDT with the ABI's flat segments and the
 * TSS's descriptor, prepares the TSS for traps into ring 0, loads GDTR, all
 * segment registers and TR. LDTR is left alone.
 */
void descriptors_init(void);

/* Loads CS with HYPERVISOR_CS and DS, ES, FS, GS and SS with HYPERVISOR_DS. */
static inline void reload_segments(void)
{
	__asm__ volatile("ljmp %0, $1f\n"
			 "1:\n\t"
			 "movl %1, %%ds\n\t"
			 "movl %1, %%es\n\t"
			 "movl %1, %%fs\n\t"
			 "movl %1, %%gs\n\t"
			 "movl %1, %%ss\n"
			 :
			 : "i"(HYPERVISOR_CS), "r"(HYPERVISOR_DS)
			 : "memory");
}

#endif
