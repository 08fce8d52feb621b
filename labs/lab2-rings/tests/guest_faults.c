/* SPDX-License-Identifier: MIT */
/*
 * Exercise 2.4: one fault, or one INT, after another, in the ring that the command line names
 * ("faults 1", "ints 3"). Before each, all registers get values that nobody can know. The grader
 * stops the machine at fault_NAME, the instruction that faults, and at the first instruction of
 * the handler, and compares.
 *
 * No handler returns: it goes on to the next fault.
 */
#include <guest/hypercall.h>
#include <guest/start.h>
#include <guest/traps.h>

#include <tests/ktap.h>

#define STACK_BYTES 4096

#define FLAGS      0x00000202u /* IF, as a guest always has it */
#define FLAG_TF    0x00000100u
#define FLAG_DF    0x00000400u
#define FLAG_OF    0x00000800u
#define FLAG_NT    0x00004000u
#define ARITHMETIC 0x000000D5u

/* The grader puts a descriptor that is not present there, for each of the two rings. */
#define ABSENT_DATA_RING3  0xE203
#define ABSENT_STACK_RING1 0xE209

#define HYPERVISOR_DATA 0xE010

/* What the faults use; a fault's own code may have no immediate operands where it has registers. */
uint32_t wanted[7], wanted_esp, wanted_flags;
uint32_t zero, bounds[2] = { 1, 0 }, page_table;
uint16_t absent_data = ABSENT_DATA_RING3, absent_stack, hypervisor_data = HYPERVISOR_DATA;
uint16_t fpu_faults_on = 0x0300; /* no FPU error is masked */

/*
 * raise_NAME: loads the registers, then `last`, then the flags, and faults. fault_NAME is the
 * instruction, fault_NAME_end what follows it.
 */
#define FAULT(name, first, last, instruction)                                    \
	__asm__(".pushsection .text\n"                                           \
		".globl raise_" #name ", fault_" #name ", fault_" #name "_end\n" \
		"raise_" #name ":\n\t" first "\n\t"                              \
		"movl wanted, %eax\n\t"                                          \
		"movl wanted + 4, %ebx\n\t"                                      \
		"movl wanted + 8, %ecx\n\t"                                      \
		"movl wanted + 12, %edx\n\t"                                     \
		"movl wanted + 16, %esi\n\t"                                     \
		"movl wanted + 20, %edi\n\t"                                     \
		"movl wanted + 24, %ebp\n\t"                                     \
		"movl wanted_esp, %esp\n\t" last "\n\t"                          \
		"pushl wanted_flags\n\t"                                         \
		"popfl\n"                                                        \
		"fault_" #name ": " instruction "\n"                             \
		"fault_" #name "_end:\n\t"                                       \
		"ud2\n"                                                          \
		".popsection\n");                                                \
	extern char raise_##name[]

FAULT(divide, "", "", "divl zero");
FAULT(single_step, "", "", "nop");
FAULT(int3, "", "", "int3");
FAULT(into, "", "", "into");
/* boundl %eax, bounds: assemblers do not agree on how it is written. */
FAULT(bound, "", "", ".byte 0x62, 0x05; .long bounds");
FAULT(invalid_opcode, "", "", "ud2");
FAULT(no_fpu, "", "", "fnop");
FAULT(invalid_tss, "", "", "iret");
FAULT(no_segment, "", "", "movw absent_data, %es");
FAULT(stack_segment, "", "", "movw absent_stack, %ss");
FAULT(privileged, "", "", "cli");
FAULT(selector, "", "", "movw hypervisor_data, %fs");
FAULT(not_mapped, "", "", "movl %ecx, 0xF0000000");
FAULT(read_only, "", "movl page_table, %ebx", "movl %ecx, 8(%ebx)");
FAULT(fpu_error, "fninit; fldcw fpu_faults_on; fld1; fidivl zero", "", "fwait");

/* INT: who may raise the vector is in the trap table. */
FAULT(int_ring0, "", "", "int $0x20");
FAULT(int_ring1, "", "", "int $0x21");
FAULT(int_ring3, "", "", "int $0x22");
FAULT(int_no_handler, "", "", "int $0x23");
FAULT(int_13, "", "", "int $13");
FAULT(int_14, "", "", "int $14");
FAULT(int_hypercall, "", "", "int $0x82");

#define NO_HANDLER 0x23

struct fault {
	uint8_t vector;
	uint8_t flags; /* TI_... of its handler */
	uint32_t eflags;
	char *raise;
};

static const struct fault faults[] = {
	{ 0, 0, FLAG_DF, raise_divide },
	{ 1, 0, FLAG_TF, raise_single_step },
	{ 3, TI_MASK, 0, raise_int3 },
	{ 4, 0, FLAG_OF, raise_into },
	{ 5, TI_MASK, 0, raise_bound },
	{ 6, 0, FLAG_DF, raise_invalid_opcode },
	{ 7, TI_MASK, 0, raise_no_fpu },
	{ 16, 0, 0, raise_fpu_error },
	{ 10, TI_MASK, FLAG_NT, raise_invalid_tss },
	{ 11, 0, FLAG_DF, raise_no_segment },
	{ 12, TI_MASK, 0, raise_stack_segment },
	{ 13, 0, FLAG_DF, raise_privileged },
	{ 13, TI_MASK, 0, raise_selector },
	{ 14, 0, FLAG_DF, raise_not_mapped },
	{ 14, TI_MASK, 0, raise_read_only },
	{ 0 },
};

static const struct fault ints[] = {
	{ 0x20, 0, FLAG_DF, raise_int_ring0 },
	{ 0x21, 1, 0, raise_int_ring1 },
	{ 0x22, 3, 0, raise_int_ring3 },
	{ NO_HANDLER, 0, 0, raise_int_no_handler },
	{ 13, 3, 0, raise_int_13 },
	{ 14, 3, 0, raise_int_14 },
	/* In ring 1 it is a hypercall, with a number that none has. */
	{ NO_HANDLER, 0, FLAG_DF, raise_int_hypercall },
	{ 0 },
};

static uint8_t fault_stack[STACK_BYTES] __attribute__((aligned(16)));
static const struct fault *next;
static unsigned taken;
static bool in_ring3;

static void next_fault(struct guest_frame *frame);

/* To `raise`, on the fault's own stack: it begins with moves that need none. */
static void __attribute__((noreturn)) go(const char *raise)
{
	uint32_t data = FLAT_USER_DS;

	if (!in_ring3)
		__asm__ volatile("jmp *%0" : : "r"(raise));
	__asm__ volatile("movl %0, %%ds\n\t"
			 "movl %0, %%es\n\t"
			 "movl %0, %%fs\n\t"
			 "movl %0, %%gs\n\t"
			 "pushl %0\n\t"
			 "pushl wanted_esp\n\t"
			 "pushfl\n\t"
			 "pushl %1\n\t"
			 "pushl %2\n\t"
			 "iret"
			 :
			 : "r"(data), "i"(FLAT_USER_CS), "r"(raise)
			 : "memory");
	__builtin_unreachable();
}

static void set_handlers(const struct fault *f)
{
	struct trap_info table[] = {
		{ 13, 0, FLAT_KERNEL_CS, guest_stub(13) },
		{ f->vector, f->flags, FLAT_KERNEL_CS, guest_stub(f->vector) },
		{ 0 },
	};

	if (f->vector == NO_HANDLER)
		table[1].address = 0;
	set_guest_handler(13, next_fault, 0);
	set_guest_handler(f->vector, next_fault, 0);
	hypervisor_set_trap_table(NULL);
	hypervisor_set_trap_table(table);
}

static void next_fault(struct guest_frame *frame)
{
	const struct fault *f = next++;

	(void)frame;
	if (!f->raise)
		hypervisor_shutdown(SHUTDOWN_poweroff);
	set_handlers(f);
	for (unsigned i = 0; i < 7; i++)
		wanted[i] = ktap_random(taken++);
	wanted_esp = address_of(fault_stack) + STACK_BYTES - ktap_random(taken++) % 512 * 4;
	wanted_flags = FLAGS | f->eflags | (ktap_random(taken++) & ARITHMETIC);
	hypervisor_fpu_taskswitch(f->vector == 7);
	go(f->raise);
}

/* The command line's last letter. */
static bool asks_for_ring3(void)
{
	const char *word = start_info->cmd_line;

	while (word[1])
		word++;
	return *word == '3';
}

void guest_main(void)
{
	in_ring3 = asks_for_ring3();
	next = start_info->cmd_line[0] == 'i' ? ints : faults;
	absent_stack = in_ring3 ? ABSENT_DATA_RING3 : ABSENT_STACK_RING1;
	page_table = start_info->pt_base;
	next_fault(NULL);
}
