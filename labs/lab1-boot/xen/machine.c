/* SPDX-License-Identifier: MIT */
#include <xen/io.h>
#include <xen/machine.h>
#include <xen/param.h>
#include <xen/processor.h>

static bool opt_noreboot;
PARAM_FLAG("noreboot", opt_noreboot);

void machine_exit(enum machine_end why)
{
	disable_interrupts();

	outl(DEBUG_EXIT_PORT, why);
	if (why != MACHINE_REBOOT) {
		outw(PIIX4_PM1A_CONTROL, PIIX4_SLEEP_ENABLE);
		for (const char *word = "Shutdown"; *word; word++)
			outb(BOCHS_SHUTDOWN_PORT, (uint8_t)*word);
	}
	if (why != MACHINE_SHUTDOWN && !opt_noreboot)
		outb(KEYBOARD_COMMAND_PORT, KEYBOARD_RESET);
	for (;;)
		halt();
}
