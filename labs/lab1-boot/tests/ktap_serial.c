/* SPDX-License-Identifier: MIT */
/* The payload's results go straight to the first serial port. */
#include <xen/io.h>
#include <xen/ns16550.h>

#include <tests/ktap.h>

void ktap_put_char(char c)
{
	while (!(inb(COM1 + UART_LSR) & UART_LSR_THRE))
		;
	outb(COM1 + UART_THR, (uint8_t)c);
}
