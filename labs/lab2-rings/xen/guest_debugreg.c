/* SPDX-License-Identifier: MIT */
#include <public/errno.h>
#include <xen/domain.h>
#include <xen/guest_debugreg.h>
#include <xen/hypercall.h>

#define NR_ADDRESSES 4

#define DR6_ALWAYS_SET     0xFFFF0FF0u
#define DR7_ALWAYS_SET     0x00000400u
#define DR7_ALWAYS_CLEAR   0x0000D800u
#define DR7_GENERAL_DETECT 0x00002000u /* traps on every access to a debug register */
#define DR7_ENABLES        0x000000FFu

/* The access that DR7 names for a breakpoint: 2 is one to an I/O port. */
#define DR7_ACCESS(dr7, n) ((dr7) >> (16 + 4 * (n)) & 3)
#define DR7_ACCESS_IO      2

/* The processor's breakpoints are some domain's. */
static bool in_use;

static void load_debugreg(unsigned number, uint32_t value)
{
	switch (number) {
	case 0:
		__asm__ volatile("movl %0, %%db0" : : "r"(value));
		break;
	case 1:
		__asm__ volatile("movl %0, %%db1" : : "r"(value));
		break;
	case 2:
		__asm__ volatile("movl %0, %%db2" : : "r"(value));
		break;
	case 3:
		__asm__ volatile("movl %0, %%db3" : : "r"(value));
		break;
	default:
		__asm__ volatile("movl %0, %%db7" : : "r"(value));
	}
}

static bool control_ok(uint32_t dr7)
{
	for (unsigned n = 0; n < NR_ADDRESSES; n++)
		if (DR7_ACCESS(dr7, n) == DR7_ACCESS_IO)
			return false;
	return !(dr7 & DR7_GENERAL_DETECT);
}

int guest_set_debugreg(struct domain *d, unsigned number, uint32_t value)
{
	switch (number) {
	case 0:
	case 1:
	case 2:
	case 3:
		/* The four bytes that it watches at most must be the guest's. */
		if (value >= HYPERVISOR_VIRT_START - 3)
			return -EPERM;
		break;
	case 6:
		value = (value & 0xEFFF) | DR6_ALWAYS_SET;
		break;
	case 7:
		if (!control_ok(value))
			return -EPERM;
		value = (value & ~DR7_ALWAYS_CLEAR) | DR7_ALWAYS_SET;
		break;
	default:
		return -EINVAL;
	}
	d->debugreg[number] = value;
	if (d == current)
		debugregs_switch(d);
	return 0;
}

void debugregs_switch(const struct domain *next)
{
	static const uint8_t numbers[] = { 0, 1, 2, 3, 7 };
	bool wanted = next->debugreg[7] & DR7_ENABLES;

	if (!in_use && !wanted)
		return;
	/* DR7 first and last: no breakpoint is in force while the addresses change. */
	load_debugreg(7, DR7_ALWAYS_SET);
	for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++)
		load_debugreg(numbers[i], next->debugreg[numbers[i]]);
	in_use = wanted;
}

void debugregs_note_cause(void)
{
	uint32_t dr6;

	__asm__ volatile("movl %%db6, %0" : "=r"(dr6));
	current->debugreg[6] |=
		dr6; /* the processor's bits stay set until someone clears them, too */
	write_dr6(0);
}

static long do_set_debugreg(uint32_t number, uint32_t value, uint32_t c, uint32_t d, uint32_t e)
{
	(void)c, (void)d, (void)e;
	return guest_set_debugreg(current, number, value);
}

static long do_get_debugreg(uint32_t number, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
	(void)b, (void)c, (void)d, (void)e;
	if (number > 7)
		return -EINVAL;
	return (long)current->debugreg[number];
}

HYPERCALL(__HYPERVISOR_set_debugreg, do_set_debugreg);
HYPERCALL(__HYPERVISOR_get_debugreg, do_get_debugreg);
