/* SPDX-License-Identifier: MIT */
#include <xen/console.h>
#include <xen/keyhandler.h>
#include <xen/machine.h>
#include <xen/printk.h>
#include <xen/subsystem.h>

static void show_help(void);

/* Where we are: INT3's handler prints the registers and comes back. */
static void dump_own_registers(void)
{
	__asm__ volatile("int3" : : : "memory");
}

static void crash(void)
{
	__asm__ volatile("ud2" : : : "memory");
}

static void power_off(void)
{
	printk("the end\n");
	machine_exit(MACHINE_SHUTDOWN);
}

static void reboot(void)
{
	machine_exit(MACHINE_REBOOT);
}

static const struct {
	char key;
	void (*action)(void);
	const char *help;
} own_keys[] = {
	{ 'h', show_help, "this list" },
	{ 'd', dump_own_registers, "registers" },
	{ 'C', crash, "crash, to see what that looks like" },
	{ 'P', power_off, "power off" },
	{ 'R', reboot, "reboot" },
};

static void show_help(void)
{
	const struct subsystem *s;

	for (size_t i = 0; i < ARRAY_SIZE(own_keys); i++)
		printk("  %c  %s\n", own_keys[i].key, own_keys[i].help);
	for_each_subsystem(s)
		if (s->dump && s->key)
			printk("  %c  %s\n", s->key, s->name);
}

void handle_debug_key(char key)
{
	const struct subsystem *s;

	for (size_t i = 0; i < ARRAY_SIZE(own_keys); i++) {
		if (own_keys[i].key == key) {
			own_keys[i].action();
			return;
		}
	}
	for_each_subsystem(s) {
		if (s->dump && s->key == key) {
			s->dump();
			return;
		}
	}
	if (key >= ' ' && key <= '~')
		printk("no debug key '%c'; h lists them\n", key);
}

void debug_key_loop(void)
{
	for (;;) {
		int c = console_getc();

		if (c >= 0)
			handle_debug_key((char)c);
	}
}
