/* SPDX-License-Identifier: MIT */
/*
 * A guest that goes wrong in the way that the first word of its command line names, and must
 * end as a crashed domain by it. It fills its memory with a pattern first, which nobody may find there
 * later.
 */
#include <guest/hypercall.h>
#include <guest/start.h>
#include <guest/traps.h>

#include <tests/ktap.h>

#define PAGE_FAULT 14
#define PATTERN    0x5EC2E75Eu
#define WORDS      (32 * 1024)

extern uint32_t wild_pattern[WORDS];
uint32_t wild_pattern[WORDS];

/* Registers that the crash's report must show. */
extern uint32_t wild_registers[7];
uint32_t wild_registers[7];

/* An address that means nothing, different each time. */
static uint32_t nowhere(void)
{
	return 0x10000000 | (ktap_random(100) & 0x3FFFFFFF);
}

static void jump(void)
{
	((void (*)(void))(uintptr_t)nowhere())();
}

/* Its first instructions are POP and OUT. */
static void run_data(void)
{
	((void (*)(void))(uintptr_t)wild_pattern)();
}

static void undefined(void)
{
	for (unsigned i = 0; i < 7; i++)
		wild_registers[i] = ktap_random(i);
	__asm__ volatile("movl wild_registers, %eax\n\t"
			 "movl wild_registers + 4, %ebx\n\t"
			 "movl wild_registers + 8, %ecx\n\t"
			 "movl wild_registers + 12, %edx\n\t"
			 "movl wild_registers + 16, %esi\n\t"
			 "movl wild_registers + 20, %edi\n\t"
			 "movl wild_registers + 24, %ebp\n"
			 ".globl wild_undefined\n"
			 "wild_undefined:\n\t"
			 "ud2\n\t"
			 ".byte 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6");
}

static void halt(void)
{
	__asm__ volatile("hlt");
}

static void selector_of_ring_0(void)
{
	__asm__ volatile("movl %0, %%ds" : : "r"(0xE010));
}

static void return_to_ring_0(void)
{
	__asm__ volatile("pushfl\n\tpushl $0xE008\n\tpushl $0xFEC00000\n\tiret");
}

static void call_ring_0(void)
{
	__asm__ volatile("lcall $0xE008, $0xFEC00000");
}

static void write_page_table(void)
{
	*(volatile uint32_t *)(uintptr_t)start_info->pt_base = ktap_random(0);
}

static void no_stack(void)
{
	__asm__ volatile("movl $0, %esp\n\tud2");
}

static void stack_in_hypervisor(void)
{
	__asm__ volatile("movl $0xFED00000, %esp\n\tud2");
}

static void fault_again(struct guest_frame *frame)
{
	frame->eax = *(volatile uint32_t *)(uintptr_t)nowhere();
}

/* A page fault handler that faults: until its stack is used up. */
static void fault_for_ever(void)
{
	set_guest_handler(PAGE_FAULT, fault_again, 0);
	fault_again(&(struct guest_frame){ 0 });
}

/*
 * A descriptor that is taken away while DS holds it: the hypervisor cannot give the register
 * back what it had.
 */
static void descriptor_taken_away(void)
{
	static uint32_t gdt[1024] __attribute__((aligned(4096)));
	uint32_t frame = virt_to_mfn(gdt);

	gdt[2] = 0x0000FFFF;
	gdt[3] = 0x00CFB200; /* data, ring 1, 4 GiB */
	if (hypervisor_set_gdt(&frame, 512) != 0)
		return;
	__asm__ volatile("movl %0, %%ds" : : "r"(0x9));
	__asm__ volatile("int $0x82"
			 :
			 : "a"(__HYPERVISOR_update_descriptor), "b"((frame << 12) + 8), "c"(0),
			   "d"(0), "S"(0));
}

static void ask_for_it(void)
{
	hypervisor_shutdown(SHUTDOWN_crash);
}

static const struct {
	const char *name;
	void (*go)(void);
} ways[] = {
	{ "jump", jump },
	{ "data", run_data },
	{ "undefined", undefined },
	{ "halt", halt },
	{ "selector", selector_of_ring_0 },
	{ "return", return_to_ring_0 },
	{ "call", call_ring_0 },
	{ "table", write_page_table },
	{ "no-stack", no_stack },
	{ "stack", stack_in_hypervisor },
	{ "for-ever", fault_for_ever },
	{ "descriptor", descriptor_taken_away },
	{ "asks", ask_for_it },
};

static bool is_named(const char *name)
{
	const char *p = start_info->cmd_line;

	while (*name && *p == *name) {
		p++;
		name++;
	}
	return !*name && (!*p || *p == ' ');
}

void guest_main(void)
{
	for (unsigned i = 0; i < WORDS; i++)
		wild_pattern[i] = PATTERN;
	for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (is_named(ways[i].name))
			ways[i].go();
	ktap_begin(1);
	ktap_result(false, "went-on-after-what-should-have-ended-it");
}
