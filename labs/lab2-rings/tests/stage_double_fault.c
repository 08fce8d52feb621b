/* SPDX-License-Identifier: MIT */
/*
 * Lab 2: the hypervisor loses its stack. The page fault of the push cannot be delivered, and
 * the panic must come from the double fault's own task.
 */
#include <xen/layout.h>

#include <tests/stage_test.h>

STAGE_TEST(double_fault, "double-fault")
{
	ktap_begin(1);
	__asm__ volatile("movl %0, %%esp\n\t"
			 "pushl $0"
			 :
			 : "i"(IOREMAP_VIRT_START + 0x1000)
			 : "memory");
	ktap_result(false, "went-on-without-a-stack");
}
