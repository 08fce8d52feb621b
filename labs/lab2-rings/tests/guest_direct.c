/* SPDX-License-Identifier: MIT */
/*
 * Exercise 2.5: a program in ring 3 that says `int $0x80`, with one trap table after another. The
 * grader stops the machine at direct_int and looks at the IDT, the TSS, and where the next
 * instruction is.
 *
 * "yields" on the command line: before each, another domain has its turn. "second": this is it, with
 * another handler.
 */
#include <guest/hypercall.h>
#include <guest/start.h>
#include <guest/traps.h>

#include <tests/ktap.h>

#define FAST_VECTOR 0x80
#define DONE_VECTOR 0x81

/* Read from outside. */
uint32_t direct_wanted_esp, direct_wanted_handler;

extern char direct_program[], direct_handler[], direct_other_handler[];

__asm__(".pushsection .text\n"
	".globl direct_program, direct_int, direct_int_end, direct_handler, direct_other_handler\n"
	/* Ring 3. */
	"direct_program:\n"
	"direct_int:\n\t"
	"int $0x80\n"
	"direct_int_end:\n\t"
	"int $0x81\n\t"
	"ud2\n"
	/* Ring 1. */
	"direct_handler:\n\t"
	"iret\n"
	"direct_other_handler:\n\t"
	"iret\n"
	".popsection\n");

struct round {
	uint16_t cs;
	uint8_t flags;
	bool has_handler;
};

/* Those after the first two must not get a gate that ring 3 can use. */
static const struct round rounds[] = {
	{ FLAT_KERNEL_CS, 3, true },
	{ FLAT_KERNEL_CS & ~3, 3, true }, /* RPL 0, which becomes 1 */
	{ FLAT_KERNEL_CS, 3 | TI_MASK, true },
	{ FLAT_KERNEL_CS, 1, true },
	{ FLAT_KERNEL_CS, 3, false },
	{ 0, 3, true },
};

#define NR_ROUNDS (sizeof(rounds) / sizeof(rounds[0]))

static uint8_t kernel_stack[8192] __attribute__((aligned(16)));
static uint8_t user_stack[4096] __attribute__((aligned(16)));
static unsigned round_number, taken;
static bool yields, second;

static void __attribute__((noreturn)) go_to_ring3(void)
{
	__asm__ volatile("pushl %0\n\t"
			 "pushl %1\n\t"
			 "pushfl\n\t"
			 "pushl %2\n\t"
			 "pushl $direct_program\n\t"
			 "iret"
			 :
			 : "i"(FLAT_USER_DS), "r"(user_stack + sizeof(user_stack)),
			   "i"(FLAT_USER_CS)
			 : "memory");
	__builtin_unreachable();
}

static void next_round(struct guest_frame *frame)
{
	const struct round *r = &rounds[round_number++];
	struct trap_info table[] = {
		{ 13, 0, FLAT_KERNEL_CS, guest_stub(13) },
		{ DONE_VECTOR, 3, FLAT_KERNEL_CS, guest_stub(DONE_VECTOR) },
		{ FAST_VECTOR, r->flags, r->cs, direct_wanted_handler },
		{ 0 },
	};

	(void)frame;
	if (round_number > NR_ROUNDS)
		hypervisor_shutdown(SHUTDOWN_poweroff);
	if (!r->has_handler)
		table[2].address = 0;
	/* So that nothing is left of the round before, should this table be refused. */
	hypervisor_set_trap_table(NULL);
	hypervisor_set_trap_table(table);
	direct_wanted_esp = address_of(kernel_stack) + sizeof(kernel_stack) -
			    (ktap_random(taken++) + second) % 256 * 8;
	/* RPL 0 becomes 1 here, too. */
	hypervisor_stack_switch(FLAT_KERNEL_DS & ~3u, direct_wanted_esp);
	if (yields)
		hypervisor_yield();
	go_to_ring3();
}

static bool has_word(char first)
{
	const char *p = start_info->cmd_line;

	return p[0] == first;
}

void guest_main(void)
{
	second = has_word('s');
	yields = second || has_word('y');
	direct_wanted_handler = address_of(second ? direct_other_handler : direct_handler);
	set_guest_handler(13, next_round, 0);
	set_guest_handler(DONE_VECTOR, next_round, 3);
	next_round(NULL);
}
