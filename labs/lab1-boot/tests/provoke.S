/* SPDX-License-Identifier: MIT */
/*
 * See provoke.h. Memory is reached through SS, since DS and ES hold what the test
 * wants them to.
 */

/* Offsets in struct registers. */
#define EAX 0
#define EBX 4
#define ECX 8
#define EDX 12
#define ESI 16
#define EDI 20
#define EBP 24
#define ESP 28
#define EFLAGS 32
#define DS 36
#define ES 40
#define FS 44
#define GS 48
#define REGISTERS_BYTES 52

#define PROVOKE_HOLE 0xFE801234

.macro STORE to
	movl %eax, %ss:\to+EAX
	movl %ebx, %ss:\to+EBX
	movl %ecx, %ss:\to+ECX
	movl %edx, %ss:\to+EDX
	movl %esi, %ss:\to+ESI
	movl %edi, %ss:\to+EDI
	movl %ebp, %ss:\to+EBP
	movl %esp, %ss:\to+ESP
	pushfl
	popl %ss:\to+EFLAGS
	movw %ds, %ss:\to+DS
	movw %es, %ss:\to+ES
	movw %fs, %ss:\to+FS
	movw %gs, %ss:\to+GS
.endm

.macro PROVOKE name, instruction:vararg
	.globl \name, \name\()_trap, \name\()_resume
	.type \name, @function
\name:
	pushal
	pushl %ds
	pushl %es
	pushl %fs
	pushl %gs

	movw %ss:provoke_wanted+FS, %fs
	movw %ss:provoke_wanted+GS, %gs
	movw %ss:provoke_wanted+ES, %es
	movw %ss:provoke_wanted+DS, %ds
	pushl %ss:provoke_wanted+EFLAGS
	popfl
	movl %ss:provoke_wanted+EAX, %eax
	movl %ss:provoke_wanted+EBX, %ebx
	movl %ss:provoke_wanted+ECX, %ecx
	movl %ss:provoke_wanted+EDX, %edx
	movl %ss:provoke_wanted+ESI, %esi
	movl %ss:provoke_wanted+EDI, %edi
	movl %ss:provoke_wanted+EBP, %ebp
	STORE provoke_before
\name\()_trap:
	\instruction
\name\()_resume:
	STORE provoke_after

	cld
	popl %gs
	popl %fs
	popl %es
	popl %ds
	popal
	ret
	.size \name, . - \name
.endm

	.section .text, "ax"

PROVOKE provoke_breakpoint, int3
PROVOKE provoke_page_fault, testl %eax, %ss:PROVOKE_HOLE
PROVOKE provoke_invalid_opcode, ud2

	.section .bss, "aw", @nobits
	.align 4
	.globl provoke_wanted, provoke_before, provoke_after
provoke_wanted:
	.skip REGISTERS_BYTES
provoke_before:
	.skip REGISTERS_BYTES
provoke_after:
	.skip REGISTERS_BYTES

	.section .note.GNU-stack, "", @progbits
