/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls set_gdt and update_descriptor, found by their records: frames that are taken and
 * given back, and that a refusal changes nothing, neither the domain's GDT nor a byte of any
 * frame.
 */
#include <stdio.h>
#include <string.h>

#include <public/errno.h>
#include <test/guest.h>
#include <test/guest_gdt.h>
#include <test/guest_memory.h>
#include <test/hypercalls.h>
#include <test/machine_memory.h>
#include <xen/guest_descriptors.h>

/* The guest's frames, and others. */
#define A       0x1234u
#define B       0x0042u
#define C       0x4FFFu
#define FOREIGN 0x2000u
#define FREE    0x2001u
#define TABLE   0x2002u

static const mfn_t all_frames[] = { A, B, C, FOREIGN, FREE, TABLE };

/* Where the guest keeps its list. */
#define LIST     0xC0008000u
#define LIST_END (LIST + PAGE_SIZE)

/* Descriptors: as a guest gives them, and as they must become. */
#define FLAT_DATA     0x00CF92000000FFFFull /* 4 GiB, DPL 0 */
#define FLAT_DATA_CUT 0x00CFB2000000C3FFull
#define USER_CODE     0x00CFFA000000C3FFull
#define ABOVE         0xFD40B20000000FFFull /* base FD000000 */
#define TSS           0x0000890000000067ull
#define GATE          0xC010EC0000190000ull

/* What the frames, and the domain, hold before a call. */
static uint64_t frames_before[ARRAY_SIZE(all_frames)][512];
static struct domain domain_before;
static bool protected_before[ARRAY_SIZE(all_frames)];

static uint64_t *descriptors(mfn_t mfn)
{
	return machine_frame(mfn);
}

static void remember(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(all_frames); i++) {
		memcpy(frames_before[i], descriptors(all_frames[i]), PAGE_SIZE);
		protected_before[i] = gdt_is_protected(all_frames[i]);
	}
	domain_before = *current;
}

/* A domain without GDT. Each of its frames has a descriptor at both ends that must be changed. */
static void start(void)
{
	guest_start();
	guest_memory_reset();
	guest_map(LIST, true);
	gdt_machine_reset();
	gdt_add_frame(A, FRAME_OWN);
	gdt_add_frame(B, FRAME_OWN);
	gdt_add_frame(C, FRAME_OWN);
	gdt_add_frame(FOREIGN, FRAME_FOREIGN);
	gdt_add_frame(FREE, FRAME_FREE);
	gdt_add_frame(TABLE, FRAME_PAGE_TABLE);
	for (unsigned i = 0; i < ARRAY_SIZE(all_frames); i++) {
		descriptors(all_frames[i])[1] = FLAT_DATA;
		descriptors(all_frames[i])[2] = USER_CODE;
		descriptors(all_frames[i])[511] = FLAT_DATA;
	}
	remember();
}

static void expect_windows_closed(const char *what)
{
	EXPECT(machine_open_windows() == 0,
	       "%s: expected every map_domain_page() undone by unmap_domain_page(), saw %u windows "
	       "open",
	       what, machine_open_windows());
}

static long set_gdt_at(vaddr_t list, uint32_t entries)
{
	return hypercall_function(__HYPERVISOR_set_gdt)(list, entries, 0, 0, 0);
}

static unsigned pages_of(uint32_t entries)
{
	return (entries + 511) / 512;
}

/* The list is put where nothing is mapped behind it. */
static vaddr_t put_list(const mfn_t *frames, unsigned count)
{
	vaddr_t list = LIST_END - count * (uint32_t)sizeof(mfn_t);

	guest_poke(list, frames, count * (uint32_t)sizeof(mfn_t));
	return list;
}

/* Is everything as it was when remember() was called? */
static void expect_nothing_changed(const char *what)
{
	for (unsigned i = 0; i < ARRAY_SIZE(all_frames); i++) {
		const uint64_t *seen = descriptors(all_frames[i]);

		for (unsigned j = 0; j < 512; j++)
			EXPECT(seen[j] == frames_before[i][j],
			       "%s: expected nothing changed after an error, saw descriptor %u of "
			       "frame %x become %016llx, from %016llx",
			       what, j, all_frames[i], (unsigned long long)seen[j],
			       (unsigned long long)frames_before[i][j]);
		EXPECT(gdt_is_protected(all_frames[i]) == protected_before[i],
		       "%s: expected nothing changed after an error, saw frame %x %s", what,
		       all_frames[i],
		       protected_before[i] ? "writable for the guest again"
					   : "no longer writable for the guest");
	}
	EXPECT(current->gdt_entries == domain_before.gdt_entries,
	       "%s: expected nothing changed after an error, saw gdt_entries %u, not %u", what,
	       current->gdt_entries, domain_before.gdt_entries);
	for (unsigned i = 0; i < pages_of(domain_before.gdt_entries); i++)
		EXPECT(current->gdt_frames[i] == domain_before.gdt_frames[i],
		       "%s: expected nothing changed after an error, saw gdt_frames[%u] %x, not %x",
		       what, i, current->gdt_frames[i], domain_before.gdt_frames[i]);
	expect_windows_closed(what);
}

/* Sets a GDT of these frames, and looks at the domain's. */
static void expect_set(const char *what, uint32_t entries, const mfn_t *frames)
{
	unsigned pages = pages_of(entries);
	unsigned calls = mapped_gdt.calls;
	long error = set_gdt_at(put_list(frames, pages), entries);

	EXPECT(error == 0, "%s: expected 0, saw %ld", what, error);
	EXPECT(current->gdt_entries == entries, "%s: expected gdt_entries %u, saw %u", what,
	       entries, current->gdt_entries);
	EXPECT(mapped_gdt.calls > calls, "%s: expected a call of map_guest_gdt(), saw none", what);
	EXPECT(mapped_gdt.entries == entries,
	       "%s: expected map_guest_gdt() called with gdt_entries %u set, saw %u", what, entries,
	       mapped_gdt.entries);
	for (unsigned i = 0; i < pages; i++)
		EXPECT(current->gdt_frames[i] == frames[i] && mapped_gdt.frames[i] == frames[i],
		       "%s: expected gdt_frames[%u] %x, before map_guest_gdt(), saw %x, and %x then",
		       what, i, frames[i], current->gdt_frames[i], mapped_gdt.frames[i]);
	for (unsigned i = 0; i < ARRAY_SIZE(all_frames); i++) {
		bool in_use = false;

		for (unsigned j = 0; j < pages; j++)
			in_use |= frames[j] == all_frames[i];
		EXPECT(gdt_is_protected(all_frames[i]) == in_use,
		       "%s: expected frame %x, which is %s the GDT, %s for the guest, saw it "
		       "otherwise",
		       what, all_frames[i], in_use ? "in" : "not in",
		       in_use ? "not writable" : "writable");
	}
	expect_windows_closed(what);
}

#define EXPECT_SET(what, entries, ...) expect_set(what, entries, (const mfn_t[]){ __VA_ARGS__ })

static void expect_refused(const char *what, uint32_t entries, const mfn_t *frames, unsigned count)
{
	long error;

	remember();
	error = set_gdt_at(put_list(frames, count), entries);
	EXPECT(error == -EINVAL, "%s: expected -EINVAL (-22), saw %ld", what, error);
	expect_nothing_changed(what);
}

#define EXPECT_REFUSED(what, entries, ...)                            \
	expect_refused(what, entries, (const mfn_t[]){ __VA_ARGS__ }, \
		       ARRAY_SIZE(((const mfn_t[]){ __VA_ARGS__ })))

static void expect_descriptor(const char *what, mfn_t mfn, unsigned i, uint64_t expected)
{
	uint64_t seen = descriptors(mfn)[i];

	EXPECT(seen == expected, "%s: descriptor %u of frame %x: expected %016llx, saw %016llx",
	       what, i, mfn, (unsigned long long)expected, (unsigned long long)seen);
}

/* ---- set_gdt: what is taken ---- */

START_TEST(a_gdt_of_one_frame)
{
	start();
	EXPECT_SET("a GDT of 512 entries", 512, A);
	expect_descriptor("a GDT of 512 entries", A, 0, 0);
	expect_descriptor("a GDT of 512 entries", A, 1, FLAT_DATA_CUT);
	expect_descriptor("a GDT of 512 entries", A, 2, USER_CODE);
	expect_descriptor("a GDT of 512 entries", A, 511, FLAT_DATA_CUT);
	expect_descriptor("a GDT of 512 entries, a frame not in it", B, 1, FLAT_DATA);
}
END_TEST

START_TEST(a_gdt_of_several_frames)
{
	start();
	EXPECT_SET("a GDT of 1025 entries", 1025, C, A, B);
	for (unsigned i = 0; i < 3; i++) {
		expect_descriptor("a GDT of 1025 entries", all_frames[i], 1, FLAT_DATA_CUT);
		expect_descriptor("a GDT of 1025 entries", all_frames[i], 511, FLAT_DATA_CUT);
	}
}
END_TEST

START_TEST(as_many_frames_as_the_entries_take)
{
	static const uint32_t entries[] = { 1, 511, 512, 513, 1024, 1025, 6657, 7167, 7168 };

	for (unsigned i = 0; i < ARRAY_SIZE(entries); i++) {
		mfn_t frames[14];
		char what[60];

		for (unsigned j = 0; j < 14; j++)
			frames[j] = all_frames[j % 3];
		start();
		sprintf(what, "a GDT of %u entries, on frames 1234, 42, 4fff in turn", entries[i]);
		expect_set(what, entries[i], frames);
	}
}
END_TEST

START_TEST(a_gdt_is_replaced)
{
	start();
	EXPECT_SET("a GDT of two frames", 1024, A, B);
	EXPECT_SET("another one, which has one frame of the first", 1024, B, C);
	EXPECT_SET("a smaller one", 8, C);
	EXPECT_SET("the same once more", 8, C);
	EXPECT_SET("a larger one", 1536, A, C, B);
}
END_TEST

START_TEST(no_entries_are_no_gdt)
{
	start();
	EXPECT_SET("a GDT of two frames", 1024, A, B);
	expect_set("a GDT of 0 entries", 0, all_frames);
	EXPECT(set_gdt_at(0xB0000000, 0) == 0,
	       "a GDT of 0 entries, its list at B0000000, unmapped: expected 0, saw an error");
}
END_TEST

/* ---- set_gdt: what is refused ---- */

/* With a GDT, and without one. */
static void refuse_frame(const char *why, mfn_t bad)
{
	char what[100];

	start();
	sprintf(what, "a GDT of mfn %x, %s", bad, why);
	EXPECT_REFUSED(what, 512, bad);
	EXPECT_SET("a GDT of one frame", 512, A);
	EXPECT_REFUSED(what, 512, bad);
	sprintf(what, "a GDT of three frames, whose first is mfn %x, %s", bad, why);
	EXPECT_REFUSED(what, 1536, bad, B, C);
	sprintf(what, "a GDT of three frames, whose last is mfn %x, %s", bad, why);
	EXPECT_REFUSED(what, 1536, B, C, bad);
}

START_TEST(frames_that_are_no_good)
{
	refuse_frame("another domain's", FOREIGN);
	refuse_frame("free", FREE);
	refuse_frame("one of its page tables", TABLE);
	refuse_frame("max_page", MACHINE_FRAMES);
	refuse_frame("beyond max_page", 0xFFFFF);
	refuse_frame("beyond 4 GiB", 0x100000);
	refuse_frame("beyond 4 GiB", 0x100000 + A);
	refuse_frame("beyond 4 GiB", 0xFFFFFFFF);
}
END_TEST

START_TEST(descriptors_that_are_no_good)
{
	static const uint64_t bad[] = { ABOVE, TSS, 0xC010EC00E0080000 };
	static const unsigned places[] = { 0, 7, 300, 511 };

	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
		for (unsigned j = 0; j < ARRAY_SIZE(places); j++) {
			char what[120];

			start();
			EXPECT_SET("a GDT of one frame", 512, C);
			descriptors(B)[places[j]] = bad[i];
			sprintf(what, "a GDT of frame 42 with %016llx at %u",
				(unsigned long long)bad[i], places[j]);
			EXPECT_REFUSED(what, 512, B);
			sprintf(what, "a GDT of frames 1234, 42 with %016llx at %u in the second",
				(unsigned long long)bad[i], places[j]);
			EXPECT_REFUSED(what, 1024, A, B);
			sprintf(what, "a GDT of frames 42, 1234 with %016llx at %u in the first",
				(unsigned long long)bad[i], places[j]);
			EXPECT_REFUSED(what, 1024, B, A);
		}
}
END_TEST

/* The processor looks at the whole frame, however few entries the guest says there are. */
START_TEST(descriptors_after_the_last_entry_count)
{
	start();
	EXPECT_SET("a GDT of one entry", 1, A);
	descriptors(B)[511] = ABOVE;
	EXPECT_REFUSED("a GDT of one entry, in a frame with fd40b20000000fff at 511", 1, B);
}
END_TEST

START_TEST(too_many_entries)
{
	static const uint32_t entries[] = { 7169,       7680,       8192,
					    0x10000,    0x80000000, 0x80000001,
					    0xFFFFFE00, 0xFFFFFE01, 0xFFFFFFFF };

	start();
	EXPECT_SET("a GDT of one frame", 512, A);
	for (unsigned i = 0; i < ARRAY_SIZE(entries); i++) {
		mfn_t frames[18];
		char what[60];

		for (unsigned j = 0; j < 18; j++)
			frames[j] = B;
		sprintf(what, "a GDT of %u entries, more than 7168", entries[i]);
		expect_refused(what, entries[i], frames, 18);
	}
}
END_TEST

static void expect_list_fault(const char *what, vaddr_t list, uint32_t entries)
{
	long error;

	remember();
	error = set_gdt_at(list, entries);
	EXPECT(error == -EFAULT, "%s: expected -EFAULT (-14), saw %ld", what, error);
	expect_nothing_changed(what);
}

START_TEST(a_list_that_cannot_be_read)
{
	static const mfn_t good[] = { A, B };

	start();
	EXPECT_SET("a GDT of one frame", 512, C);
	put_list(good, 2);
	expect_list_fault("a list at B0000000, where nothing is mapped", 0xB0000000, 1);
	expect_list_fault("a list at FC000000, the hypervisor's", 0xFC000000, 1);
	expect_list_fault("a list at FEC00000, the hypervisor's", 0xFEC00000, 512);
	expect_list_fault("a list at FFFFFFFC, which wraps", 0xFFFFFFFC, 1024);
	expect_list_fault("a list of three that is mapped for two", LIST_END - 8, 1536);
}
END_TEST

/* ---- update_descriptor ---- */

static long update(uint64_t maddr, uint64_t descriptor)
{
	return hypercall_function(__HYPERVISOR_update_descriptor)(
		(uint32_t)maddr, (uint32_t)(maddr >> 32), (uint32_t)descriptor,
		(uint32_t)(descriptor >> 32), 0);
}

/* A domain whose GDT is frames A and B, put there by hand. */
static void start_with_gdt(unsigned entries)
{
	start();
	current->gdt_frames[0] = A;
	current->gdt_frames[1] = B;
	current->gdt_entries = entries;
	remember();
}

static void expect_update(mfn_t mfn, unsigned i, uint64_t descriptor, uint64_t expected)
{
	uint64_t maddr = (uint64_t)mfn * PAGE_SIZE + i * 8;
	char what[100];
	long error;

	start_with_gdt(1024);
	sprintf(what, "update_descriptor(%08llx, %016llx)", (unsigned long long)maddr,
		(unsigned long long)descriptor);
	error = update(maddr, descriptor);
	EXPECT(error == 0, "%s: expected 0, saw %ld", what, error);
	expect_descriptor(what, mfn, i, expected);
	/* And nothing else. */
	descriptors(mfn)[i] = frames_before[mfn == A ? 0 : 1][i];
	expect_nothing_changed(what);
}

START_TEST(a_descriptor_is_replaced)
{
	expect_update(A, 3, USER_CODE, USER_CODE);
	expect_update(A, 0, GATE, GATE);
	expect_update(B, 511, USER_CODE, USER_CODE);
	expect_update(B, 2, 0, 0);
	expect_update(A, 100, 0x123400567890ABCD, 0x123400567890ABCD);
}
END_TEST

START_TEST(a_descriptor_is_made_acceptable)
{
	expect_update(A, 3, FLAT_DATA, FLAT_DATA_CUT);
	expect_update(B, 0, 0x00CF9A000000FFFF, 0x00CFBA000000C3FF);
}
END_TEST

static void expect_no_update(const char *why, uint64_t maddr, uint64_t descriptor)
{
	char what[160];
	long error;

	remember();
	sprintf(what, "update_descriptor(%08llx, %016llx), %s", (unsigned long long)maddr,
		(unsigned long long)descriptor, why);
	error = update(maddr, descriptor);
	EXPECT(error == -EINVAL, "%s: expected -EINVAL (-22), saw %ld", what, error);
	expect_nothing_changed(what);
}

START_TEST(a_bad_descriptor_is_refused)
{
	expect_update(A, 1, USER_CODE, USER_CODE);
	start_with_gdt(1024);
	expect_no_update("a segment in the hypervisor", A * PAGE_SIZE + 8, ABOVE);
	expect_no_update("a TSS", B * PAGE_SIZE, TSS);
	expect_no_update("a gate to the hypervisor", A * PAGE_SIZE + 8, 0xC010EC00E0080000);
}
END_TEST

START_TEST(a_bad_address_is_refused)
{
	expect_update(A, 1, USER_CODE, USER_CODE);
	start_with_gdt(1024);
	for (unsigned i = 1; i < 8; i++)
		expect_no_update("not a multiple of 8", A * PAGE_SIZE + 8 + i, USER_CODE);
	expect_no_update("over the end of a frame", A * PAGE_SIZE + 0xFFC, USER_CODE);
	expect_no_update("a frame that is not in the GDT", C * PAGE_SIZE, USER_CODE);
	expect_no_update("another domain's frame", FOREIGN * PAGE_SIZE, USER_CODE);
	expect_no_update("a page table", TABLE * PAGE_SIZE, USER_CODE);
	expect_no_update("a frame that does not exist", MACHINE_FRAMES * PAGE_SIZE, USER_CODE);
	expect_no_update("beyond 4 GiB", 0x100000000ull + A * PAGE_SIZE, USER_CODE);
	expect_no_update("beyond 4 GiB", 0x8000000000000000ull + A * PAGE_SIZE, USER_CODE);
	expect_no_update("frame 0", 0, USER_CODE);
}
END_TEST

/* gdt_frames may still name frames of an earlier, larger GDT. */
START_TEST(a_frame_of_an_earlier_gdt_is_refused)
{
	expect_update(B, 1, USER_CODE, USER_CODE);
	start_with_gdt(512);
	expect_no_update("a frame of a GDT that was larger", B * PAGE_SIZE + 8, USER_CODE);
	start_with_gdt(0);
	expect_no_update("the domain has no GDT any more", A * PAGE_SIZE + 8, USER_CODE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guest_gdt");
	TCase *set = add_case(suite, "set-gdt");
	TCase *refusals = add_case(suite, "set-gdt-refusals");
	TCase *one = add_case(suite, "update-descriptor");

	tcase_add_test(set, a_gdt_of_one_frame);
	tcase_add_test(set, a_gdt_of_several_frames);
	tcase_add_test(set, as_many_frames_as_the_entries_take);
	tcase_add_test(set, a_gdt_is_replaced);
	tcase_add_test(set, no_entries_are_no_gdt);

	tcase_add_test(refusals, frames_that_are_no_good);
	tcase_add_test(refusals, descriptors_that_are_no_good);
	tcase_add_test(refusals, descriptors_after_the_last_entry_count);
	tcase_add_test(refusals, too_many_entries);
	tcase_add_test(refusals, a_list_that_cannot_be_read);

	tcase_add_test(one, a_descriptor_is_replaced);
	tcase_add_test(one, a_descriptor_is_made_acceptable);
	tcase_add_test(one, a_bad_descriptor_is_refused);
	tcase_add_test(one, a_bad_address_is_refused);
	tcase_add_test(one, a_frame_of_an_earlier_gdt_is_refused);
	return run_suite(suite);
}
