/* SPDX-License-Identifier: MIT */
/*
 * guest_image_read(): the words of "__xen_guest" and the notes of the name "Xen", which of them
 * counts, and section headers that make no sense. The file model fails the test when it is read
 * past its end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <public/elfnote.h>
#include <test/dice.h>
#include <test/suite.h>
#include <xen/guest_image.h>

/* A file of 8 KiB: header, section headers, their names, and what the sections hold. */
#define FILE_BYTES 8192u
#define HEADERS_AT 64u
#define NAMES_AT   1024u
#define STRING_AT  2048u
#define NOTES_AT   4096u

enum section { SECTION_NULL, SECTION_NAMES, SECTION_STRING, SECTION_NOTES, NR_SECTIONS };

static const char names[] = "\0.shstrtab\0__xen_guest\0.note.Xen";

#define STRING_NAME 11

static uint8_t *bytes;
static uint32_t nr_bytes;
static uint32_t notes_end;
static const char *input;
static struct guest_image image;

static void read_bytes(const struct elf_file *file, void *to, uint32_t offset, uint32_t n)
{
	EXPECT(elf_file_has(file, offset, n),
	       "%s: expected reads within the file's %u bytes, saw one of %u bytes at offset %u",
	       input, file->bytes, n, offset);
	memcpy(to, bytes + offset, n);
}

static struct elf_header *header(void)
{
	return (struct elf_header *)bytes;
}

static struct elf_section_header *section(enum section i)
{
	return (struct elf_section_header *)(bytes + HEADERS_AT) + i;
}

/* A file whose sections hold nothing yet. */
static void new_file(const char *what)
{
	input = what;
	free(bytes);
	bytes = calloc(1, FILE_BYTES);
	nr_bytes = FILE_BYTES;
	notes_end = NOTES_AT;
	*header() = (struct elf_header){
		.shoff = HEADERS_AT,
		.shentsize = sizeof(struct elf_section_header),
		.shnum = NR_SECTIONS,
		.shstrndx = SECTION_NAMES,
	};
	memcpy(bytes + NAMES_AT, names, sizeof(names));
	*section(SECTION_NAMES) = (struct elf_section_header){
		.name = 1,
		.type = 3,
		.offset = NAMES_AT,
		.size = sizeof(names),
	};
}

static void put_string(const char *text, uint32_t size)
{
	memcpy(bytes + STRING_AT, text, size);
	*section(SECTION_STRING) = (struct elf_section_header){
		.name = STRING_NAME,
		.type = 1,
		.offset = STRING_AT,
		.size = size,
	};
}

static void put_note(const char *name, uint32_t type, const void *contents, uint32_t size)
{
	const uint32_t words[3] = { (uint32_t)strlen(name) + 1, size, type };

	memcpy(bytes + notes_end, words, sizeof(words));
	notes_end += sizeof(words);
	memcpy(bytes + notes_end, name, words[0]);
	notes_end += (words[0] + 3) & ~3u;
	memcpy(bytes + notes_end, contents, size);
	notes_end += (size + 3) & ~3u;
	*section(SECTION_NOTES) = (struct elf_section_header){
		.name = 0,
		.type = ELF_SHT_NOTE,
		.offset = NOTES_AT,
		.size = notes_end - NOTES_AT,
	};
}

static void put_number_note(uint32_t type, uint32_t number)
{
	put_note("Xen", type, &number, sizeof(number));
}

static void read_image(void)
{
	const struct elf_file file = { .bytes = nr_bytes, .read = read_bytes };

	memset(&image, 0xEE, sizeof(image));
	guest_image_read(&file, &image);
}

static void read_string(const char *text)
{
	new_file(text);
	put_string(text, (uint32_t)strlen(text) + 1);
	read_image();
}

#define EXPECT_FIELD(field, expected)                                                              \
	EXPECT(image.field == (expected), "%s: expected %s %x, saw %x", input, #field, (expected), \
	       image.field)

static void expect_nothing(void)
{
	EXPECT_FIELD(has_virt_base, false);
	EXPECT_FIELD(has_paddr_offset, false);
	EXPECT_FIELD(has_entry, false);
	EXPECT_FIELD(has_hypercall_page, false);
	EXPECT_FIELD(user_pages, false);
	EXPECT_FIELD(wants_pae, false);
	EXPECT_FIELD(needs_features, false);
}

/* ---- The string ---- */

START_TEST(the_words_of_a_kernel)
{
	read_string("GUEST_OS=linux,VIRT_BASE=0xC0000000,ELF_PADDR_OFFSET=0x100000,"
		    "VIRT_ENTRY=0xC0100020,HYPERCALL_PAGE=0x102,PAE=no,LOADER=generic");
	EXPECT_FIELD(has_virt_base, true);
	EXPECT_FIELD(virt_base, 0xC0000000);
	EXPECT_FIELD(has_paddr_offset, true);
	EXPECT_FIELD(paddr_offset, 0x100000u);
	EXPECT_FIELD(has_entry, true);
	EXPECT_FIELD(entry, 0xC0100020);
	EXPECT_FIELD(has_hypercall_page, true);
	EXPECT_FIELD(hypercall_page_is_address, false);
	EXPECT_FIELD(hypercall_page, 0x102u);
	EXPECT_FIELD(user_pages, false);
	EXPECT_FIELD(wants_pae, false);
	EXPECT_FIELD(needs_features, false);
}
END_TEST

START_TEST(numbers)
{
	read_string("VIRT_BASE=1048576");
	EXPECT_FIELD(virt_base, 1048576u);
	read_string("VIRT_BASE=0xfedcBA98");
	EXPECT_FIELD(virt_base, 0xFEDCBA98);
	read_string("VIRT_BASE=0X10");
	EXPECT_FIELD(virt_base, 0x10u);
	read_string("VIRT_BASE=");
	EXPECT_FIELD(has_virt_base, true);
	EXPECT_FIELD(virt_base, 0u);
	read_string("VIRT_BASE=12rubbish");
	EXPECT_FIELD(virt_base, 12u);
}
END_TEST

/* A string's kernel has virtual addresses in p_paddr, unless it says otherwise. */
START_TEST(the_offset_is_the_base_by_default)
{
	read_string("VIRT_BASE=0xC0000000");
	EXPECT_FIELD(has_paddr_offset, true);
	EXPECT_FIELD(paddr_offset, 0xC0000000);
	read_string("VIRT_BASE=0xC0000000,ELF_PADDR_OFFSET=0");
	EXPECT_FIELD(has_paddr_offset, true);
	EXPECT_FIELD(paddr_offset, 0u);
	read_string("LOADER=generic");
	EXPECT_FIELD(has_paddr_offset, false);
}
END_TEST

START_TEST(what_a_kernel_wants)
{
	read_string("PAE=yes");
	EXPECT_FIELD(wants_pae, true);
	read_string("PAE=yes[extended-cr3]");
	EXPECT_FIELD(wants_pae, true);
	read_string("FEATURES=writable_page_tables|auto_translated_physmap");
	EXPECT_FIELD(needs_features, false);
	read_string("FEATURES=writable_page_tables|!auto_translated_physmap");
	EXPECT_FIELD(needs_features, true);
	read_string("USER_PAGES=yes");
	EXPECT_FIELD(user_pages, true);
	read_string("USER_PAGES=no");
	EXPECT_FIELD(user_pages, false);
}
END_TEST

START_TEST(words_that_mean_nothing)
{
	static const char *const texts[] = {
		"",
		",",
		",,,",
		"=",
		"VIRT_BASE",
		"VIRT_BASE,",
		"=1,=2",
		"virt_base=1",
		"XVIRT_BASE=1",
		"VIRT_BASEX=1",
		"UNKNOWN=VIRT_BASE=1",
		"VIRT_ENTRY ,HYPERCALL_PAGE",
	};

	for (unsigned i = 0; i < ARRAY_SIZE(texts); i++) {
		read_string(texts[i]);
		expect_nothing();
	}
}
END_TEST

START_TEST(a_string_without_its_nul)
{
	new_file("a string that ends with its section");
	put_string("VIRT_BASE=0x123456", 18);
	bytes[STRING_AT + 18] = '7';
	read_image();
	EXPECT_FIELD(virt_base, 0x123456u);

	new_file("a string of 2,000 bytes");
	memset(bytes + STRING_AT, 'x', 2000);
	memcpy(bytes + STRING_AT, "VIRT_BASE=1,", 12);
	memcpy(bytes + STRING_AT + 1500, ",VIRT_BASE=2,", 13);
	put_string((char *)bytes + STRING_AT, 2000);
	read_image();
	EXPECT_FIELD(virt_base, 1u);
}
END_TEST

/* ---- Notes ---- */

START_TEST(the_notes_of_a_kernel)
{
	new_file("notes");
	put_note("Xen", XEN_ELFNOTE_GUEST_OS, "linux", 6);
	put_number_note(XEN_ELFNOTE_VIRT_BASE, 0xC0000000);
	put_note("GNU", XEN_ELFNOTE_VIRT_BASE, "\1\1\1\1", 4);
	put_note("XenX", XEN_ELFNOTE_VIRT_BASE, "\2\2\2\2", 4);
	put_number_note(XEN_ELFNOTE_PADDR_OFFSET, 0xC0000000);
	put_number_note(XEN_ELFNOTE_ENTRY, 0xC0100000);
	put_number_note(XEN_ELFNOTE_HYPERCALL_PAGE, 0xC0102000);
	put_note("Xen", XEN_ELFNOTE_PAE_MODE, "bimodal", 8);
	put_note("Xen", XEN_ELFNOTE_FEATURES, "writable_page_tables", 21);
	put_note("Xen", 0x12345678, "", 0);
	read_image();
	EXPECT_FIELD(has_virt_base, true);
	EXPECT_FIELD(virt_base, 0xC0000000);
	EXPECT_FIELD(has_paddr_offset, true);
	EXPECT_FIELD(paddr_offset, 0xC0000000);
	EXPECT_FIELD(has_entry, true);
	EXPECT_FIELD(entry, 0xC0100000);
	EXPECT_FIELD(has_hypercall_page, true);
	EXPECT_FIELD(hypercall_page_is_address, true);
	EXPECT_FIELD(hypercall_page, 0xC0102000);
	EXPECT_FIELD(wants_pae, false);
	EXPECT_FIELD(needs_features, false);
}
END_TEST

START_TEST(what_notes_want)
{
	new_file("notes that want much");
	put_note("Xen", XEN_ELFNOTE_PAE_MODE, "yes", 4);
	put_note("Xen", XEN_ELFNOTE_FEATURES, "!supervisor_mode_kernel", 24);
	read_image();
	EXPECT_FIELD(wants_pae, true);
	EXPECT_FIELD(needs_features, true);
}
END_TEST

START_TEST(notes_have_no_default_offset)
{
	new_file("a note for VIRT_BASE alone");
	put_number_note(XEN_ELFNOTE_VIRT_BASE, 0xC0000000);
	read_image();
	EXPECT_FIELD(has_virt_base, true);
	EXPECT_FIELD(has_paddr_offset, false);
}
END_TEST

START_TEST(notes_come_before_the_string)
{
	new_file("a note and a string");
	put_string("VIRT_BASE=0x1000,VIRT_ENTRY=0x2000", 35);
	put_number_note(XEN_ELFNOTE_VIRT_BASE, 0xC0000000);
	read_image();
	EXPECT_FIELD(virt_base, 0xC0000000);
	EXPECT_FIELD(has_entry, false);

	new_file("another's note and a string");
	put_string("VIRT_BASE=0x1000,VIRT_ENTRY=0x2000", 35);
	put_note("GNU", XEN_ELFNOTE_VIRT_BASE, "\1\1\1\1", 4);
	read_image();
	EXPECT_FIELD(virt_base, 0x1000u);
	EXPECT_FIELD(entry, 0x2000u);
}
END_TEST

/* ---- Section headers that make no sense ---- */

static void new_kernel(const char *what)
{
	new_file(what);
	put_string("VIRT_BASE=0xC0000000,ELF_PADDR_OFFSET=0x0", 42);
}

#define EXPECT_NOTHING_WITH(change)                \
	do {                                       \
		new_kernel("a kernel");            \
		read_image();                      \
		EXPECT_FIELD(has_virt_base, true); \
		change;                            \
		input = "a kernel with " #change;  \
		read_image();                      \
		expect_nothing();                  \
	} while (0)

START_TEST(section_headers_that_are_as_good_as_none)
{
	EXPECT_NOTHING_WITH(header()->shnum = 0);
	EXPECT_NOTHING_WITH(header()->shoff = 0xFFFFFFFF);
	EXPECT_NOTHING_WITH(header()->shoff = 0u - 40);
	EXPECT_NOTHING_WITH(header()->shoff = FILE_BYTES - 79);
	EXPECT_NOTHING_WITH(header()->shentsize = 0);
	EXPECT_NOTHING_WITH(header()->shentsize = 39);
	EXPECT_NOTHING_WITH(header()->shstrndx = 0xFFFF);
	EXPECT_NOTHING_WITH(section(SECTION_NAMES)->offset = 0xFFFFFFF8);
	EXPECT_NOTHING_WITH(section(SECTION_NAMES)->offset = FILE_BYTES);
	EXPECT_NOTHING_WITH(section(SECTION_STRING)->name = 0xFFFFFFFF);
	EXPECT_NOTHING_WITH(section(SECTION_STRING)->name = 0u - NAMES_AT);
	EXPECT_NOTHING_WITH(section(SECTION_STRING)->offset = 0xFFFFFFFF);
	EXPECT_NOTHING_WITH(section(SECTION_STRING)->offset = FILE_BYTES - 8);
	EXPECT_NOTHING_WITH(section(SECTION_STRING)->size = 0);
}
END_TEST

START_TEST(notes_that_are_cut_short)
{
	static const uint32_t sizes[] = { 5, 0x7FFFFFFF, 0xFFFFFFFC, 0xFFFFFFFD, 0xFFFFFFFF };

	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++)
		for (unsigned word = 0; word < 2; word++) {
			new_file("a note with a bad size, after a good one");
			put_number_note(XEN_ELFNOTE_VIRT_BASE, 0xC0000000);
			put_number_note(XEN_ELFNOTE_ENTRY, 0xC0100000);
			memcpy(bytes + NOTES_AT + 20 + word * 4, &sizes[i], 4);
			read_image();
			EXPECT_FIELD(virt_base, 0xC0000000);
			EXPECT_FIELD(has_entry, false);
		}

	for (uint32_t size = 0; size < 20; size++) {
		new_file("a note of which the section has a part");
		put_number_note(XEN_ELFNOTE_VIRT_BASE, 0xC0000000);
		section(SECTION_NOTES)->size = size;
		read_image();
		expect_nothing();
	}
}
END_TEST

START_TEST(files_mutated_at_random)
{
	static const uint32_t areas[] = { 0,        HEADERS_AT, HEADERS_AT, HEADERS_AT,
					  NAMES_AT, STRING_AT,  NOTES_AT };

	for (unsigned round = 1; round <= 5000; round++) {
		struct dice dice = { round };
		char what[60];

		sprintf(what, "a kernel mutated at random, round %u", round);
		new_kernel(what);
		put_number_note(XEN_ELFNOTE_VIRT_BASE, 0xC0000000);
		put_note(roll(&dice, 2) ? "Xen" : "GNU", XEN_ELFNOTE_FEATURES, "text", 5);
		for (unsigned i = roll(&dice, 8); i > 0; i--) {
			uint32_t number = (uint32_t)roll_number(&dice);
			uint32_t at = areas[roll(&dice, ARRAY_SIZE(areas))] + roll(&dice, 160);

			memcpy(bytes + at, &number, 1u << roll(&dice, 3));
		}
		if (roll(&dice, 2)) {
			nr_bytes = 52 + roll(&dice, FILE_BYTES - 52);
			bytes = realloc(bytes, nr_bytes);
		}
		read_image();
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guest_image");
	TCase *string = add_case(suite, "string");
	TCase *notes = add_case(suite, "notes");
	TCase *hostile = add_case(suite, "hostile");

	tcase_add_test(string, the_words_of_a_kernel);
	tcase_add_test(string, numbers);
	tcase_add_test(string, the_offset_is_the_base_by_default);
	tcase_add_test(string, what_a_kernel_wants);
	tcase_add_test(string, words_that_mean_nothing);
	tcase_add_test(string, a_string_without_its_nul);

	tcase_add_test(notes, the_notes_of_a_kernel);
	tcase_add_test(notes, what_notes_want);
	tcase_add_test(notes, notes_have_no_default_offset);
	tcase_add_test(notes, notes_come_before_the_string);

	tcase_add_test(hostile, section_headers_that_are_as_good_as_none);
	tcase_add_test(hostile, notes_that_are_cut_short);
	tcase_add_test(hostile, files_mutated_at_random);
	return run_suite(suite);
}
