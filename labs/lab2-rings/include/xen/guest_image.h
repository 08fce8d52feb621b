/* SPDX-License-Identifier: MIT */
/*
 * What a guest kernel says of itself, in its section "__xen_guest" (a string of
 * KEY=VALUE words between commas) or in ELF notes of the name "Xen" (ABI, section 11).
 */
#ifndef XEN_GUEST_IMAGE_H
#define XEN_GUEST_IMAGE_H

#include <xen/elf.h>
#include <xen/types.h>

struct guest_image {
	bool has_virt_base;
	vaddr_t virt_base;
	bool has_paddr_offset;
	uint32_t paddr_offset; /* what is taken from p_paddr before virt_base is added */
	bool has_entry;
	vaddr_t entry; /* instead of the ELF header's */
	bool has_hypercall_page;
	bool hypercall_page_is_address;
	uint32_t hypercall_page; /* virtual address, or page number relative to virt_base */
	bool user_pages; /* for guests that cannot change their tables: ours alone know it */
	bool writable_page_tables; /* PT_MODE_WRITABLE: it starts with that assist on */
	bool wants_pae;
	bool needs_features; /* requires one that no guest gets here */
};

/*
 * Reads it all from an ELF file whose header elf_load() has accepted. Section headers that make no
 * sense are as good as none.
 */
void guest_image_read(const struct elf_file *file, struct guest_image *image);

#endif
