/* SPDX-License-Identifier: MIT */
/*
 * ELF files of 32-bit x86 kernels.
 * Source: Tool Interface Standard, Executable and Linking Format 1.2, book I,
 * chapters 1 and 2.
 */
#ifndef XEN_ELF_H
#define XEN_ELF_H

#include <xen/types.h>

#define ELF_MAGIC              0x464C457F /* "\177ELF" */
#define ELF_CLASS_32           1
#define ELF_DATA_LITTLE_ENDIAN 1
#define ELF_TYPE_EXECUTABLE    2
#define ELF_MACHINE_386        3
#define ELF_VERSION            1

struct elf_header {
	uint32_t magic;
	uint8_t class;
	uint8_t data;
	uint8_t ident_version;
	uint8_t ident_pad[9];
	uint16_t type;
	uint16_t machine;
	uint32_t version;
	uint32_t entry; /* virtual address */
	uint32_t phoff; /* offset of the program headers in the file */
	uint32_t shoff; /* and of the section headers */
	uint32_t flags;
	uint16_t ehsize;
	uint16_t phentsize;
	uint16_t phnum;
	uint16_t shentsize;
	uint16_t shnum;
	uint16_t shstrndx;
};

_Static_assert(sizeof(struct elf_header) == 52, "as specified");

#define ELF_PT_LOAD 1
#define ELF_PF_X    1
#define ELF_PF_W    2

struct elf_program_header {
	uint32_t type;
	uint32_t offset; /* in the file */
	uint32_t vaddr;
	uint32_t paddr;
	uint32_t filesz; /* bytes to copy */
	uint32_t memsz;  /* bytes to occupy; what is over is zero */
	uint32_t flags;
	uint32_t align;
};

_Static_assert(sizeof(struct elf_program_header) == 32, "as specified");

#define ELF_SHT_NOTE 7

struct elf_section_header {
	uint32_t name; /* offset in the section that e_shstrndx names */
	uint32_t type;
	uint32_t flags;
	uint32_t addr;
	uint32_t offset;
	uint32_t size;
	uint32_t link;
	uint32_t info;
	uint32_t addralign;
	uint32_t entsize;
};

_Static_assert(sizeof(struct elf_section_header) == 40, "as specified");

/* A kernel of more segments than this is refused. */
#define ELF_MAX_SEGMENTS 32

/* A file, wherever it lies. */
struct elf_file {
	uint32_t bytes;
	/* Copies n bytes at offset; the caller has checked that the file has them. */
	void (*read)(const struct elf_file *file, void *to, uint32_t offset, uint32_t n);
	maddr_t start; /* for read() */
};

/* Does the file have n bytes at offset? */
static inline bool elf_file_has(const struct elf_file *file, uint32_t offset, uint32_t n)
{
	return offset <= file->bytes && n <= file->bytes - offset;
}

/* What a segment is told to, one after another. */
typedef void elf_segment_fn(void *context, const struct elf_file *file,
			    const struct elf_program_header *segment);

/*
 * Exercise 2.1. Checks an ELF file's header and program headers, and then calls
 * segment() for each loadable segment that is writable or executable and not
 * empty, in the file's order. The entry point goes to *entry.
 *
 * Returns NULL; or, if anything is wrong, a sentence that names the field, and then segment() has
 * not been called at all. Wrong is: a file too short for its header, or for the
 * program headers or a segment's bytes that its header promises; a magic number,
 * class, data encoding, type, machine or version other than the ones above; e_phentsize smaller
 * than a program header; no loadable segment, or more than ELF_MAX_SEGMENTS
 * headers; p_filesz larger than p_memsz; a segment that wraps or reaches 4 GiB, by its
 * physical address; two segments that overlap.
 */
const char *elf_load(const struct elf_file *file, elf_segment_fn *segment, void *context,
		     vaddr_t *entry);

#endif
