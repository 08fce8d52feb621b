/* SPDX-License-Identifier: MIT */
/*
 * Exercise 2.3: what a guest points at is read and written only where the guest itself
 * might. Everything else gives -EFAULT, and neither the hypervisor's memory nor the guest's changes.
 */
#include <guest/hypercall.h>
#include <guest/print.h>
#include <guest/start.h>
#include <public/errno.h>

#include <tests/ktap.h>

#define PAGE 4096

/* What xen_version(XENVER_extraversion) writes, and get_features reads and writes. */
#define ANSWER_BYTES  16
#define REQUEST_BYTES sizeof(struct xen_feature_info)

/* Where a guest has no business; the grader watches these places from outside. */
extern const uint32_t pointers_hostile[];
const uint32_t pointers_hostile[] = {
	0xFC000000, 0xFC400000, 0xFC400800, 0xFE000000, 0xFE400000, 0xFE40E000, 0xFE800000,
	0xFEC00000, 0xFEC00400, 0xFED00000, 0xFED10000, 0xFED20000, 0xFFC00000, 0,
};

/* The first address past what is mapped at start. */
static uint32_t end_of_memory(void)
{
	return ((start_info->pt_base >> 22) + start_info->nr_pt_frames -
		((start_info->pt_base - address_of(hypercall_page)) >> 22) - 1)
	       << 22;
}

static long write_at(uint32_t va)
{
	return hypercall(__HYPERVISOR_xen_version, XENVER_extraversion, va, 0, 0, 0);
}

static long read_at(uint32_t va)
{
	return hypercall(__HYPERVISOR_xen_version, XENVER_get_features, va, 0, 0, 0);
}

static long console_write_at(uint32_t va, uint32_t bytes)
{
	return hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, bytes, va, 0, 0);
}

static bool faults(const char *what, long result, uint32_t va)
{
	if (result == -EFAULT)
		return true;
	ktap_mismatch(what, (uint32_t)-EFAULT, (uint32_t)result);
	ktap_mismatch("the pointer was", va, va);
	return false;
}

static bool both_fault(uint32_t va)
{
	bool ok = true;

	ok &= faults("writing", write_at(va), va);
	ok &= faults("reading", read_at(va), va);
	return ok;
}

/* What is mapped works, to the byte. */
static bool good_pointers_work(void)
{
	static char answer[64];
	static struct xen_feature_info request = { .submap_idx = 0, .submap = 0xFFFFFFFF };
	bool ok = true;

	for (unsigned i = 0; i < sizeof(answer); i++)
		answer[i] = 'x';
	ok &= ktap_equal("writing 16 bytes", (uint32_t)write_at(address_of(answer + 20)), 0);
	for (unsigned i = 0; i < sizeof(answer); i++)
		if ((i < 20 || i >= 20 + ANSWER_BYTES) && answer[i] != 'x')
			ok &= ktap_equal("a byte beside the answer", (uint8_t)answer[i], 'x');
	ok &= ktap_equal("the answer's first byte", (uint8_t)answer[20], '.');
	ok &= ktap_equal("the answer's last byte", (uint8_t)answer[20 + ANSWER_BYTES - 1], 0);

	ok &= ktap_equal("get_features", (uint32_t)read_at(address_of(&request)), 0);
	ok &= ktap_equal("the features", request.submap, 0);
	request.submap_idx = 1 + ktap_random(0) % 1000;
	ok &= ktap_equal("get_features of another submap", (uint32_t)read_at(address_of(&request)),
			 (uint32_t)-EINVAL);
	return ok;
}

static bool across_a_page_works(void)
{
	static char pages[2 * PAGE] __attribute__((aligned(PAGE)));

	bool ok = true;

	ok &= ktap_equal("writing across a page's end",
			 (uint32_t)write_at(address_of(pages + PAGE - 7)), 0);
	ok &= ktap_equal("the first byte", (uint8_t)pages[PAGE - 7], '.');
	ok &= ktap_equal("the last byte", (uint8_t)pages[PAGE - 7 + ANSWER_BYTES - 1], 0);
	return ok;
}

static bool hypervisor_faults(void)
{
	bool ok = true;

	for (const uint32_t *p = pointers_hostile; *p; p++) {
		ok &= both_fault(*p);
		ok &= faults("printing", console_write_at(*p, 1 + ktap_random(1) % 64), *p);
	}
	for (unsigned i = 0; i < 64; i++)
		ok &= both_fault(0xFC000000 | (ktap_random(i) & 0x03FFFFFF));
	return ok;
}

static bool border_faults(void)
{
	bool ok = true;

	for (uint32_t n = 1; n < ANSWER_BYTES; n++)
		ok &= faults("writing", write_at(0xFC000000 - n), 0xFC000000 - n);
	for (uint32_t n = 1; n < REQUEST_BYTES; n++)
		ok &= faults("reading", read_at(0xFC000000 - n), 0xFC000000 - n);
	return ok;
}

static bool wrapping_faults(void)
{
	bool ok = true;

	for (uint32_t n = 1; n <= ANSWER_BYTES; n++)
		ok &= both_fault(0 - n);
	ok &= faults("printing 4 GiB", console_write_at(address_of(pointers_hostile), 0xFFFFFFFF),
		     0);
	ok &= faults(
		"printing as far as 0",
		console_write_at(address_of(pointers_hostile), 0 - address_of(pointers_hostile)),
		0);
	return ok;
}

static bool unmapped_faults(void)
{
	uint32_t end = end_of_memory();
	bool ok = true;

	ok &= both_fault(0);
	ok &= both_fault(PAGE);
	ok &= both_fault(0x80000000);
	ok &= both_fault(end);
	for (uint32_t n = 1; n < REQUEST_BYTES; n++)
		ok &= both_fault(end - n);
	ok &= faults("printing past the end", console_write_at(end - 1, 2), end - 1);
	return ok;
}

static bool read_only_faults(void)
{
	const volatile uint32_t *table = (uint32_t *)(uintptr_t)start_info->pt_base;
	bool ok = true;

	/*
	 * The directory and every page table: these a guest may read. No further after a write that was
	 * let through: with rubbish for page tables nothing else could be reported.
	 */
	for (uint32_t i = 0; ok && i < start_info->nr_pt_frames * 1024; i += 509) {
		uint32_t before = table[i];

		ok &= faults("writing a page table", write_at(address_of(&table[i])),
			     address_of(&table[i]));
		ok &= ktap_equal("the entry after that", table[i], before);
	}
	/* From a writable page into a read-only one. */
	return ok &&
	       faults("writing across", write_at(start_info->pt_base - 8), start_info->pt_base - 8);
}

/* The grader looks at the hypervisor's memory here. */
void pointers_begin(void);
void pointers_end(void);
void __attribute__((noinline)) pointers_begin(void)
{
	__asm__ volatile("");
}
void __attribute__((noinline)) pointers_end(void)
{
	__asm__ volatile("");
}

void guest_main(void)
{
	ktap_begin(7);
	ktap_result(good_pointers_work(), "good-pointers-work");
	ktap_result(across_a_page_works(), "across-a-page-works");
	pointers_begin();
	ktap_result(hypervisor_faults(), "hypervisor-memory-faults");
	ktap_result(border_faults(), "across-the-border-faults");
	ktap_result(wrapping_faults(), "wrapping-faults");
	ktap_result(unmapped_faults(), "unmapped-faults");
	ktap_result(read_only_faults(), "read-only-faults");
	pointers_end();
}
