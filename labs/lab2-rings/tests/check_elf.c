/* SPDX-License-Identifier: MIT */
/*
 * elf_load() against files that a test puts together: good ones, ones with one field wrong, cut
 * short at each length, and mutated at random. The file model fails the test when it is read past
 * its end. What a refusal says must name the field; how it says it is the writer's own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <test/dice.h>
#include <test/suite.h>
#include <xen/elf.h>

#define HEADER_BYTES  ((uint32_t)sizeof(struct elf_header))
#define PROGRAM_BYTES ((uint32_t)sizeof(struct elf_program_header))

/* The file under test: its bytes, in memory that ends where the file does. */
static uint8_t *bytes;
static uint32_t nr_bytes;

/* What elf_load() told. */
static struct elf_program_header told[ELF_MAX_SEGMENTS + 1];
static unsigned nr_told;
static vaddr_t entry;

static const char *input; /* what stands in this test's messages */

static void read_bytes(const struct elf_file *file, void *to, uint32_t offset, uint32_t n)
{
	EXPECT(elf_file_has(file, offset, n),
	       "%s: expected reads within the file's %u bytes, saw one of %u bytes at offset %u",
	       input, file->bytes, n, offset);
	memcpy(to, bytes + offset, n);
}

static int context_of_test;

static void note_segment(void *context, const struct elf_file *file,
			 const struct elf_program_header *segment)
{
	EXPECT(context == &context_of_test && file->read == read_bytes,
	       "%s: expected segment() called with the context and file of elf_load(), saw others",
	       input);
	EXPECT(nr_told < ELF_MAX_SEGMENTS, "%s: expected at most %u calls of segment(), saw more",
	       input, ELF_MAX_SEGMENTS);
	told[nr_told++] = *segment;
}

static const char *load(void)
{
	const struct elf_file file = { .bytes = nr_bytes, .read = read_bytes };

	nr_told = 0;
	return elf_load(&file, note_segment, &context_of_test, &entry);
}

static struct elf_header *header(void)
{
	return (struct elf_header *)bytes;
}

static struct elf_program_header *program_header(unsigned i)
{
	return (struct elf_program_header *)(bytes + HEADER_BYTES) + i;
}

/* A file of n bytes: a good header, and room after it. */
static void new_file(const char *what, uint32_t n, unsigned phnum)
{
	free(bytes);
	bytes = calloc(1, n);
	nr_bytes = n;
	input = what;
	*header() = (struct elf_header){
		.magic = ELF_MAGIC,
		.class = ELF_CLASS_32,
		.data = ELF_DATA_LITTLE_ENDIAN,
		.ident_version = ELF_VERSION,
		.type = ELF_TYPE_EXECUTABLE,
		.machine = ELF_MACHINE_386,
		.version = ELF_VERSION,
		.entry = 0xC0100020,
		.phoff = HEADER_BYTES,
		.ehsize = HEADER_BYTES,
		.phentsize = PROGRAM_BYTES,
		.phnum = (uint16_t)phnum,
	};
}

static struct elf_program_header segment_at(uint32_t paddr, uint32_t memsz)
{
	return (struct elf_program_header){
		.type = ELF_PT_LOAD,
		.vaddr = 0xC0000000 + paddr,
		.paddr = paddr,
		.memsz = memsz,
		.flags = ELF_PF_W,
		.align = 4096,
	};
}

/* A kernel as a linker makes it: code, a note that is not loaded, data with a .bss. */
static void new_kernel(const char *what)
{
	uint32_t contents = HEADER_BYTES + 3 * PROGRAM_BYTES;

	new_file(what, contents + 100, 3);
	*program_header(0) = segment_at(0x100000, 60);
	program_header(0)->offset = contents;
	program_header(0)->filesz = 60;
	program_header(0)->flags = ELF_PF_X | 4;
	*program_header(1) = (struct elf_program_header){ .type = 4, .offset = contents };
	*program_header(2) = segment_at(0x101000, 0x5000);
	program_header(2)->offset = contents + 60;
	program_header(2)->filesz = 40;
	program_header(2)->flags = ELF_PF_W | 4;
}

/* Is the file taken, and segment() told of these entries of the program headers, in this order? */
static void expect_loaded(unsigned count, const unsigned *which)
{
	const char *trouble = load();

	EXPECT(!trouble, "%s: expected elf_load() to accept the file, saw \"%s\"", input, trouble);
	EXPECT(nr_told == count, "%s: expected %u calls of segment(), saw %u", input, count,
	       nr_told);
	for (unsigned i = 0; i < count; i++)
		EXPECT(memcmp(&told[i], program_header(which[i]), PROGRAM_BYTES) == 0,
		       "%s: call %u of segment(): expected program header %u (p_paddr %08x, "
		       "p_memsz %x), saw p_paddr %08x, p_memsz %x",
		       input, i, which[i], program_header(which[i])->paddr,
		       program_header(which[i])->memsz, told[i].paddr, told[i].memsz);
	EXPECT(entry == header()->entry, "%s: expected the entry point %08x, saw %08x", input,
	       header()->entry, entry);
}

#define EXPECT_LOADED(...)                                             \
	expect_loaded(ARRAY_SIZE(((const unsigned[]){ __VA_ARGS__ })), \
		      (const unsigned[]){ __VA_ARGS__ })

/* Does the sentence have one of the names, which stand between bars? */
static bool names_one_of(const char *sentence, const char *fields)
{
	char copy[100];

	snprintf(copy, sizeof(copy), "%s", fields);
	for (char *field = strtok(copy, "|"); field; field = strtok(NULL, "|"))
		if (strstr(sentence, field))
			return true;
	return false;
}

/* Is the file refused, with a sentence that names a field, and segment() not called? */
static void expect_refused(const char *fields)
{
	const char *trouble = load();

	EXPECT(trouble, "%s: expected elf_load() to refuse the file, saw it accepted", input);
	EXPECT(nr_told == 0, "%s: expected no call of segment() for a file that is refused, saw %u",
	       input, nr_told);
	EXPECT(names_one_of(trouble, fields),
	       "%s: expected a sentence that names the field (%s), saw \"%s\"", input, fields,
	       trouble);
}

/* Refused with one bad change, and only because of that. */
#define EXPECT_REFUSED_WITH(change, fields)       \
	do {                                      \
		new_kernel("a kernel");           \
		EXPECT_LOADED(0, 2);              \
		change;                           \
		input = "a kernel with " #change; \
		expect_refused(fields);           \
	} while (0)

/* ---- Good files ---- */

START_TEST(a_kernel_is_loaded)
{
	new_kernel("a kernel");
	EXPECT_LOADED(0, 2);
}
END_TEST

START_TEST(the_files_order_is_kept)
{
	new_file("segments at falling addresses", 4096, 4);
	for (unsigned i = 0; i < 4; i++)
		*program_header(i) = segment_at(0x400000 - i * 0x1000, 0x1000);
	EXPECT_LOADED(0, 1, 2, 3);
}
END_TEST

START_TEST(what_is_not_to_be_loaded_is_ignored)
{
	new_file("segments of which the last alone is loaded", 4096, 6);
	/* An unused entry holds anything. */
	memset(program_header(0), 0xFF, PROGRAM_BYTES);
	program_header(0)->type = 0;
	/* PT_PHDR lies in a segment that is loaded. */
	*program_header(1) = segment_at(0x100000, 0x100);
	program_header(1)->type = 6;
	/* Neither writable nor executable; writable, but empty. */
	*program_header(2) = segment_at(0x200000, 0x1000);
	program_header(2)->flags = 4;
	*program_header(3) = segment_at(0x100800, 0);
	/* PT_GNU_STACK */
	*program_header(4) = (struct elf_program_header){ .type = 0x6474E551, .flags = 7 };
	*program_header(5) = segment_at(0x100000, 0x1000);
	EXPECT_LOADED(5);
}
END_TEST

START_TEST(writable_or_executable_is_enough)
{
	new_file("segments of each kind of rights", 4096, 8);
	for (unsigned i = 0; i < 8; i++) {
		*program_header(i) = segment_at(0x100000 + i * 0x1000, 0x1000);
		program_header(i)->flags = i;
	}
	EXPECT_LOADED(1, 2, 3, 5, 6, 7);
}
END_TEST

START_TEST(neighbours_do_not_overlap)
{
	new_file("segments that touch each other", 4096, 3);
	*program_header(0) = segment_at(0x100800, 0x801);
	*program_header(1) = segment_at(0x101001, 0x1000);
	*program_header(2) = segment_at(0x100000, 0x800);
	EXPECT_LOADED(0, 1, 2);
}
END_TEST

START_TEST(a_segment_reaches_the_last_byte)
{
	new_file("a segment that ends at ffffffff, one byte below the top", 4096, 2);
	*program_header(0) = segment_at(0xFFFFF000, 0xFFF);
	*program_header(1) = segment_at(0, 0xFFFFF000);
	EXPECT_LOADED(0, 1);

	new_kernel("a kernel whose last segment's bytes end where the file does");
	program_header(2)->offset = nr_bytes - 1;
	program_header(2)->filesz = 1;
	EXPECT_LOADED(0, 2);
}
END_TEST

START_TEST(program_headers_may_lie_anywhere)
{
	struct elf_program_header *last;

	new_file("program headers at the file's end", 4096, 1);
	header()->phoff = 4096 - PROGRAM_BYTES;
	last = (struct elf_program_header *)(bytes + header()->phoff);
	*last = segment_at(0x100000, 0x1000);
	*program_header(0) = *last;
	EXPECT_LOADED(0);
}
END_TEST

START_TEST(program_headers_may_be_larger)
{
	const char *trouble;

	/* So many that who reads more than a struct's bytes gets past the end of an array for all. */
	new_file("32 program headers of 48 bytes each", 4096, ELF_MAX_SEGMENTS);
	header()->phentsize = 48;
	for (unsigned i = 0; i < ELF_MAX_SEGMENTS; i++)
		*(struct elf_program_header *)(bytes + HEADER_BYTES + 48 * i) =
			segment_at(0x100000 + i * 0x1000, 0x1000);
	trouble = load();
	EXPECT(!trouble, "%s: expected elf_load() to accept the file, saw \"%s\"", input, trouble);
	EXPECT(nr_told == 32 && told[31].paddr == 0x11F000,
	       "%s: expected 32 calls of segment(), the last for p_paddr 0011f000, saw %u, for %08x",
	       input, nr_told, nr_told ? told[nr_told - 1].paddr : 0);
}
END_TEST

START_TEST(thirty_two_segments_are_not_too_many)
{
	unsigned all[ELF_MAX_SEGMENTS];

	new_file("as many segments as there may be", 4096, ELF_MAX_SEGMENTS);
	for (unsigned i = 0; i < ELF_MAX_SEGMENTS; i++) {
		*program_header(i) = segment_at(0x100000 + i * 0x1000, 0x1000);
		all[i] = i;
	}
	expect_loaded(ELF_MAX_SEGMENTS, all);
}
END_TEST

/* ---- Bad headers ---- */

/* Of where the program headers lie, any may be named. */
#define TABLE_FIELDS "e_phoff|e_phnum|e_phentsize"

START_TEST(each_field_of_the_header_is_checked)
{
	EXPECT_REFUSED_WITH(header()->magic = 0x464C457E, "e_ident|magic");
	EXPECT_REFUSED_WITH(header()->magic = 0x474C457F, "e_ident|magic");
	EXPECT_REFUSED_WITH(header()->class = 2, "e_ident|CLASS|class");
	EXPECT_REFUSED_WITH(header()->class = 0, "e_ident|CLASS|class");
	EXPECT_REFUSED_WITH(header()->data = 2, "e_ident|DATA|data");
	EXPECT_REFUSED_WITH(header()->type = 1, "e_type");
	EXPECT_REFUSED_WITH(header()->type = 3, "e_type");
	EXPECT_REFUSED_WITH(header()->type = 0x0102, "e_type");
	EXPECT_REFUSED_WITH(header()->machine = 62, "e_machine");
	EXPECT_REFUSED_WITH(header()->machine = 0x0103, "e_machine");
	EXPECT_REFUSED_WITH(header()->version = 0, "e_version");
	EXPECT_REFUSED_WITH(header()->version = 0x01000001, "e_version");
	EXPECT_REFUSED_WITH(header()->phentsize = 31, "e_phentsize");
	EXPECT_REFUSED_WITH(header()->phentsize = 0, "e_phentsize");
}
END_TEST

START_TEST(the_program_headers_must_be_in_the_file)
{
	EXPECT_REFUSED_WITH(header()->phoff = nr_bytes, TABLE_FIELDS);
	EXPECT_REFUSED_WITH(header()->phoff = nr_bytes - 3 * PROGRAM_BYTES + 1, TABLE_FIELDS);
	EXPECT_REFUSED_WITH(header()->phoff = 0xFFFFFFFF, TABLE_FIELDS);
	EXPECT_REFUSED_WITH(header()->phoff = 0xFFFFFFE0, TABLE_FIELDS);
	EXPECT_REFUSED_WITH(header()->phoff = 0u - 2 * PROGRAM_BYTES, TABLE_FIELDS);
	EXPECT_REFUSED_WITH(header()->phoff = 0x80000000, TABLE_FIELDS);
	EXPECT_REFUSED_WITH(header()->phnum = 8, TABLE_FIELDS);
	EXPECT_REFUSED_WITH(header()->phentsize = 0xFFFF, TABLE_FIELDS);
	EXPECT_REFUSED_WITH(header()->phentsize = 0x8000, TABLE_FIELDS);
}
END_TEST

START_TEST(there_are_segments_but_not_too_many)
{
	EXPECT_REFUSED_WITH(header()->phnum = 0, "e_phnum|p_type|p_flags|p_memsz");

	new_file("a file whose segments are all not to be loaded", 4096, 3);
	*program_header(0) = segment_at(0x100000, 0x1000);
	program_header(0)->flags = 4;
	*program_header(1) = segment_at(0x100000, 0);
	*program_header(2) = segment_at(0x100000, 0x1000);
	program_header(2)->type = 4;
	expect_refused("e_phnum|p_type|p_flags|p_memsz");

	new_file("33 program headers", 4096, ELF_MAX_SEGMENTS + 1);
	for (unsigned i = 0; i < ELF_MAX_SEGMENTS + 1; i++)
		*program_header(i) = segment_at(0x100000 + i * 0x1000, 0x1000);
	expect_refused("e_phnum");

	/* All of them in the file, so that nothing else is wrong. */
	new_file("65535 program headers", HEADER_BYTES + 65535 * PROGRAM_BYTES, 65535);
	*program_header(0) = segment_at(0x100000, 0x1000);
	expect_refused("e_phnum");
}
END_TEST

START_TEST(a_file_cut_short_is_refused)
{
	uint32_t whole;

	new_kernel("a kernel");
	EXPECT_LOADED(0, 2);
	whole = nr_bytes;
	for (uint32_t n = 0; n < whole; n++) {
		char what[60];
		const char *trouble;
		uint8_t *cut = malloc(n + !n);

		new_kernel("a kernel");
		memcpy(cut, bytes, n);
		free(bytes);
		bytes = cut;
		nr_bytes = n;
		sprintf(what, "a kernel cut short after %u of %u bytes", n, whole);
		input = what;
		trouble = load();
		EXPECT(trouble && nr_told == 0,
		       "%s: expected it refused and no call of segment(), saw it %s and %u calls",
		       what, trouble ? "refused" : "accepted", nr_told);
	}
}
END_TEST

/* ---- Bad segments ---- */

START_TEST(a_segments_bytes_must_be_in_the_file)
{
	EXPECT_REFUSED_WITH(program_header(2)->offset = nr_bytes - 39, "p_offset|p_filesz");
	EXPECT_REFUSED_WITH(program_header(2)->offset = nr_bytes + 1, "p_offset|p_filesz");
	EXPECT_REFUSED_WITH(program_header(2)->offset = 0xFFFFFFFF, "p_offset|p_filesz");
	EXPECT_REFUSED_WITH(program_header(2)->offset = 0u - 40, "p_offset|p_filesz");
	EXPECT_REFUSED_WITH(program_header(2)->offset = 0u - 20, "p_offset|p_filesz");
	EXPECT_REFUSED_WITH(program_header(2)->filesz = 0x4000, "p_offset|p_filesz");
	EXPECT_REFUSED_WITH(program_header(0)->offset = 0x80000000, "p_offset|p_filesz");
}
END_TEST

START_TEST(a_segment_holds_its_bytes)
{
	EXPECT_REFUSED_WITH(program_header(2)->memsz = 39, "p_filesz|p_memsz");
	EXPECT_REFUSED_WITH(program_header(0)->memsz = 1, "p_filesz|p_memsz");
	EXPECT_REFUSED_WITH(program_header(0)->filesz = 61, "p_filesz|p_memsz");
}
END_TEST

START_TEST(a_segment_ends_below_4_gib)
{
	EXPECT_REFUSED_WITH(program_header(2)->memsz = 0xFFFFFFFF, "p_paddr|p_memsz");
	EXPECT_REFUSED_WITH(program_header(2)->memsz = 0xFFF00000, "p_paddr|p_memsz");
	EXPECT_REFUSED_WITH(program_header(2)->paddr = 0xFFFFF000, "p_paddr|p_memsz");
	EXPECT_REFUSED_WITH(program_header(2)->paddr = 0xFFFFFFFF, "p_paddr|p_memsz");
	EXPECT_REFUSED_WITH(program_header(2)->paddr = 0u - 0x4FFF, "p_paddr|p_memsz");
}
END_TEST

START_TEST(segments_do_not_overlap)
{
	EXPECT_REFUSED_WITH(program_header(2)->paddr = 0x100000, "p_paddr|p_memsz");
	EXPECT_REFUSED_WITH(program_header(2)->paddr = 0x100000 + 59, "p_paddr|p_memsz");
	EXPECT_REFUSED_WITH(program_header(2)->paddr = 0x100000 - 0x4FFF, "p_paddr|p_memsz");
	EXPECT_REFUSED_WITH(program_header(0)->memsz = 0x1001, "p_paddr|p_memsz");
	EXPECT_REFUSED_WITH(program_header(0)->memsz = 0xF0000000 - 1, "p_paddr|p_memsz");
	EXPECT_REFUSED_WITH(program_header(0)->paddr = 0x105FFF, "p_paddr|p_memsz");

	new_file("the first and the last of four segments overlap", 4096, 4);
	for (unsigned i = 0; i < 3; i++)
		*program_header(i) = segment_at(0x100000 + i * 0x10000, 0x1000);
	*program_header(3) = segment_at(0x100FFF, 2);
	expect_refused("p_paddr|p_memsz");
}
END_TEST

/* ---- Random ones ---- */

enum judgement { GOOD, BAD, EITHER };

static bool file_has(uint64_t offset, uint64_t n)
{
	return offset + n <= nr_bytes;
}

/*
 * The rules once more, in 64 bits and without any order. Two are left open: a segment that
 * ends at 4 GiB sharp, and one that is not to be loaded but makes no sense.
 */
static enum judgement judge(void)
{
	const struct elf_header *h = header();
	unsigned loadable = 0;
	enum judgement judgement = GOOD;

	if (h->magic != ELF_MAGIC || h->class != 1 || h->data != 1 || h->type != 2 ||
	    h->machine != 3 || h->version != 1 || h->phentsize < PROGRAM_BYTES || h->phnum > 32 ||
	    !file_has(h->phoff, (uint64_t)h->phnum * h->phentsize))
		return BAD;
	for (unsigned i = 0; i < h->phnum; i++) {
		struct elf_program_header p;
		bool sane;

		memcpy(&p, bytes + h->phoff + i * h->phentsize, sizeof(p));
		sane = p.filesz <= p.memsz && file_has(p.offset, p.filesz) &&
		       (uint64_t)p.paddr + p.memsz <= 1ull << 32;
		if (p.type != ELF_PT_LOAD || !p.memsz || !(p.flags & 3)) {
			if (!sane && p.type != 0)
				judgement = EITHER;
			continue;
		}
		if (!sane)
			return BAD;
		if ((uint64_t)p.paddr + p.memsz == 1ull << 32)
			judgement = EITHER;
		for (unsigned j = 0; j < i; j++) {
			struct elf_program_header q;

			memcpy(&q, bytes + h->phoff + j * h->phentsize, sizeof(q));
			if (q.type == ELF_PT_LOAD && q.memsz && q.flags & 3 &&
			    p.paddr < (uint64_t)q.paddr + q.memsz &&
			    q.paddr < (uint64_t)p.paddr + p.memsz)
				return BAD;
		}
		loadable++;
	}
	return loadable ? judgement : BAD;
}

/* Numbers that code gets wrong, and others. */
static uint32_t nasty_number(struct dice *dice)
{
	static const uint32_t numbers[] = { 0,          1,          2,        3,
					    31,         32,         33,       52,
					    0x7FFFFFFF, 0x80000000, ~0u,      ~0u - 31,
					    0xFFFFF000, 0x100000,   0x101000, 0x1000 };

	switch (roll(dice, 3)) {
	case 0:
		return numbers[roll(dice, ARRAY_SIZE(numbers))];
	case 1:
		return nr_bytes - roll(dice, 100);
	default:
		return (uint32_t)roll_number(dice);
	}
}

static void mutate(struct dice *dice)
{
	uint32_t at = roll(dice, (HEADER_BYTES + 3 * PROGRAM_BYTES) / 4) * 4;
	uint32_t number = nasty_number(dice);

	switch (roll(dice, 3)) {
	case 0:
		bytes[at + roll(dice, 4)] ^= (uint8_t)(1 << roll(dice, 8));
		break;
	case 1:
		memcpy(bytes + at + 2 * roll(dice, 2), &number, 2);
		break;
	default:
		memcpy(bytes + at, &number, 4);
	}
}

START_TEST(files_mutated_at_random)
{
	for (unsigned round = 1; round <= 30000; round++) {
		struct dice dice = { round };
		char what[60];
		const char *trouble;
		enum judgement judgement;

		sprintf(what, "a kernel mutated at random, round %u", round);
		new_kernel(what);
		for (unsigned i = roll(&dice, 3); i > 0; i--)
			mutate(&dice);
		judgement = judge();
		trouble = load();
		EXPECT(judgement == EITHER || (judgement == GOOD) == !trouble,
		       "%s: expected elf_load() to %s it, saw %s%s", what,
		       judgement == GOOD ? "accept" : "refuse",
		       trouble ? "it refused: " : "it accepted", trouble ? trouble : "");
		EXPECT(!trouble || nr_told == 0,
		       "%s: expected no call of segment() for a file that is refused, saw %u", what,
		       nr_told);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("elf");
	TCase *loads = add_case(suite, "loads");
	TCase *headers = add_case(suite, "bad-headers");
	TCase *segments = add_case(suite, "bad-segments");
	TCase *mutated = add_case(suite, "mutated");

	tcase_add_test(loads, a_kernel_is_loaded);
	tcase_add_test(loads, the_files_order_is_kept);
	tcase_add_test(loads, what_is_not_to_be_loaded_is_ignored);
	tcase_add_test(loads, writable_or_executable_is_enough);
	tcase_add_test(loads, neighbours_do_not_overlap);
	tcase_add_test(loads, a_segment_reaches_the_last_byte);
	tcase_add_test(loads, program_headers_may_lie_anywhere);
	tcase_add_test(loads, program_headers_may_be_larger);
	tcase_add_test(loads, thirty_two_segments_are_not_too_many);

	tcase_add_test(headers, each_field_of_the_header_is_checked);
	tcase_add_test(headers, the_program_headers_must_be_in_the_file);
	tcase_add_test(headers, there_are_segments_but_not_too_many);
	tcase_add_test(headers, a_file_cut_short_is_refused);

	tcase_add_test(segments, a_segments_bytes_must_be_in_the_file);
	tcase_add_test(segments, a_segment_holds_its_bytes);
	tcase_add_test(segments, a_segment_ends_below_4_gib);
	tcase_add_test(segments, segments_do_not_overlap);

	tcase_add_test(mutated, files_mutated_at_random);
	return run_suite(suite);
}
