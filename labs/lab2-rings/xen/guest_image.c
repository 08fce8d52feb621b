/* SPDX-License-Identifier: MIT */
#include <public/elfnote.h>
#include <xen/guest_image.h>
#include <xen/string.h>

/* More is cut. */
#define MAX_GUEST_STRING 1024
#define MAX_SECTIONS     256

static const char guest_section[] = "__xen_guest";
static const char note_name[] = "Xen";

struct elf_note {
	uint32_t namesz;
	uint32_t descsz;
	uint32_t type;
};

static uint32_t parse_number(const char *text)
{
	unsigned base = 10;
	uint32_t value = 0;

	if (text[0] == '0' && (text[1] | 0x20) == 'x') {
		base = 16;
		text += 2;
	}
	for (; *text; text++) {
		unsigned digit = *text >= '0' && *text <= '9'
					 ? (unsigned)(*text - '0')
					 : (unsigned)((*text | 0x20) - 'a' + 10);

		if (digit >= base)
			break;
		value = value * base + digit;
	}
	return value;
}

/* Is there a required feature in a list such as "writable_page_tables|!auto_translated_physmap"? */
static bool requires_feature(const char *list)
{
	for (; *list; list++)
		if (*list == '!')
			return true;
	return false;
}

/* One KEY=VALUE word of the section's string. */
static void apply_word(struct guest_image *image, const char *key, const char *value)
{
	if (strcmp(key, "VIRT_BASE") == 0) {
		image->has_virt_base = true;
		image->virt_base = parse_number(value);
	} else if (strcmp(key, "ELF_PADDR_OFFSET") == 0) {
		image->has_paddr_offset = true;
		image->paddr_offset = parse_number(value);
	} else if (strcmp(key, "VIRT_ENTRY") == 0) {
		image->has_entry = true;
		image->entry = parse_number(value);
	} else if (strcmp(key, "HYPERCALL_PAGE") == 0) {
		image->has_hypercall_page = true;
		image->hypercall_page = parse_number(value);
	} else if (strcmp(key, "USER_PAGES") == 0) {
		image->user_pages = strcmp(value, "yes") == 0;
	} else if (strcmp(key, "PAE") == 0) {
		image->wants_pae = strncmp(value, "yes", 3) == 0;
	} else if (strcmp(key, "FEATURES") == 0) {
		image->needs_features = requires_feature(value);
	}
}

static void apply_string(struct guest_image *image, char *text)
{
	while (*text) {
		char *key = text;
		char *value = NULL;

		for (; *text && *text != ','; text++) {
			if (*text == '=' && !value) {
				*text = '\0';
				value = text + 1;
			}
		}
		if (*text)
			*text++ = '\0';
		if (value)
			apply_word(image, key, value);
		else if (strcmp(key, "PT_MODE_WRITABLE") == 0)
			image->writable_page_tables = true;
	}
}

static void apply_note(struct guest_image *image, uint32_t type, const char *text, uint32_t number)
{
	switch (type) {
	case XEN_ELFNOTE_ENTRY:
		image->has_entry = true;
		image->entry = number;
		break;
	case XEN_ELFNOTE_HYPERCALL_PAGE:
		image->has_hypercall_page = true;
		image->hypercall_page_is_address = true;
		image->hypercall_page = number;
		break;
	case XEN_ELFNOTE_VIRT_BASE:
		image->has_virt_base = true;
		image->virt_base = number;
		break;
	case XEN_ELFNOTE_PADDR_OFFSET:
		image->has_paddr_offset = true;
		image->paddr_offset = number;
		break;
	case XEN_ELFNOTE_PAE_MODE:
		image->wants_pae = strncmp(text, "yes", 3) == 0;
		break;
	case XEN_ELFNOTE_FEATURES:
		image->needs_features = requires_feature(text);
		break;
	}
}

static uint32_t rounded_up(uint32_t n)
{
	return (n + 3) & ~3u;
}

/* Reads a note's contents, cut to the buffer, as text; and its first four bytes as a number. */
static uint32_t read_note_contents(const struct elf_file *file, uint32_t offset, uint32_t bytes,
				   char *text, uint32_t size)
{
	uint32_t number = 0;

	if (bytes >= size)
		bytes = size - 1;
	file->read(file, text, offset, bytes);
	text[bytes] = '\0';
	if (bytes >= sizeof(number))
		memcpy(&number, text, sizeof(number));
	return number;
}

/* True if there was a note of ours. */
static bool read_notes(const struct elf_file *file, const struct elf_section_header *section,
		       struct guest_image *image)
{
	uint32_t at = section->offset;
	uint32_t left = section->size;
	bool found = false;

	if (!elf_file_has(file, at, left))
		return false;
	while (left >= sizeof(struct elf_note)) {
		struct elf_note note;
		uint32_t name_bytes, bytes;
		char name[sizeof(note_name)];
		char text[128];

		file->read(file, &note, at, sizeof(note));
		at += sizeof(note);
		left -= sizeof(note);
		name_bytes = rounded_up(note.namesz);
		if (name_bytes < note.namesz || name_bytes > left ||
		    note.descsz > left - name_bytes)
			break;
		if (note.namesz == sizeof(note_name)) {
			file->read(file, name, at, sizeof(name));
			if (memcmp(name, note_name, sizeof(name)) == 0) {
				uint32_t number = read_note_contents(
					file, at + name_bytes, note.descsz, text, sizeof(text));

				apply_note(image, note.type, text, number);
				found = true;
			}
		}
		bytes = name_bytes + rounded_up(note.descsz);
		if (bytes > left)
			break;
		at += bytes;
		left -= bytes;
	}
	return found;
}

/* The i-th section header; false if the file does not have it. */
static bool read_section_header(const struct elf_file *file, const struct elf_header *header,
				unsigned i, struct elf_section_header *section)
{
	uint32_t at = header->shoff + i * sizeof(*section);

	if (header->shentsize != sizeof(*section) || at < header->shoff ||
	    !elf_file_has(file, at, sizeof(*section)))
		return false;
	file->read(file, section, at, sizeof(*section));
	return true;
}

static bool has_name(const struct elf_file *file, const struct elf_section_header *names,
		     const struct elf_section_header *section)
{
	char name[sizeof(guest_section)];
	uint32_t at = names->offset + section->name;

	if (at < names->offset || !elf_file_has(file, at, sizeof(name)))
		return false;
	file->read(file, name, at, sizeof(name));
	return memcmp(name, guest_section, sizeof(name)) == 0;
}

static void read_string_section(const struct elf_file *file,
				const struct elf_section_header *section, struct guest_image *image)
{
	static char text[MAX_GUEST_STRING];
	uint32_t bytes = section->size < sizeof(text) ? section->size : (uint32_t)sizeof(text) - 1;

	if (!elf_file_has(file, section->offset, bytes))
		return;
	file->read(file, text, section->offset, bytes);
	text[bytes] = '\0';
	apply_string(image, text);
	/* Such a kernel's physical addresses are virtual ones, unless it says otherwise. */
	if (image->has_virt_base && !image->has_paddr_offset) {
		image->has_paddr_offset = true;
		image->paddr_offset = image->virt_base;
	}
}

void guest_image_read(const struct elf_file *file, struct guest_image *image)
{
	struct elf_header header;
	struct elf_section_header section, names;
	unsigned count;
	bool notes = false;

	memset(image, 0, sizeof(*image));
	file->read(file, &header, 0, sizeof(header));
	count = header.shnum < MAX_SECTIONS ? header.shnum : MAX_SECTIONS;

	/* Notes come first; the string is for kernels that have none. */
	for (unsigned i = 0; i < count; i++)
		if (read_section_header(file, &header, i, &section) && section.type == ELF_SHT_NOTE)
			notes |= read_notes(file, &section, image);
	if (notes || !read_section_header(file, &header, header.shstrndx, &names))
		return;
	for (unsigned i = 0; i < count; i++)
		if (read_section_header(file, &header, i, &section) &&
		    has_name(file, &names, &section))
			read_string_section(file, &section, image);
}
