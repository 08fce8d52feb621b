/* SPDX-License-Identifier: MIT */
/*
 * A kernel in a flat code segment of its own GDT reads CR0 there: emulated, as in the ABI's
 * segment. In one that does not begin at 0 the hypervisor cannot know the instruction, and
 * the guest gets its general protection fault.
 */
#include <guest/hypercall.h>
#include <guest/start.h>
#include <guest/traps.h>
#include <tests/ktap.h>

#define FLAT_CS    0x0009 /* entry 1, RPL 1 */
#define SHIFTED_CS 0x0011 /* entry 2 */

/* Ring-1 code of 4 GiB in pages, to be cut; its base goes to bits 16 to 39 and 56 to 63. */
#define CODE_DESCRIPTOR 0x00CFBA000000FFFFull
#define BASE_ONE_PAGE   (0x1000ull << 16)

static uint64_t gdt[512] __attribute__((aligned(4096))) = {
	[1] = CODE_DESCRIPTOR,
	[2] = CODE_DESCRIPTOR | BASE_ONE_PAGE,
};

static unsigned faults;

/* The three bytes of `mov %cr0, %eax`. */
static void skip(struct guest_frame *frame)
{
	faults++;
	frame->eip += 3;
}

/* Reads CR0 in another code segment, whose base lies `base` above 0. */
#define READ_CR0_IN(selector, base, value)                               \
	__asm__ volatile("xorl %%eax, %%eax\n\t"                         \
			 "ljmp %1, $1f - %c2\n"                          \
			 "1:\tmovl %%cr0, %%eax\n\t"                     \
			 "ljmp %3, $2f\n"                                \
			 "2:\n"                                          \
			 : "=&a"(value)                                  \
			 : "i"(selector), "i"(base), "i"(FLAT_KERNEL_CS) \
			 : "memory")

void guest_main(void)
{
	const uint32_t frame = virt_to_mfn(gdt);
	uint32_t expected, value;

	ktap_begin(2);
	__asm__ volatile("movl %%cr0, %0" : "=r"(expected));
	set_guest_handler(13, skip, 1);
	ktap_result(ktap_equal("set_gdt", (uint32_t)hypervisor_set_gdt(&frame, 512), 0), "set-gdt");

	READ_CR0_IN(FLAT_CS, 0, value);
	bool ok = ktap_equal("CR0 in a flat segment", value, expected);
	ok &= ktap_equal("faults there", faults, 0);
	READ_CR0_IN(SHIFTED_CS, 0x1000, value);
	ok &= ktap_equal("faults in one with a base", faults, 1);
	ktap_result(ok, "own-segment");
}
