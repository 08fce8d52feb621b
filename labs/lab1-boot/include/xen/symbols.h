/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's own symbol table, linked in after the code (mk/symbols.awk
 * makes it from a first link), and backtraces with names.
 */
#ifndef XEN_SYMBOLS_H
#define XEN_SYMBOLS_H

#include <xen/types.h>

struct symbol {
	vaddr_t start;
	uint32_t bytes;
	const char *name;
};

/* The function that va lies in, or NULL. */
const struct symbol *symbol_lookup(vaddr_t va);

/*
 * Prints the chain of callers, from an instruction's address and the frame
 * pointer (EBP) and stack pointer at it: a line "  [<address>] name+offset/size"
 * each. The stack pointer matters only in a function's first instructions; 0 if
 * it is not known.
 */
void backtrace(vaddr_t eip, vaddr_t frame_pointer, vaddr_t stack_pointer);

#endif
