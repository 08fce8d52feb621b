/* SPDX-License-Identifier: MIT */
/*
 * What a multiboot boot loader hands over.
 * Source: Multiboot Specification 0.6.96, 3.1 and 3.3.
 */
#ifndef XEN_MULTIBOOT_H
#define XEN_MULTIBOOT_H

#include <xen/types.h>

#define MULTIBOOT_BOOTLOADER_MAGIC 0x2BADB002u

/* Which fields of multiboot_info hold something. */
#define MULTIBOOT_INFO_MEMORY  0x001u
#define MULTIBOOT_INFO_CMDLINE 0x004u
#define MULTIBOOT_INFO_MODS    0x008u
#define MULTIBOOT_INFO_MEM_MAP 0x040u

struct multiboot_info {
	uint32_t flags;
	uint32_t mem_lower; /* KiB from address 0 */
	uint32_t mem_upper; /* KiB from 1 MiB up to the first hole */
	uint32_t boot_device;
	uint32_t cmdline; /* physical address of a NUL-terminated string */
	uint32_t mods_count;
	uint32_t mods_addr; /* physical address of struct multiboot_module[] */
	uint32_t syms[4];
	uint32_t mmap_length; /* bytes */
	uint32_t mmap_addr;   /* physical address of the first entry */
};

_Static_assert(offsetof(struct multiboot_info, mmap_addr) == 48, "as specified");

struct multiboot_module {
	uint32_t mod_start; /* physical, first byte */
	uint32_t mod_end;   /* physical, past the last byte */
	uint32_t string;    /* physical address of its command line, or 0 */
	uint32_t reserved;
};

_Static_assert(sizeof(struct multiboot_module) == 16, "as specified");

#define MULTIBOOT_MEMORY_AVAILABLE 1u

struct multiboot_mmap_entry {
	uint32_t size; /* bytes of this entry after this field: 20 or more */
	uint64_t addr;
	uint64_t len;
	uint32_t type;
} __attribute__((packed));

_Static_assert(sizeof(struct multiboot_mmap_entry) == 24, "as specified");

#endif
