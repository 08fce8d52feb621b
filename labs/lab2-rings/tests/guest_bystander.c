/* SPDX-License-Identifier: MIT */
/*
 * A domain that minds its own business while others misbehave: its memory, its registers and its
 * hypercalls must be as if it were alone. It yields as often as its command line says ("turns=N").
 */
#include <guest/hypercall.h>
#include <guest/start.h>

#include <tests/ktap.h>

#define WORDS (64 * 1024)

static uint32_t memory[WORDS];

static uint32_t turns(void)
{
	const char *p = start_info->cmd_line;
	uint32_t value = 0;

	while (*p && (*p < '0' || *p > '9'))
		p++;
	for (; *p >= '0' && *p <= '9'; p++)
		value = value * 10 + (uint32_t)(*p - '0');
	return value;
}

static uint32_t word(uint32_t i)
{
	return i * 2654435761u + start_info->nr_pages;
}

static bool memory_is_mine(void)
{
	bool ok = true;

	for (uint32_t i = 0; i < WORDS; i++)
		if (memory[i] != word(i))
			ok &= ktap_equal("a word of mine", memory[i], word(i));
	return ok;
}

void guest_main(void)
{
	ktap_begin(2);
	for (uint32_t i = 0; i < WORDS; i++)
		memory[i] = word(i);
	for (uint32_t left = turns(); left; left--)
		hypervisor_yield();
	ktap_result(memory_is_mine(), "memory-is-mine");
	ktap_result(hypervisor_xen_version(XENVER_version, NULL) == 3 << 16, "hypercalls-work");
}
