/* SPDX-License-Identifier: MIT */
#include <stdarg.h>

#include <xen/machine.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/processor.h>
#include <xen/symbols.h>
#include <xen/traps.h>

/* A panic on the way through a panic has nothing left to trust: just stop. */
static void enter_panic(void)
{
	static bool panicking;

	disable_interrupts();
	if (panicking)
		machine_exit(MACHINE_PANIC);
	panicking = true;
}

static void print_message(const char *kind, const char *format, va_list args)
{
	printk("\n%s: ", kind);
	vprintk(format, args);
	printk("\n");
}

void panic(const char *format, ...)
{
	va_list args;

	enter_panic();
	va_start(args, format);
	print_message("PANIC", format, args);
	va_end(args);
	backtrace((vaddr_t)(uintptr_t)__builtin_return_address(0),
		  *(vaddr_t *)__builtin_frame_address(0), 0);
	machine_exit(MACHINE_PANIC);
}

void panic_with_frame(const struct trap_frame *regs, const char *format, ...)
{
	va_list args;

	enter_panic();
	va_start(args, format);
	print_message("PANIC", format, args);
	va_end(args);
	dump_registers(regs);
	backtrace(regs->eip, regs->ebp, trap_frame_esp(regs));
	machine_exit(MACHINE_PANIC);
}

void cannot_start(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message("cannot start", format, args);
	va_end(args);
	machine_exit(MACHINE_CANNOT_START);
}
