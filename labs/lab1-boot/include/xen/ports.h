/* SPDX-License-Identifier: MIT */
/* Ports that end the machine. Plain numbers: the assembler reads them too. */
#ifndef XEN_PORTS_H
#define XEN_PORTS_H

/* QEMU's isa-debug-exit: ends QEMU with status 2 * value + 1. */
#define DEBUG_EXIT_PORT 0xF4

/* PIIX4's power management control, at the address that firmware gives it. */
#define PIIX4_PM1A_CONTROL 0x604
#define PIIX4_SLEEP_ENABLE 0x2000 /* with sleep type 0: soft off */

/* Bochs ends when the word "Shutdown" is written here. */
#define BOCHS_SHUTDOWN_PORT 0x8900

/* Pulses the processor's reset line, on every PC. */
#define KEYBOARD_COMMAND_PORT 0x64
#define KEYBOARD_RESET        0xFE

/* Values for DEBUG_EXIT_PORT (enum machine_end of <xen/machine.h>). */
#define END_SHUTDOWN         0x10
#define END_PANIC            0x11
#define END_REBOOT           0x12
#define END_EXERCISE_MISSING 0x13
#define END_CANNOT_START     0x14
#define END_DOMAIN0_CRASHED  0x15

#endif
