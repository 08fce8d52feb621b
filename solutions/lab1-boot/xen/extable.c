/* SPDX-License-Identifier: MIT */
#include <xen/extable.h>

vaddr_t extable_search(const struct extable_entry *table, size_t count, vaddr_t eip)
{
#ifdef SOLVED
	for (size_t i = 0; i < count; i++)
		if (table[i].instruction == eip)
			return table[i].fixup;
	return 0;
#else
	/* Lab 1, exercise 1.6: your code here. */
	(void)table;
	(void)count;
	(void)eip;
	return 0;
#endif
}
