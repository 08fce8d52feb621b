/* SPDX-License-Identifier: MIT */
/*
 * The 16550 UART of the first serial port.
 * Source: PC16550D data sheet, 8.0 "Registers".
 */
#ifndef XEN_NS16550_H
#define XEN_NS16550_H

#include <xen/types.h>

#define COM1 0x3F8

/* Registers, as offsets from the first port. */
#define UART_THR 0 /* write: the byte to send */
#define UART_RBR 0 /* read: the byte received */
#define UART_DLL 0 /* with DLAB set: divisor, low byte */
#define UART_DLM 1 /* with DLAB set: divisor, high byte */
#define UART_IER 1 /* interrupt enable */
#define UART_FCR 2 /* FIFO control */
#define UART_LCR 3 /* line control */
#define UART_MCR 4 /* modem control */
#define UART_LSR 5 /* line status */

#define UART_LCR_8N1              0x03
#define UART_LCR_DLAB             0x80
#define UART_FCR_ENABLE_AND_CLEAR 0x07
#define UART_MCR_DTR_RTS          0x03
#define UART_LSR_DR               0x01 /* a received byte waits */
#define UART_LSR_THRE             0x20 /* the next byte to send may be written */

/* The divisor is this over the baud rate. */
#define UART_CLOCK 115200

/* Sets 8 data bits, no parity, one stop bit, no interrupts. baud is not 0. */
void ns16550_init(uint32_t baud);

/* Sends c, waiting first until the transmitter has room for it. */
void ns16550_putc(char c);

/* The next received byte, or -1 if none waits. */
int ns16550_getc(void);

#endif
