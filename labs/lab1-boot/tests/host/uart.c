/* SPDX-License-Identifier: MIT */
#include <test/suite.h>
#include <test/uart.h>
#include <xen/io.h>
#include <xen/ns16550.h>

/* Who reads so often without sending waits for something that never comes. */
#define PATIENCE 10000

/* The transmitter's second stage is empty too. Nothing says that one may not wait for it. */
#define UART_LSR_TEMT 0x40

struct uart uart;

static uint8_t line_status(void)
{
	uint8_t status = 0;

	if (!uart.busy)
		status |= UART_LSR_THRE;
	if (uart.nr_reads > 2 * uart.slowness)
		status |= UART_LSR_TEMT;
	if (uart.input_waits)
		status |= UART_LSR_DR;
	return status;
}

uint8_t inb(uint16_t port)
{
	if (uart.busy)
		uart.busy--;
	if (++uart.nr_reads > PATIENCE)
		ck_abort_msg("expected a byte to be sent, saw %u reads from port %x and none: "
			     "which bit says that the transmitter has room?",
			     PATIENCE, port);

	switch (port - COM1) {
	case UART_LSR:
		return line_status();
	case UART_RBR:
		uart.input_waits = false;
		return uart.input;
	default:
		ck_abort_msg("expected reads of the line status (port %x), saw one of port %x",
			     COM1 + UART_LSR, port);
	}
}

static void transmit(uint8_t value)
{
	EXPECT(uart.nr_sent < sizeof(uart.sent), "expected each byte to be sent once, saw over %zu",
	       sizeof(uart.sent));
	if (uart.busy)
		uart.nr_lost++;
	else
		uart.sent[uart.nr_sent++] = value;
	uart.busy = uart.slowness;
	uart.nr_reads = 0;
}

void outb(uint16_t port, uint8_t value)
{
	bool divisor_latch = uart.lcr & UART_LCR_DLAB;

	switch (port - COM1) {
	case UART_THR:
		if (divisor_latch)
			uart.divisor = (uart.divisor & 0xFF00) | value;
		else
			transmit(value);
		break;
	case UART_IER:
		if (divisor_latch)
			uart.divisor = (uint16_t)((uart.divisor & 0x00FF) | value << 8);
		else
			uart.ier = value;
		break;
	case UART_FCR:
		uart.fcr = value;
		break;
	case UART_LCR:
		uart.lcr = value;
		break;
	case UART_MCR:
		uart.mcr = value;
		break;
	default:
		ck_abort_msg("expected writes to the serial port only, saw %02x to port %x", value,
			     port);
	}
}
