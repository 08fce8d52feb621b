/* SPDX-License-Identifier: MIT */
/* The interrupt descriptor table, the gates in it and the TSS, without what loads them. */
#include <string.h>

#include <xen/descriptors.h>
#include <xen/idt.h>
#include <xen/traps.h>

struct gate idt[IDT_ENTRIES];
struct tss hypervisor_tss;

/* In the place of entry.S: a stub every 16 bytes, over a 64 KiB border. */
#define STUB(vector)   (0xFECFF800u + 16 * (vector))
#define STUB4(vector)  STUB(vector), STUB(vector + 1), STUB(vector + 2), STUB(vector + 3)
#define STUB16(vector) STUB4(vector), STUB4(vector + 4), STUB4(vector + 8), STUB4(vector + 12)
#define STUB64(vector) STUB16(vector), STUB16(vector + 16), STUB16(vector + 32), STUB16(vector + 48)

const vaddr_t exception_stubs[IDT_ENTRIES] = { STUB64(0), STUB64(64), STUB64(128), STUB64(192) };

/* All eight bytes at once, as the manual's figure has them. */
struct gate make_gate(vaddr_t handler, uint16_t selector, unsigned type, unsigned dpl)
{
	uint64_t access = 0x80 | (dpl & 3) << 5 | type;
	uint64_t bits = (uint64_t)(handler & ~0xFFFFu) << 32 | access << 40 |
			(uint32_t)selector << 16 | (uint16_t)handler;
	struct gate gate;

	memcpy(&gate, &bits, sizeof(gate));
	return gate;
}
