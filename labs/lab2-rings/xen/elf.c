/* SPDX-License-Identifier: MIT */
#include <xen/elf.h>

const char *elf_load(const struct elf_file *file, elf_segment_fn *segment, void *context,
		     vaddr_t *entry)
{
	/* Lab 2, exercise 2.1: your code here. */
	(void)file;
	(void)segment;
	(void)context;
	(void)entry;
	return "lab 2, exercise 2.1: elf_load() is not written yet";
}
