/* SPDX-License-Identifier: MIT */
/*
 * Exercise 2.3: a hypercall number that means nothing gives -ENOSYS, however it comes about: a hole
 * in the table, past its end, or a number whose low bits are those of a call that there is.
 */
#include <guest/hypercall.h>
#include <guest/start.h>
#include <public/errno.h>

#include <tests/ktap.h>

static const uint32_t arguments[] = { 0, 1, 0xFFFFFFFF };

static bool is_unknown(uint32_t number)
{
	bool ok = true;

	for (unsigned i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++) {
		uint32_t a = arguments[i];

		if (hypercall(number, a, a, a, a, a) != -ENOSYS) {
			ktap_mismatch("a number with a result", 0, number);
			ok = false;
		}
	}
	return ok;
}

static bool holes_are_unknown(void)
{
	static const uint8_t holes[] = { 11, 25, 27, 31, 34, 37, 38, 62, 63 };
	bool ok = true;

	for (unsigned i = 0; i < sizeof(holes); i++)
		ok &= is_unknown(holes[i]);
	return ok;
}

static bool past_the_end_is_unknown(void)
{
	bool ok = true;

	for (uint32_t number = NR_HYPERCALLS; number < 256; number++)
		ok &= is_unknown(number);
	return ok;
}

/* Shutdown, if the upper bits went lost, would end us: the mildest calls only. */
static bool upper_bits_count(void)
{
	static const uint32_t numbers[] = {
		__HYPERVISOR_xen_version | 0x40,
		__HYPERVISOR_xen_version | 0x100,
		__HYPERVISOR_xen_version | 0x10000,
		__HYPERVISOR_xen_version | 0x80000000,
		__HYPERVISOR_fpu_taskswitch | 1 << 30,
		0x7FFFFFFF,
		0x80000000,
		0xFFFFFF00,
		0xFFFFFFFE,
		0xFFFFFFFF,
	};
	bool ok = true;

	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		ok &= is_unknown(numbers[i]);
	for (unsigned i = 0; i < 64; i++)
		ok &= is_unknown(ktap_random(i) | 0x100);
	return ok;
}

void guest_main(void)
{
	ktap_begin(4);
	ktap_result(holes_are_unknown(), "holes-in-the-table");
	ktap_result(past_the_end_is_unknown(), "past-the-table's-end");
	ktap_result(upper_bits_count(), "upper-bits-count");
	ktap_result(hypervisor_xen_version(XENVER_version, NULL) == 3 << 16,
		    "known-numbers-still-work");
}
