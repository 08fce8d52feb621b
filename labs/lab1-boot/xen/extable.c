/* SPDX-License-Identifier: MIT */
#include <xen/extable.h>

vaddr_t extable_search(const struct extable_entry *table, size_t count, vaddr_t eip)
{
	/* Lab 1, exercise 1.6: your code here. */
	(void)table;
	(void)count;
	(void)eip;
	return 0;
}
