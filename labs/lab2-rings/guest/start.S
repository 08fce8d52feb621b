/* SPDX-License-Identifier: MIT */
/*
 * A guest kernel's first instructions, and what it says of itself to the hypervisor
 * (ABI, section 11).
 */
#include <public/arch-x86_32.h>

#define STACK_BYTES 16384

	.section __xen_guest, "", @progbits
	.ascii "GUEST_OS=ring1,XEN_VER=xen-3.0,VIRT_BASE=0xC0000000,LOADER=generic"
	.ascii ",HYPERCALL_PAGE=0x0,USER_PAGES=yes"
	.byte 0

	.section .text, "ax"

/* The kernel's first page: HYPERCALL_PAGE is a page number relative to VIRT_BASE. */
	.globl hypercall_page
	.type hypercall_page, @object
	.size hypercall_page, 4096
hypercall_page:
	.skip 4096

	.globl guest_start
	.type guest_start, @function
guest_start:
	cld
	movl $guest_stack_top, %esp
	xorl %ebp, %ebp
	pushl %esi
	call guest_begin
	ud2
	.size guest_start, . - guest_start

	.section .bss, "aw", @nobits
	.align 16
	.globl guest_stack, guest_stack_top
guest_stack:
	.skip STACK_BYTES
guest_stack_top:

	.section .note.GNU-stack, "", @progbits
