/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls, as functions. Each gives what the hypervisor left in EAX: a result, or a
 * negative errno.
 */
#ifndef GUEST_HYPERCALL_H
#define GUEST_HYPERCALL_H

#include <public/arch-x86_32.h>
#include <public/sched.h>
#include <public/version.h>
#include <public/xen.h>

/* Any hypercall, with all five argument registers. */
static inline long hypercall(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d,
			     uint32_t e)
{
	long result;

	__asm__ volatile("int %[vector]"
			 : "=a"(result), "+b"(a), "+c"(b), "+d"(c), "+S"(d), "+D"(e)
			 : "0"(number), [vector] "i"(HYPERCALL_VECTOR)
			 : "memory");
	return result;
}

static inline uint32_t address_of(const volatile void *p)
{
	return (uint32_t)(uintptr_t)p;
}

static inline long hypervisor_set_trap_table(const struct trap_info *table)
{
	return hypercall(__HYPERVISOR_set_trap_table, address_of(table), 0, 0, 0, 0);
}

static inline long hypervisor_set_gdt(const uint32_t *frames, uint32_t entries)
{
	return hypercall(__HYPERVISOR_set_gdt, address_of(frames), entries, 0, 0, 0);
}

static inline long hypervisor_stack_switch(uint32_t ss, uint32_t esp)
{
	return hypercall(__HYPERVISOR_stack_switch, ss, esp, 0, 0, 0);
}

static inline long hypervisor_fpu_taskswitch(uint32_t set)
{
	return hypercall(__HYPERVISOR_fpu_taskswitch, set, 0, 0, 0, 0);
}

static inline long hypervisor_set_debugreg(uint32_t number, uint32_t value)
{
	return hypercall(__HYPERVISOR_set_debugreg, number, value, 0, 0, 0);
}

static inline long hypervisor_get_debugreg(uint32_t number)
{
	return hypercall(__HYPERVISOR_get_debugreg, number, 0, 0, 0, 0);
}

static inline long hypervisor_update_descriptor(uint64_t maddr, uint64_t descriptor)
{
	return hypercall(__HYPERVISOR_update_descriptor, (uint32_t)maddr, (uint32_t)(maddr >> 32),
			 (uint32_t)descriptor, (uint32_t)(descriptor >> 32), 0);
}

static inline long hypervisor_xen_version(uint32_t command, void *answer)
{
	return hypercall(__HYPERVISOR_xen_version, command, address_of(answer), 0, 0, 0);
}

static inline long hypervisor_console_write(const char *text, uint32_t bytes)
{
	return hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, bytes, address_of(text), 0, 0);
}

static inline long hypervisor_vm_assist(uint32_t command, uint32_t type)
{
	return hypercall(__HYPERVISOR_vm_assist, command, type, 0, 0, 0);
}

static inline long hypervisor_yield(void)
{
	return hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0, 0);
}

static inline void __attribute__((noreturn)) hypervisor_shutdown(uint32_t reason)
{
	const struct sched_shutdown shutdown = { .reason = reason };

	hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, address_of(&shutdown), 0, 0, 0);
	/* A hypervisor that cannot read our memory yet still understands the old form. */
	hypercall(__HYPERVISOR_sched_op_compat, SCHEDOP_shutdown, reason, 0, 0, 0);
	for (;;)
		; /* not reached */
}

/*
 * The page that the hypervisor fills with a stub for each hypercall (start.S); the
 * stub of number n begins at byte 32 * n.
 */
extern char hypercall_page[4096];

#endif
