/* SPDX-License-Identifier: MIT */
/*
 * What a kernel finds when it starts (ABI, section 11), as it sees it itself. The words of its
 * command line say what it should find: "privileged", "ramdisk", "pages=N" come after a word of
 * the grader's own.
 */
#include <guest/hypercall.h>
#include <guest/start.h>

#include <tests/ktap.h>

#define PAGE         4096u
#define TABLE_BYTES  (4096u * 1024)
#define ENTRY_FRAME  0xFFFFF000u
#define ENTRY_RW     0x002u
#define ENTRY_RIGHTS 0x003u

extern char guest_stack_top[];

static bool has_word(const char *word)
{
	for (const char *p = start_info->cmd_line; *p; p++) {
		unsigned n = 0;

		while (word[n] && p[n] == word[n])
			n++;
		if (!word[n])
			return true;
	}
	return false;
}

static uint32_t number_after(const char *word)
{
	for (const char *p = start_info->cmd_line; *p; p++) {
		unsigned n = 0;
		uint32_t value = 0;

		while (word[n] && p[n] == word[n])
			n++;
		if (word[n])
			continue;
		for (p += n; *p >= '0' && *p <= '9'; p++)
			value = value * 10 + (uint32_t)(*p - '0');
		return value;
	}
	return 0;
}

static uint32_t page_of(uint32_t va)
{
	return (va - address_of(hypercall_page)) / PAGE;
}

static const uint32_t *mfn_list(void)
{
	return (const uint32_t *)(uintptr_t)start_info->mfn_list;
}

static uint32_t mapped_pages(void)
{
	return (start_info->nr_pt_frames - 1) * 1024;
}

/* The page table entry of a page of ours. */
static uint32_t entry_of(uint32_t page)
{
	const uint32_t *tables = (const uint32_t *)(uintptr_t)(start_info->pt_base + PAGE);

	return tables[page];
}

static bool magic_and_sizes(void)
{
	static const char magic[32] = "xen-3.0-x86_32";
	bool ok = true;

	for (unsigned i = 0; i < sizeof(magic); i++)
		ok &= start_info->magic[i] == magic[i];
	if (!ok)
		ktap_note("start_info.magic is not xen-3.0-x86_32");
	ok &= ktap_equal("nr_pages", start_info->nr_pages, number_after("pages="));
	return ok;
}

static bool flags_and_pages_for_others(void)
{
	bool privileged = has_word("privileged");
	uint32_t page = page_of(address_of(start_info));
	bool ok = true;

	ok &= ktap_equal("flags", start_info->flags,
			 privileged ? SIF_PRIVILEGED | SIF_INITDOMAIN : 0);
	ok &= ktap_equal("store_evtchn", start_info->store_evtchn, 0);
	ok &= ktap_equal("console_evtchn", start_info->console_evtchn, 0);
	ok &= ktap_equal("store_mfn", start_info->store_mfn, privileged ? 0 : mfn_list()[page + 1]);
	ok &= ktap_equal("console_mfn", start_info->console_mfn,
			 privileged ? 0 : mfn_list()[page + 2]);
	return ok;
}

static bool order_of_parts(void)
{
	bool privileged = has_word("privileged");
	uint32_t p2m = page_of(start_info->mfn_list);
	uint32_t p2m_pages = (start_info->nr_pages * 4 + PAGE - 1) / PAGE;
	uint32_t info = page_of(address_of(start_info));
	uint32_t tables = page_of(start_info->pt_base);
	uint32_t stack = tables + start_info->nr_pt_frames;
	bool ok = true;

	ok &= ktap_equal("start_info's page", info, p2m + p2m_pages);
	ok &= ktap_equal("the page directory's page", tables, info + (privileged ? 1 : 3));
	if (has_word("ramdisk")) {
		uint32_t ramdisk_pages = (start_info->mod_len + PAGE - 1) / PAGE;

		ok &= ktap_equal("the frame list's page", p2m,
				 page_of(start_info->mod_start) + ramdisk_pages);
	}
	/* At least 512 KiB after the stack, and no more than that asks for. */
	ok &= ktap_equal("pages that are mapped", mapped_pages(),
			 (stack + 1 + 128 + 1023) / 1024 * 1024);
	return ok;
}

/* Each page is what the list says, and each of them somewhere else. */
static bool frames(void)
{
	uint32_t tables = page_of(start_info->pt_base);
	bool ok = true;

	for (uint32_t page = 0; page < mapped_pages(); page++) {
		bool is_table = page >= tables && page < tables + start_info->nr_pt_frames;
		uint32_t entry = entry_of(page);

		if ((entry & ENTRY_FRAME) >> 12 != mfn_list()[page])
			ok &= ktap_equal("the frame in a page's entry", entry >> 12,
					 mfn_list()[page]);
		if ((entry & ENTRY_RIGHTS) != (is_table ? 1 : 1 | ENTRY_RW))
			ok &= ktap_equal("rights in a page's entry", entry & 0xFFF,
					 is_table ? 1 : 1 | ENTRY_RW);
	}
	return ok;
}

/* Every page that is nobody's is zero, and can be written and read back through its own address. */
static bool spare_memory(void)
{
	uint32_t first = page_of(start_info->pt_base) + start_info->nr_pt_frames + 1;
	bool ok = true;

	for (uint32_t page = first; page < mapped_pages(); page++) {
		uint32_t *p = (uint32_t *)(hypercall_page + page * PAGE);

		for (unsigned i = 0; i < PAGE / 4; i++)
			if (p[i])
				ok &= ktap_equal("a word of a spare page", p[i], 0);
		*p = ktap_random(page);
	}
	for (uint32_t page = first; page < mapped_pages(); page++) {
		const volatile uint32_t *p = (uint32_t *)(hypercall_page + page * PAGE);

		if (*p != ktap_random(page))
			ok &= ktap_equal("what was written to a page", *p, ktap_random(page));
	}
	return ok;
}

/* The grader's ram disk is an ELF file; the grader compares the rest of it from outside. */
static bool ramdisk(void)
{
	const uint32_t *words = (const uint32_t *)(uintptr_t)start_info->mod_start;
	bool ok = true;

	if (!has_word("ramdisk")) {
		ok &= ktap_equal("mod_start", start_info->mod_start, 0);
		ok &= ktap_equal("mod_len", start_info->mod_len, 0);
		return ok;
	}
	ok &= ktap_equal("mod_len", start_info->mod_len, number_after("ramdisk="));
	ok &= ktap_equal("the ram disk's first word", words[0], 0x464C457F);
	return ok;
}

static bool bss_is_zero(void)
{
	static uint32_t zeros[3 * 1024];
	bool ok = true;

	for (unsigned i = 0; i < sizeof(zeros) / 4; i++)
		if (zeros[i])
			ok &= ktap_equal("a word without a value", zeros[i], 0);
	return ok;
}

void guest_main(void)
{
	ktap_begin(7);
	ktap_result(magic_and_sizes(), "magic-and-sizes");
	ktap_result(flags_and_pages_for_others(), "flags-and-pages-for-others");
	ktap_result(order_of_parts(), "order-of-parts");
	ktap_result(frames(), "frames");
	ktap_result(ramdisk(), "ramdisk");
	ktap_result(bss_is_zero(), "bss-is-zero");
	ktap_result(spare_memory(), "spare-memory");
}
