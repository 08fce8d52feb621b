/* SPDX-License-Identifier: MIT */
#include <xen/io.h>
#include <xen/ns16550.h>

void ns16550_init(uint32_t baud)
{
	uint32_t divisor = UART_CLOCK / baud;

	outb(COM1 + UART_IER, 0);
	outb(COM1 + UART_LCR, UART_LCR_DLAB | UART_LCR_8N1);
	outb(COM1 + UART_DLL, (uint8_t)divisor);
	outb(COM1 + UART_DLM, (uint8_t)(divisor >> 8));
	outb(COM1 + UART_LCR, UART_LCR_8N1);
	outb(COM1 + UART_FCR, UART_FCR_ENABLE_AND_CLEAR);
	outb(COM1 + UART_MCR, UART_MCR_DTR_RTS);
}

int ns16550_getc(void)
{
	if (!(inb(COM1 + UART_LSR) & UART_LSR_DR))
		return -1;
	return inb(COM1 + UART_RBR);
}

void ns16550_putc(char c)
{
#ifdef SOLVED
	while (!(inb(COM1 + UART_LSR) & UART_LSR_THRE))
		;
	outb(COM1 + UART_THR, (uint8_t)c);
#else
	/* Lab 1, exercise 1.2: your code here. */
	(void)c;
#endif
}
