/* SPDX-License-Identifier: MIT */
/*
 * Exercise 2.2: a domain keeps all of its processor's state while another runs. Two of these take
 * turns; each fills its registers with numbers of its own and gives up the processor,
 * again and again. The grader compares from outside, at the labels in steady_turn.
 *
 * There are no hypercalls yet: it calls by INT3 (<tests/int3_calls.h>).
 */
#include <guest/start.h>
#include <public/arch-x86_32.h>
#include <public/sched.h>

#include <tests/int3_calls.h>
#include <tests/ktap.h>

#define TURNS 3

/* What steady_turn loads; in this order. */
struct steady_state {
	uint32_t fs, es, ds;
	uint32_t eflags;
	uint32_t edi, esi, ebp, esp_unused, ebx, edx, ecx, eax;
};

_Static_assert(sizeof(struct steady_state) == 48, "as steady_turn pops it");

void steady_turn(const struct steady_state *state);

/*
 * Loads all registers, yields, and then touches the FPU, which a domain gets back at its first
 * instruction for it: that one faults and is run again, so no label is at it. GS stays as it is.
 */
__asm__(".pushsection .text\n"
	".globl steady_turn, steady_yield, steady_resumed, steady_fpu\n"
	".type steady_turn, @function\n"
	"steady_turn:\n\t"
	"pushal\n\t"
	"movl 36(%esp), %eax\n\t"
	"movl %esp, steady_stack\n\t"
	"movl %eax, %esp\n\t"
	"popl %fs\n\t"
	"popl %es\n\t"
	"popl %ds\n\t"
	"popfl\n\t"
	"popal\n\t"
	"movl %ss:steady_stack, %esp\n"
	"steady_yield:\n\t"
	"int3\n"
	"steady_resumed:\n\t"
	"nop\n\t"
	"fnop\n"
	"steady_fpu:\n\t"
	"cld\n\t"
	"movl %ss, %eax\n\t"
	"movl %eax, %ds\n\t"
	"movl %eax, %es\n\t"
	"movl %eax, %fs\n\t"
	"popal\n\t"
	"ret\n"
	".size steady_turn, . - steady_turn\n"
	".popsection\n");

/* A domain's own: both run this code, and see one name for two places. */
extern uint32_t steady_stack;
uint32_t steady_stack;

static uint32_t numbers_taken;

/* The two domains take different numbers from the same key: the first word of their command lines. */
static uint32_t number(void)
{
	return ktap_random((uint32_t)(uint8_t)start_info->cmd_line[0] << 16 | numbers_taken++);
}

static void int3_call(uint32_t call, uint32_t a, uint32_t b)
{
	__asm__ volatile("int3" : : "a"(call), "b"(a), "c"(b) : "memory");
}

/* Breakpoints where nothing of ours is, enabled so that the hypervisor has to care. */
static void set_debug_registers(void)
{
	for (unsigned n = 0; n < 4; n++)
		int3_call(INT3_SET_DEBUGREG, n, 0x40000000 | (number() & 0x3FFFFFFF));
	int3_call(INT3_SET_DEBUGREG, 7, 1u << 2 * (number() & 3));
}

static void fill_fpu(void)
{
	static uint32_t vector[4] __attribute__((aligned(16)));
	uint16_t control = 0x037F | (number() & 0x0C00);

	__asm__ volatile("fninit\n\tfldcw %0" : : "m"(control));
	for (unsigned left = 3 + (number() & 3); left; left--) {
		uint32_t integer = number();

		__asm__ volatile("fildl %0" : : "m"(integer));
	}
#define FILL_XMM(n)                      \
	for (unsigned i = 0; i < 4; i++) \
		vector[i] = number();    \
	__asm__ volatile("movaps %0, %%xmm" #n : : "m"(vector))
	FILL_XMM(0);
	FILL_XMM(1);
	FILL_XMM(2);
	FILL_XMM(3);
	FILL_XMM(4);
	FILL_XMM(5);
	FILL_XMM(6);
	FILL_XMM(7);
}

void guest_main(void)
{
	set_debug_registers();
	int3_call(INT3_SET_KERNEL_STACK, (number() & 0xFFF8) | 1, number() & ~3u);
	int3_call(INT3_SET_FAST_TRAP, number(), 0);
	fill_fpu();
	for (unsigned turn = 0; turn < TURNS; turn++) {
		bool odd = number() & 1;
		struct steady_state state = {
			.fs = odd ? 0 : FLAT_USER_DS,
			.es = odd ? FLAT_USER_DS : FLAT_KERNEL_DS,
			.ds = odd ? FLAT_KERNEL_DS : FLAT_USER_DS,
			.eflags = 0x202 | (number() & 0xCD5),
			.eax = (number() & ~0xFFu) | INT3_YIELD,
		};

		state.ebx = number();
		state.ecx = number();
		state.edx = number();
		state.esi = number();
		state.edi = number();
		state.ebp = number();
		steady_turn(&state);
	}
	int3_call(INT3_SHUTDOWN, SHUTDOWN_poweroff, 0);
}
