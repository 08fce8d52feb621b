/* SPDX-License-Identifier: MIT */
/* What the boot loader told us, checked and copied to where it is safe. */
#ifndef XEN_BOOT_INFO_H
#define XEN_BOOT_INFO_H

#include <xen/memory_map.h>
#include <xen/types.h>

#define MAX_COMMAND_LINE 1024
#define MAX_MODULES      160

struct boot_module {
	maddr_t start; /* first byte */
	maddr_t end;   /* past the last byte */
	const char *command_line;
};

struct boot_info {
	char command_line[MAX_COMMAND_LINE];
	unsigned nr_modules;
	struct boot_module module[MAX_MODULES];
	struct memory_map memory; /* image, modules and low memory reserved */
};

extern struct boot_info boot_info;

/*
 * Copies the command line out of multiboot's information at physical address
 * mbi. It is the empty string where there is none.
 */
void boot_info_read_command_line(uint32_t magic, maddr_t mbi);

/*
 * Reads the rest. Panics with a sentence that names the trouble if there is no
 * memory map, a module lies over the image or outside of memory, or there is too little memory.
 */
void boot_info_read(maddr_t mbi);

#endif
