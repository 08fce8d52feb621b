/* SPDX-License-Identifier: MIT */
/* The end of the machine. */
#ifndef XEN_MACHINE_H
#define XEN_MACHINE_H

#include <xen/compiler.h>
#include <xen/ports.h>

enum machine_end {
	MACHINE_SHUTDOWN = END_SHUTDOWN, /* orderly */
	MACHINE_PANIC = END_PANIC,       /* a bug in the hypervisor */
	MACHINE_REBOOT = END_REBOOT,     /* asked for */
	MACHINE_CANNOT_START = END_CANNOT_START,
	MACHINE_DOMAIN0_CRASHED = END_DOMAIN0_CRASHED,
};

/*
 * Ends the machine: by isa-debug-exit, else by the PIIX4's power-off, else by
 * Bochs' shutdown port. A real PC is reset after a panic and for a reboot,
 * unless the command line says `noreboot`, and halted otherwise.
 */
void machine_exit(enum machine_end why) NORETURN;

#endif
