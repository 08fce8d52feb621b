/* SPDX-License-Identifier: MIT */
/*
 * From the boot loader to C. The loader leaves us in protected mode, paging
 * off, interrupts off, with flat segments, a magic number in EAX and the
 * physical address of its information in EBX (Multiboot Specification, 3.2).
 */
#include <xen/control_regs.h>
#include <xen/layout.h>

/* The address at which something of the high half lies while paging is off. */
#define PHYS(symbol) ((symbol) - DIRECTMAP_VIRT_START)

#define MULTIBOOT_HEADER_MAGIC 0x1BADB002
#define MULTIBOOT_HEADER_FLAGS 0x00000003 /* modules on pages; a memory map */

	.section .multiboot, "a"
	.align 4
	.long MULTIBOOT_HEADER_MAGIC
	.long MULTIBOOT_HEADER_FLAGS
	.long -(MULTIBOOT_HEADER_MAGIC + MULTIBOOT_HEADER_FLAGS)

/* Linked at the address where it is loaded. */
	.section .boot.text, "ax"

	.globl start
	.type start, @function
start:
	cli
	cld
	/* Below the place of a trapped guest's registers, which boot code fills (lab 2). */
	movl $PHYS(hypervisor_stack_top - GUEST_FRAME_ROOM), %esp
	pushl $0		/* a loader may leave any flag but IF and VM; IRET obeys NT */
	popfl
	xorl %ebp, %ebp		/* backtraces end here */
	pushl %ebx		/* start_xen's second argument */
	pushl %eax		/* and its first */

	/*
	 * Lab 1, exercise 1.1. Fill idle_pg_table with boot_map(), make it the
	 * page directory, allow 4 MiB pages, turn on paging and write protection,
	 * and jump to paging_is_on. Both arguments must stay on the stack.
	 */
#ifdef SOLVED
	pushl $PHYS(idle_pg_table)
	call boot_map
	addl $4, %esp

	movl %cr4, %eax
	orl $CR4_PSE, %eax
	movl %eax, %cr4

	movl $PHYS(idle_pg_table), %eax
	movl %eax, %cr3

	movl %cr0, %eax
	orl $(CR0_PG | CR0_WP), %eax
	movl %eax, %cr0

	movl $paging_is_on, %eax
	jmp *%eax
#else
	/* Your code here. */
#endif
	/* Who comes by here has not jumped. */
	pushl $PHYS(no_paging)
	call PHYS(early_stop)
	.size start, . - start

	.section .text, "ax"

/* Entered by an absolute jump; the stack pointer is a physical address still. */
	.globl paging_is_on
	.type paging_is_on, @function
paging_is_on:
	addl $DIRECTMAP_VIRT_START, %esp

	/*
	 * Lab 1, exercise 1.1, continued. Take away the mapping at address 0, from
	 * idle_pg_table and from the processor's memory of it.
	 */
#ifdef SOLVED
	movl $idle_pg_table, %edi
	movl $(DIRECTMAP_BYTES >> 22), %ecx
	xorl %eax, %eax
	rep stosl
	movl %cr3, %eax
	movl %eax, %cr3
#else
	/* Your code here. */
#endif
	call start_xen		/* does not return */
	ud2
	.size paging_is_on, . - paging_is_on

	.section .rodata, "a"
no_paging:
	.asciz "ring1: stopped: lab 1, exercise 1.1: head.S has not turned on paging\r\n"

	.section .bss, "aw", @nobits
	.align 4096
	.globl idle_pg_table
	.type idle_pg_table, @object
	.size idle_pg_table, 4096
idle_pg_table:
	.skip 4096

	.align STACK_BYTES
	.globl hypervisor_stack, hypervisor_stack_top
	.type hypervisor_stack, @object
	.size hypervisor_stack, STACK_BYTES
hypervisor_stack:
	.skip STACK_BYTES
hypervisor_stack_top:

	.section .note.GNU-stack, "", @progbits
