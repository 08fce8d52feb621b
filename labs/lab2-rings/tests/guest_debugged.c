/* SPDX-License-Identifier: MIT */
/*
 * For the tests of the debugger's commands: a guest with a descriptor table of its own that lets
 * another domain run, and then has something in each of its two rings: a system call that reaches
 * it directly, one that is bounced, and an exception in the kernel while it serves the first.
 */
#include <guest/hypercall.h>
#include <guest/print.h>
#include <guest/ring3.h>
#include <guest/start.h>
#include <guest/traps.h>

#define BOUNCED_VECTOR   0x81
#define INVALID_OPCODE   6
#define UD2_BYTES        2
#define GDT_ENTRIES_USED 8

/* Entry 4: data of ring 1, from 0 as far as it may reach. */
static uint32_t descriptors[1024] __attribute__((aligned(4096))) = {
	[2 * 4] = 0x0000FFFF,
	[2 * 4 + 1] = 0x00CFB200,
};

static void set_descriptors(void)
{
	uint32_t frame = virt_to_mfn(descriptors);

	if (hypervisor_set_gdt(&frame, GDT_ENTRIES_USED) != 0)
		guest_panic("set_gdt failed");
}

static void on_invalid_opcode(struct guest_frame *frame)
{
	printf("an invalid opcode in ring %u\n", frame->cs & 3u);
	frame->eip += UD2_BYTES;
}

static void on_bounced_call(struct guest_frame *frame)
{
	printf("a system call by way of the hypervisor\n");
	frame->eax++;
}

static uint32_t serve(uint32_t eax, uint32_t ebx)
{
	__asm__ volatile("ud2");
	return eax + ebx;
}

static uint32_t program(uint32_t argument)
{
	uint32_t answer = system_call(argument, 1);

	__asm__ volatile("int %1" : "+a"(answer) : "i"(BOUNCED_VECTOR) : "memory");
	return answer;
}

void guest_main(void)
{
	set_descriptors();
	set_guest_handler(INVALID_OPCODE, on_invalid_opcode, 1);
	set_guest_handler(BOUNCED_VECTOR, on_bounced_call, 3);
	hypervisor_yield();
	ring3_system_call = serve;
	printf("ring 3 returned %u\n", run_in_ring3(program, 40));
}
