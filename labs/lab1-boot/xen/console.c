/* SPDX-License-Identifier: MIT */
#include <xen/console.h>
#include <xen/ns16550.h>
#include <xen/param.h>
#include <xen/printk.h>
#include <xen/string.h>

static uint32_t opt_com1 = UART_CLOCK;
PARAM_UNSIGNED("com1", opt_com1);

static char opt_console[8] = "com1";
PARAM_STRING("console", opt_console);

static bool silent;

void console_init(void)
{
	uint32_t baud = opt_com1;
	bool usable = baud && baud <= UART_CLOCK;

	ns16550_init(usable ? baud : UART_CLOCK);
	silent = strcmp(opt_console, "none") == 0;

	if (!usable)
		printk("com1=%u: not a baud rate from 1 to %u; using %u\n", baud, UART_CLOCK,
		       UART_CLOCK);
	if (!silent && strcmp(opt_console, "com1") != 0)
		printk("console=%s: neither com1 nor none; using com1\n", opt_console);
}

void console_write(const char *text, size_t n)
{
	if (silent)
		return;
	for (; n; n--, text++) {
		if (*text == '\n')
			ns16550_putc('\r');
		ns16550_putc(*text);
	}
}

int console_getc(void)
{
	return ns16550_getc();
}
