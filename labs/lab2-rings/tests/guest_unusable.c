/* SPDX-License-Identifier: MIT */
/*
 * Exercise 2.4: a handler or a stack that is of no use. First a fault is bounced as it should be, so that
 * what follows says something; then the domain spoils what its command line names, and faults
 * again. It must not live on.
 */
#include <guest/hypercall.h>
#include <guest/start.h>
#include <guest/traps.h>

#include <tests/ktap.h>

#define INVALID_OPCODE 6

static bool bounced;

static void on_invalid_opcode(struct guest_frame *frame)
{
	bounced = true;
	frame->eip += 2;
}

static void set_handler(uint16_t cs, uint32_t address)
{
	const struct trap_info table[] = { { INVALID_OPCODE, 0, cs, address }, { 0 } };

	hypervisor_set_trap_table(NULL);
	hypervisor_set_trap_table(table);
}

/* Faults with this stack pointer; a handler that is reached must not need a stack. */
static void fault_on_stack(uint32_t esp)
{
	__asm__ volatile("movl %0, %%esp\n\t"
			 "ud2"
			 :
			 : "r"(esp)
			 : "memory");
	__builtin_unreachable();
}

static uint32_t this_stack(void)
{
	return address_of(__builtin_frame_address(0)) - 1024;
}

/* Where a handler goes that should never be reached; it makes a stack for itself. */
extern char unusable_reached[];
static void went_on(void) __attribute__((used));
static uint8_t safe_stack[4096] __attribute__((aligned(16), used));

__asm__(".pushsection .text\n"
	"unusable_reached:\n\t"
	"movl $safe_stack + 4096, %esp\n\t"
	"call went_on\n\t"
	"ud2\n"
	".popsection\n");

static void went_on(void)
{
	ktap_result(false, "the-domain-went-on");
	hypervisor_shutdown(SHUTDOWN_poweroff);
}

static uint32_t number(const char *digits)
{
	uint32_t value = 0;

	for (; *digits; digits++)
		value = value * 16 +
			(uint32_t)(*digits <= '9' ? *digits - '0' : *digits - 'a' + 10);
	return value;
}

void guest_main(void)
{
	const char *words = start_info->cmd_line;

	ktap_begin(1);
	set_guest_handler(INVALID_OPCODE, on_invalid_opcode, 0);
	__asm__ volatile("ud2" : : : "memory");
	ktap_result(bounced, "a-good-handler-is-reached");

	set_handler(FLAT_KERNEL_CS, address_of(unusable_reached));
	switch (words[0]) {
	case 'n': /* null selector */
		set_handler(0, address_of(unusable_reached));
		fault_on_stack(this_stack());
		break;
	case 'h': /* no handler */
		hypervisor_set_trap_table(NULL);
		fault_on_stack(this_stack());
		break;
	case 'r': /* a read-only page */
		fault_on_stack(start_info->pt_base + 4096);
		break;
	default: /* "stack ADDRESS" */
		fault_on_stack(number(words + 6));
	}
}
