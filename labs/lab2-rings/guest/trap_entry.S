/* SPDX-License-Identifier: MIT */
/*
 * Where bounced exceptions arrive: as in the hypervisor's own entry.S, a stub makes
 * all alike, and a common part builds struct guest_frame. No event is masked by
 * any of it, so that a plain IRET is enough to return.
 */
#include <public/arch-x86_32.h>

	.section .text, "ax"

.macro STUB
	.align 16
guest_stub\@:
	.if vector != 8 && (vector < 10 || vector > 14) && vector != 17
	pushl $0
	.endif
	pushl $vector
	jmp guest_trap_entry

	.pushsection .rodata.guest_stubs, "a"
	.long guest_stub\@
	.popsection
	.set vector, vector + 1
.endm

	.pushsection .rodata.guest_stubs, "a"
	.align 4
	.globl guest_stubs
guest_stubs:
	.popsection

	.set vector, 0
	.rept 256
	STUB
	.endr

	.globl guest_trap_entry
	.type guest_trap_entry, @function
guest_trap_entry:
	pushal
	pushl %ds
	pushl %es
	pushl %fs
	pushl %gs
	movl $FLAT_KERNEL_DS, %eax
	movl %eax, %ds
	movl %eax, %es
	cld
	pushl %esp
	call guest_trap
	addl $4, %esp

/* ESP points to a struct guest_frame: go on there. */
	.globl guest_trap_exit
guest_trap_exit:
	popl %gs
	popl %fs
	popl %es
	popl %ds
	popal
	addl $8, %esp
	iret
	.size guest_trap_entry, . - guest_trap_entry

	.section .note.GNU-stack, "", @progbits
