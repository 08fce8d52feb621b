/* SPDX-License-Identifier: MIT */
/*
 * Where the processor arrives with an exception, and leaves again.
 *
 * It has pushed, lowest address last: SS and ESP if it came from ring 1 or 3,
 * then EFLAGS, CS, EIP, then an error code for some vectors. A stub makes all
 * alike: it pushes a 0 where the processor pushed no error code, and the vector.
 */
#include <xen/selectors.h>

	.section .text, "ax"

/* Each stub's address goes into the table exception_stubs. */
.macro STUB
	.align 16
stub\@:
	/* Intel SDM 3A, table 6-1: for these the processor pushes an error code. */
	.if vector != 8 && (vector < 10 || vector > 14) && vector != 17
	pushl $0
	.endif
	pushl $vector
	jmp exception_entry

	.pushsection .rodata.exception_stubs, "a"
	.long stub\@
	.popsection
	.set vector, vector + 1
.endm

	.pushsection .rodata.exception_stubs, "a"
	.align 4
	.globl exception_stubs
exception_stubs:
	.popsection

	.set vector, 0
	.rept 256
	STUB
	.endr

/*
 * Lab 1, exercise 1.4. On entry, from ESP upward: vector, error code, EIP, CS,
 * EFLAGS [, ESP, SS].
 *
 * Complete the struct trap_frame of <xen/traps.h> below it, load DS and ES for the
 * hypervisor, clear the direction flag, and call do_exception() with the
 * frame's address. Then, from exception_exit on, restore every register and return
 * to what was interrupted. Lab 2 comes to exception_exit from elsewhere, with
 * ESP pointing to a frame.
 */
	.globl exception_entry
	.type exception_entry, @function
exception_entry:
#ifdef SOLVED
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
	call do_exception
	addl $4, %esp
#else
	/* Your code here. */
	pushl $no_entry
	call early_stop
#endif
	.size exception_entry, . - exception_entry

	.globl exception_exit
	.type exception_exit, @function
exception_exit:
#ifdef SOLVED
	popl %gs
	popl %fs
	popl %es
	popl %ds
	popal
	addl $8, %esp		/* vector and error code */
	iret
#else
	/* Your code here. */
	ud2
#endif
	.size exception_exit, . - exception_exit

/* A fault between these two labels is a guest's: what it wants restored cannot be. */
	.globl exception_exit_end
exception_exit_end:

#ifndef SOLVED
	.section .rodata, "a"
no_entry:
	.ascii "ring1: stopped: lab 1, exercise 1.4: an exception came, and "
	.asciz "exception_entry in entry.S is empty\r\n"
#endif
	.section .note.GNU-stack, "", @progbits
