/* SPDX-License-Identifier: MIT */
/*
 * A model of a 16550 UART at COM1. Its time passes with each read of a port: so
 * long as its transmitter is busy with a byte, a further one is lost.
 * Source: PC16550D data sheet, 8.0 "Registers".
 */
#ifndef TEST_UART_H
#define TEST_UART_H

#include <xen/types.h>

struct uart {
	/* Reads for which the transmitter is busy with a byte. */
	unsigned slowness;
	/* Reads for which it will be from now on. */
	unsigned busy;

	/* What went over the line, and what was written too early. */
	uint8_t sent[512];
	unsigned nr_sent;
	unsigned nr_lost;
	/* Reads since the last byte was written. */
	unsigned nr_reads;

	/* What has come in, if it waits. */
	bool input_waits;
	uint8_t input;

	/* The other registers. divisor is both bytes of it. */
	uint8_t ier, fcr, lcr, mcr;
	uint16_t divisor;
};

extern struct uart uart;

#endif
