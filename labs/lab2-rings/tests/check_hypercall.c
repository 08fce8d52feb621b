/* SPDX-License-Identifier: MIT */
/*
 * do_hypercall(): the function of the number in EAX, with the arguments in order, and the way
 * back.
 */
#include <string.h>

#include <public/errno.h>
#include <test/dice.h>
#include <test/suite.h>
#include <xen/hypercall.h>
#include <xen/missing.h>
#include <xen/sched.h>
#include <xen/traps.h>

hypercall_fn *hypercall_table[NR_HYPERCALLS];

/* What was called, and how often. */
static unsigned calls, exits;
static uint32_t arguments[5];
static long result;
static const struct trap_frame *exit_regs;
static uint32_t eax_at_exit;

void early_stop(const char *text)
{
	ck_abort_msg("expected do_hypercall() to return, saw it stop the machine: %s", text);
}

/* What guest_exit() does in the end, once: nobody asks for another domain. */
bool schedule_requested;

void schedule(void)
{
	ck_abort_msg("expected no look for another domain, saw schedule() called");
}

void before_guest_resume(struct trap_frame *regs)
{
	exits++;
	exit_regs = regs;
	eax_at_exit = regs->eax;
}

static long note_call(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
	const uint32_t seen[5] = { a, b, c, d, e };

	calls++;
	memcpy(arguments, seen, sizeof(arguments));
	return result;
}

static struct trap_frame random_regs(struct dice *dice, uint32_t eax)
{
	struct trap_frame regs;

	for (unsigned i = 0; i < sizeof(regs) / sizeof(uint32_t); i++)
		((uint32_t *)&regs)[i] = (uint32_t)roll64(dice);
	regs.eax = eax;
	return regs;
}

/* Calls a number, and looks at the registers afterwards. */
static struct trap_frame call(uint32_t number, uint32_t expected_eax)
{
	struct dice dice = { number + 1 };
	struct trap_frame before = random_regs(&dice, number);
	struct trap_frame regs = before;

	calls = exits = 0;
	do_hypercall(&regs);
	EXPECT(regs.eax == expected_eax, "hypercall %u: expected %08x (%d) in EAX, saw %08x (%d)",
	       number, expected_eax, (int32_t)expected_eax, regs.eax, (int32_t)regs.eax);
	EXPECT(exits == 1 && exit_regs == &regs,
	       "hypercall %u: expected one call of guest_exit() with the guest's registers, saw %u",
	       number, exits);
	EXPECT(eax_at_exit == expected_eax,
	       "hypercall %u: expected the result in EAX before guest_exit(), which may change "
	       "domains, saw %08x there",
	       number, eax_at_exit);
	regs.eax = before.eax;
	EXPECT(memcmp(&regs, &before, sizeof(regs)) == 0,
	       "hypercall %u: expected all registers but EAX kept, saw others changed", number);
	return before;
}

START_TEST(a_function_is_called_with_its_arguments)
{
	static const long results[] = { 0, 1, 0x7FFFFFFF, -EFAULT, -EINVAL, -1 };

	for (unsigned number = 0; number < NR_HYPERCALLS; number++) {
		struct trap_frame before;

		memset(hypercall_table, 0, sizeof(hypercall_table));
		hypercall_table[number] = note_call;
		result = results[number % ARRAY_SIZE(results)];
		before = call(number, (uint32_t)result);
		EXPECT(calls == 1, "hypercall %u: expected its function called once, saw %u calls",
		       number, calls);
		EXPECT(arguments[0] == before.ebx && arguments[1] == before.ecx &&
			       arguments[2] == before.edx && arguments[3] == before.esi &&
			       arguments[4] == before.edi,
		       "hypercall %u: expected EBX %08x, ECX %08x, EDX %08x, ESI %08x, EDI %08x as "
		       "arguments, saw %08x, %08x, %08x, %08x, %08x",
		       number, before.ebx, before.ecx, before.edx, before.esi, before.edi,
		       arguments[0], arguments[1], arguments[2], arguments[3], arguments[4]);
	}
}
END_TEST

START_TEST(a_number_without_function_is_refused)
{
	for (unsigned number = 0; number < NR_HYPERCALLS; number++) {
		for (unsigned i = 0; i < NR_HYPERCALLS; i++)
			hypercall_table[i] = i == number ? NULL : note_call;
		call(number, (uint32_t)-ENOSYS);
		EXPECT(calls == 0, "hypercall %u, which has no function: expected no call, saw %u",
		       number, calls);
	}
}
END_TEST

START_TEST(a_number_out_of_range_is_refused)
{
	static const uint32_t numbers[] = { 64,         65,         95,         127,
					    128,        255,        256,        0x10000,
					    0x40000000, 0x40000002, 0x7FFFFFFF, 0x80000000,
					    0x80000001, 0xFFFFFFC0, 0xFFFFFFFE, 0xFFFFFFFF };

	for (unsigned i = 0; i < NR_HYPERCALLS; i++)
		hypercall_table[i] = note_call;
	for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++) {
		call(numbers[i], (uint32_t)-ENOSYS);
		EXPECT(calls == 0, "hypercall %u, out of range: expected no call, saw %u",
		       numbers[i], calls);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hypercall");
	TCase *dispatch = add_case(suite, "dispatch");
	TCase *unknown = add_case(suite, "unknown-numbers");

	tcase_add_test(dispatch, a_function_is_called_with_its_arguments);

	tcase_add_test(unknown, a_number_without_function_is_refused);
	tcase_add_test(unknown, a_number_out_of_range_is_refused);
	return run_suite(suite);
}
