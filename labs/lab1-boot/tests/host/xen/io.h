/* SPDX-License-Identifier: MIT */
/* The I/O ports of a machine that has one device: the serial port of <test/uart.h>. */
#ifndef XEN_IO_H
#define XEN_IO_H

#include <xen/types.h>

uint8_t inb(uint16_t port);
void outb(uint16_t port, uint8_t value);

#endif
