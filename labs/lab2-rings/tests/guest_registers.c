/* SPDX-License-Identifier: MIT */
/*
 * Exercise 2.3: hypercalls with every register known, for the grader to compare from outside at
 * the labels registers_call and registers_after; first by INT, then through
 * the hypercall page.
 */
#include <guest/hypercall.h>
#include <guest/start.h>

#include <tests/ktap.h>

/* What registers_load pops; EBX is the first argument, and of it the call's result depends. */
struct register_file {
	uint32_t fs, es, ds;
	uint32_t eflags;
	uint32_t edi, esi, ebp, esp_unused, ebx, edx, ecx, eax;
};

_Static_assert(sizeof(struct register_file) == 48, "as registers_load pops it");

/* Loads the registers and goes to `where`, which must end with RET. */
void registers_load(const struct register_file *file, uint32_t where);

/* Makes the call itself. */
extern char registers_by_int[];

extern uint32_t registers_where, registers_stack;
uint32_t registers_where, registers_stack;

__asm__(".pushsection .text\n"
	".globl registers_load, registers_by_int, registers_call, registers_after, registers_back\n"
	".type registers_load, @function\n"
	"registers_load:\n\t"
	"pushal\n\t"
	"movl 40(%esp), %eax\n\t"
	"movl %eax, registers_where\n\t"
	"movl 36(%esp), %eax\n\t"
	"movl %esp, registers_stack\n\t"
	"movl %eax, %esp\n\t"
	"popl %fs\n\t"
	"popl %es\n\t"
	"popl %ds\n\t"
	"popfl\n\t"
	"popal\n\t"
	"movl %ss:registers_stack, %esp\n\t"
	"call *%ss:registers_where\n"
	"registers_back:\n\t"
	"cld\n\t"
	"movl %ss, %eax\n\t"
	"movl %eax, %ds\n\t"
	"movl %eax, %es\n\t"
	"movl %eax, %fs\n\t"
	"popal\n\t"
	"ret\n"
	".size registers_load, . - registers_load\n"
	"registers_by_int:\n"
	"registers_call:\n\t"
	"int $0x82\n"
	"registers_after:\n\t"
	"ret\n"
	".popsection\n");

static uint32_t taken;

static void call(uint32_t number, uint32_t argument, uint32_t where)
{
	bool odd = ktap_random(taken++) & 1;
	struct register_file file = {
		.fs = odd ? 0 : FLAT_USER_DS,
		.es = odd ? FLAT_USER_DS : FLAT_KERNEL_DS,
		.ds = odd ? FLAT_KERNEL_DS : FLAT_USER_DS,
		/* Backwards, which the hypervisor must not mind. */
		.eflags = 0x602 | (ktap_random(taken++) & 0x8D5),
		.eax = number,
		.ebx = argument,
	};

	file.ecx = ktap_random(taken++);
	file.edx = ktap_random(taken++);
	file.esi = ktap_random(taken++);
	file.edi = ktap_random(taken++);
	file.ebp = ktap_random(taken++);
	registers_load(&file, where);
}

void guest_main(void)
{
	uint32_t by_int = address_of(registers_by_int);

	call(__HYPERVISOR_xen_version, XENVER_version, by_int);
	call(11, ktap_random(taken++), by_int);
	call(0xFFFFFFFF, ktap_random(taken++), by_int);
	call(__HYPERVISOR_xen_version, 1000 + ktap_random(taken++) % 1000, by_int);
	call(__HYPERVISOR_xen_version, XENVER_version,
	     address_of(hypercall_page) + 32 * __HYPERVISOR_xen_version);
	/* The stub loads EAX itself. */
	call(0, ktap_random(taken++), address_of(hypercall_page) + 32 * 11);
}
