/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls: `int $0x82` with a number in EAX and up to five arguments in EBX,
 * ECX, EDX, ESI and EDI; the result, or a negative errno, comes back in EAX, and all
 * other registers stay (ABI, section 2).
 *
 *   HYPERCALL(__HYPERVISOR_set_gdt, do_set_gdt);
 *
 * Where two files give a function for one number, the one that is linked later
 * is called: so a later lab replaces what an earlier one did.
 */
#ifndef XEN_HYPERCALL_H
#define XEN_HYPERCALL_H

#include <public/xen.h>
#include <xen/compiler.h>
#include <xen/types.h>

struct trap_frame;

/* Takes all five arguments, whether it uses them or not. */
typedef long hypercall_fn(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e);

struct hypercall_record {
	unsigned number;
	hypercall_fn *function;
};

#define HYPERCALL(call_number, fn)                           \
	LINKER_RECORD("hypercalls", struct hypercall_record) \
	hypercall_##fn = { .number = (call_number), .function = (fn) }

LINKER_ARRAY(struct hypercall_record, __start_hypercalls, __stop_hypercalls);

/* What each number calls; NULL answers -ENOSYS. */
extern hypercall_fn *hypercall_table[NR_HYPERCALLS];

/* Exercise 2.3, hypercall_entry.S: where the gate of HYPERCALL_VECTOR leads. */
extern char hypercall_entry[];

/*
 * Exercise 2.3. Calls what regs->eax says with the arguments in the other registers,
 * and puts the result into regs->eax: -ENOSYS for a number that is out of range
 * or has no function. Then takes the way back to the guest, guest_exit().
 */
void do_hypercall(struct trap_frame *regs);

/*
 * Fills a page with the 128 stubs of 32 bytes that guests call instead of executing
 * INT themselves (ABI, section 2).
 */
void fill_hypercall_page(void *page);

#endif
