/* SPDX-License-Identifier: MIT */
/* A multiboot header, a stack, and on to C with the multiboot information. */

#define MAGIC 0x1BADB002
#define FLAGS 3

	.section .multiboot, "a"
	.balign 4
	.long MAGIC, FLAGS, -(MAGIC + FLAGS)

	.text
	.globl start
start:
	mov $stack_top, %esp
	xor %ebp, %ebp
	push %ebx
	call kernel_main
1:	jmp 1b

	.bss
	.balign 16
	.skip 4096
stack_top:

	.section .note.GNU-stack, "", @progbits
