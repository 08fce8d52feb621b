/* SPDX-License-Identifier: MIT */
/*
 * Every hypercall number from 0 to 255, again and again, with rubbish in the arguments: numbers
 * small and large, pointers into the guest, into the hypervisor, across borders. Left out are only
 * the calls that end or stop a domain by right.
 */
#include <guest/hypercall.h>
#include <guest/start.h>

#include <tests/ktap.h>

#define ROUNDS 40

static uint8_t buffer[3 * 4096] __attribute__((aligned(4096)));

/* Numbers that the key decides; ktap_random() itself would take most of the time. */
static uint32_t next_number(void)
{
	static uint32_t state;

	if (!state)
		state = ktap_random(0) | 1;
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static uint32_t rubbish(void)
{
	uint32_t n = next_number();

	switch (n & 7) {
	case 0:
		return n >> 27;
	case 1:
		return 0 - (n >> 27);
	case 2:
		return 0xFC000000 + (n >> 6);
	case 3:
		return 0xFC000000 - 32 + (n >> 26);
	case 4:
		return address_of(buffer) + (n >> 8) % sizeof(buffer);
	case 5:
		return start_info->pt_base + (n >> 8) % 8192;
	case 6:
		return virt_to_mfn(buffer) << (n >> 31 ? 12 : 0);
	default:
		return next_number();
	}
}

/* What a pointer into the buffer may lead to. */
static void fill_buffer(void)
{
	uint32_t *words = (uint32_t *)buffer;

	for (unsigned i = 0; i < sizeof(buffer) / 4; i += 1 + (next_number() & 7))
		words[i] = rubbish();
}

static bool ends_the_domain_by_right(uint32_t number, uint32_t command)
{
	switch (number) {
	case __HYPERVISOR_sched_op:
	case __HYPERVISOR_sched_op_compat:
		return command != SCHEDOP_yield;
	case __HYPERVISOR_console_io:
		return command == CONSOLEIO_write; /* rubbish on the console */
	case __HYPERVISOR_iret:
		return true;
	default:
		return false;
	}
}

static void call(uint32_t number)
{
	uint32_t a = rubbish(), b = rubbish(), c = rubbish(), d = rubbish(), e = rubbish();

	if (ends_the_domain_by_right(number, a))
		return;
	hypercall(number, a, b, c, d, e);
	/* A breakpoint on an instruction of ours would end us by right as well. */
	hypervisor_set_debugreg(7, 0);
}

void guest_main(void)
{
	ktap_begin(1);
	for (unsigned round = 0; round < ROUNDS; round++) {
		fill_buffer();
		for (uint32_t number = 0; number < 256; number++)
			call(number);
	}
	hypervisor_set_trap_table(NULL);
	ktap_result(hypervisor_xen_version(XENVER_version, NULL) == 3 << 16, "still-served");
}
