/* SPDX-License-Identifier: MIT */
/*
 * Where `int $0x82` of ring 1 arrives. The processor has changed to ring 0's stack and
 * pushed SS, ESP, EFLAGS, CS and EIP of the guest; there is no error code.
 */
#include <public/xen.h>
#include <xen/selectors.h>

	.section .text, "ax"

/*
 * Lab 2, exercise 2.3. Complete the struct trap_frame as exception_entry does (vector
 * HYPERCALL_VECTOR, error code 0), load DS and ES for the hypervisor, clear the direction
 * flag, call do_hypercall() with the frame's address, and leave by exception_exit.
 */
	.globl hypercall_entry
	.type hypercall_entry, @function
hypercall_entry:
#ifdef SOLVED
	pushl $0
	pushl $HYPERCALL_VECTOR
	pushal
	pushl %ds
	pushl %es
	pushl %fs
	pushl %gs

	movl $HYPERVISOR_DS, %eax
	movl %eax, %ds
	movl %eax, %es
	cld

	pushl %esp
	call do_hypercall
	addl $4, %esp
	jmp exception_exit
#else
	/* Your code here. */
	pushl $not_written
	call early_stop
#endif
	.size hypercall_entry, . - hypercall_entry

#ifndef SOLVED
	.section .rodata, "a"
not_written:
	.asciz "ring1: stopped: lab 2, exercise 2.3: hypercall_entry is empty\r\n"
#endif
	.section .note.GNU-stack, "", @progbits
