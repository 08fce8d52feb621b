/* SPDX-License-Identifier: MIT */
/*
 * What lab 2 shows at its end: a kernel in ring 1 that says hello, and a program in
 * ring 3 whose system call reaches it without the hypervisor.
 */
#include <guest/print.h>
#include <guest/ring3.h>
#include <guest/start.h>

static uint32_t greet(uint32_t eax, uint32_t ebx)
{
	printf("hello from ring 1 again: ring 3 called me with %u and %u\n", eax, ebx);
	return eax + ebx;
}

static uint32_t program(uint32_t argument)
{
	return system_call(argument, 42);
}

void guest_main(void)
{
	uint16_t cs;

	__asm__("movw %%cs, %0" : "=r"(cs));
	printf("hello from ring %u, %s\n", cs & 3u, start_info->magic);
	ring3_system_call = greet;
	printf("ring 3 returned %u\n", run_in_ring3(program, 7));
}
