/* SPDX-License-Identifier: MIT */
/*
 * Last words before there is a console. Runs at any address, paging on or off,
 * and uses nothing but the stack and the ports.
 */
#include <xen/ports.h>

#define COM1 0x3F8

.macro WRITE_PORT port, value
	movw $\port, %dx
	movb $\value, %al
	outb %al, %dx
.endm

	.section .text, "ax"

/* void early_stop(const char *text): prints it on COM1 and ends the machine. */
	.globl early_stop
	.type early_stop, @function
early_stop:
	movl 4(%esp), %esi

	/* 115200 baud, 8 data bits, no parity: the divisor is 1. */
	WRITE_PORT COM1 + 1, 0x00
	WRITE_PORT COM1 + 3, 0x83
	WRITE_PORT COM1 + 0, 0x01
	WRITE_PORT COM1 + 1, 0x00
	WRITE_PORT COM1 + 3, 0x03
	WRITE_PORT COM1 + 2, 0x07

next_byte:
	movb (%esi), %bl
	testb %bl, %bl
	jz all_sent
	incl %esi
	movw $(COM1 + 5), %dx
wait_for_room:
	inb %dx, %al
	testb $0x20, %al
	jz wait_for_room
	movw $COM1, %dx
	movb %bl, %al
	outb %al, %dx
	jmp next_byte

all_sent:
	movl $END_EXERCISE_MISSING, %eax
	outl %eax, $DEBUG_EXIT_PORT
	movw $PIIX4_PM1A_CONTROL, %dx
	movw $PIIX4_SLEEP_ENABLE, %ax
	outw %ax, %dx
1:	cli
	hlt
	jmp 1b
	.size early_stop, . - early_stop

	.section .note.GNU-stack, "", @progbits
