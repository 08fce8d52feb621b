/* SPDX-License-Identifier: MIT */
/*
 * The exception table: instructions of the hypervisor that may fault, each with
 * the address to go on at if it does.
 */
#ifndef XEN_EXTABLE_H
#define XEN_EXTABLE_H

#include <xen/compiler.h>
#include <xen/types.h>

struct extable_entry {
	vaddr_t instruction;
	vaddr_t fixup;
};

/*
 * For inline assembly: records that the instruction at label `from` is to be
 * continued at label `to` when it faults.
 */
#define EXTABLE(from, to)                 \
	".pushsection extable, \"a\"\n\t" \
	".long " #from ", " #to "\n\t"    \
	".popsection\n"

LINKER_ARRAY(struct extable_entry, __start_extable, __stop_extable);

/*
 * Where to go on after a fault at eip: the fix-up of the entry whose instruction
 * is at eip, or 0 if there is none. Entries stand in link order, not sorted.
 */
vaddr_t extable_search(const struct extable_entry *table, size_t count, vaddr_t eip);

#endif
