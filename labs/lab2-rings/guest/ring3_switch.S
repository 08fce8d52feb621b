/* SPDX-License-Identifier: MIT */
/* Out to ring 3 and back (ring3.c). */
#include <guest/ring3.h>
#include <public/arch-x86_32.h>
#include <public/xen.h>

	.section .text, "ax"

/*
 * uint32_t ring3_enter(uint32_t fn, uint32_t esp, uint32_t *saved_esp): fn's argument lies
 * at esp. Traps out of ring 3 land below what is saved here.
 */
	.globl ring3_enter
	.type ring3_enter, @function
ring3_enter:
	movl 4(%esp), %eax
	movl 8(%esp), %edx
	movl 12(%esp), %ecx
	pushl %ebp
	pushl %ebx
	pushl %esi
	pushl %edi
	movl %esp, (%ecx)

	pushl %eax
	pushl %edx
	leal 8(%esp), %ecx
	movl $FLAT_RING1_SS, %ebx
	movl $__HYPERVISOR_stack_switch, %eax
	int $HYPERCALL_VECTOR
	popl %edx
	popl %eax

	movl $FLAT_USER_DS, %ecx
	movl %ecx, %ds
	movl %ecx, %es
	movl %ecx, %fs
	movl %ecx, %gs
	pushl $FLAT_RING3_SS
	pushl %edx
	pushfl
	pushl $FLAT_USER_CS
	pushl $ring3_begin
	iret
	.size ring3_enter, . - ring3_enter

/* In ring 3: calls the function in EAX, and hands what it returns to the kernel. */
	.cfi_sections .debug_frame
	.globl ring3_begin
	.type ring3_begin, @function
ring3_begin:
	.cfi_startproc
	.cfi_undefined eip	/* nobody has called it: backtraces end here */
	xorl %ebp, %ebp
	call *%eax
	movl %eax, %ebx
	movl $RING3_RETURN, %eax
	int $RING3_VECTOR
	ud2
	.cfi_endproc
	.size ring3_begin, . - ring3_begin

/* void ring3_leave(uint32_t saved_esp, uint32_t result): returns from ring3_enter. */
	.globl ring3_leave
	.type ring3_leave, @function
ring3_leave:
	movl 8(%esp), %eax
	movl 4(%esp), %esp
	movl $FLAT_KERNEL_DS, %ecx
	movl %ecx, %ds
	movl %ecx, %es
	movl %ecx, %fs
	movl %ecx, %gs
	popl %edi
	popl %esi
	popl %ebx
	popl %ebp
	ret
	.size ring3_leave, . - ring3_leave

	.section .note.GNU-stack, "", @progbits
