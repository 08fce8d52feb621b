/* SPDX-License-Identifier: MIT */
#include <xen/printk.h>
#include <xen/stack.h>
#include <xen/symbols.h>

/* mk/symbols.awk makes these, sorted by address. */
extern const struct symbol symbol_table[], symbol_table_end[];

/* A chain longer than this is one that goes in circles. */
#define MAX_DEPTH 32

const struct symbol *symbol_lookup(vaddr_t va)
{
	const struct symbol *low = symbol_table;
	const struct symbol *high = symbol_table_end;

	while (low < high) {
		const struct symbol *middle = low + (high - low) / 2;

		if (va < middle->start)
			high = middle;
		else if (va - middle->start >= middle->bytes)
			low = middle + 1;
		else
			return middle;
	}
	return NULL;
}

/* before: how far back the address to be named is. A call returns to after itself. */
static void print_caller(vaddr_t va, unsigned before)
{
	const struct symbol *s = symbol_lookup(va - before);

	if (s)
		printk("  [<%08x>] %s+0x%x/0x%x\n", va, s->name, va - s->start, s->bytes);
	else
		printk("  [<%08x>] ?\n", va);
}

/* Do two words at this address lie on the hypervisor's stack? */
static bool on_stack(vaddr_t va)
{
	return va % sizeof(uint32_t) == 0 && va >= (vaddr_t)(uintptr_t)hypervisor_stack &&
	       va <= (vaddr_t)(uintptr_t)hypervisor_stack_top - 2 * sizeof(uint32_t);
}

/*
 * A function saves its caller's frame pointer with its first instruction, PUSHL
 * %ebp, of one byte. Before that the return address lies on top of the stack, and
 * right after it one word below the top.
 */
static void print_caller_of_unfinished_prologue(vaddr_t eip, vaddr_t stack_pointer)
{
	const struct symbol *s = symbol_lookup(eip);
	const vaddr_t *stack = (const vaddr_t *)(uintptr_t)stack_pointer;

	if (s && eip - s->start <= 1 && on_stack(stack_pointer))
		print_caller(stack[eip - s->start], 1);
}

void backtrace(vaddr_t eip, vaddr_t frame_pointer, vaddr_t stack_pointer)
{
	printk("backtrace:\n");
	print_caller(eip, 0);
	print_caller_of_unfinished_prologue(eip, stack_pointer);
	for (int depth = 0; depth < MAX_DEPTH && on_stack(frame_pointer); depth++) {
		const vaddr_t *frame = (const vaddr_t *)(uintptr_t)frame_pointer;

		/* frame[0] is the caller's frame pointer, frame[1] where it goes on. */
		print_caller(frame[1], 1);
		if (frame[0] <= frame_pointer)
			break;
		frame_pointer = frame[0];
	}
}
