/* SPDX-License-Identifier: MIT */
/*
 * The domains that the machine boots with. The first module is domain 0's kernel, and a
 * further one its ram disk; a module whose command line begins with `domu` is an unprivileged
 * domain of its own:
 *
 *   kernel.elf console=xvc0
 *   initrd.img
 *   other.elf domu mem=8M its own words
 */
#include <xen/boot_info.h>
#include <xen/domain.h>
#include <xen/domain_build.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/param.h>
#include <xen/printk.h>
#include <xen/processor.h>
#include <xen/sched.h>
#include <xen/string.h>
#include <xen/subsystem.h>

#define KIB 1024u
#define MIB (1024u * KIB)

/* What a domain gets if nobody says: all that the others leave, and this. */
#define DEFAULT_DOMU_BYTES (8 * MIB)

/* Kept free of domain 0's hands, in frames, when it takes all. */
#define SLACK_FRAMES 256

static uint64_t opt_dom0_mem;
PARAM_SIZE("dom0_mem", opt_dom0_mem);

static const char *skip_spaces(const char *p)
{
	while (*p == ' ')
		p++;
	return p;
}

static const char *skip_word(const char *p)
{
	while (*p && *p != ' ')
		p++;
	return skip_spaces(p);
}

static bool begins_with_word(const char *p, const char *word)
{
	size_t n = strlen(word);

	return strncmp(p, word, n) == 0 && (p[n] == ' ' || !p[n]);
}

/*
 * A module's words. Some boot loaders put the file's name before them; none of ours can be told
 * from one but by `domu`, so a first word that is not `domu` counts as a name.
 */
static const char *module_words(const struct boot_module *m)
{
	const char *p = skip_spaces(m->command_line);

	return begins_with_word(p, "domu") ? p : skip_word(p);
}

static bool is_domu(const struct boot_module *m)
{
	return begins_with_word(module_words(m), "domu");
}

/* Frames for a created domain: its word mem=, or the default. *words ends up behind it. */
static uint32_t domu_frames(const char **words)
{
	static const char mem[] = "mem=";
	uint64_t bytes = DEFAULT_DOMU_BYTES;
	const struct param param = { "mem", PARAM_KIND_SIZE, &bytes, sizeof(bytes) };

	*words = skip_word(*words);
	if (strncmp(*words, mem, sizeof(mem) - 1) == 0) {
		char word[32];
		size_t n = 0;

		while (n + 1 < sizeof(word) && (*words)[n] && (*words)[n] != ' ') {
			word[n] = (*words)[n];
			n++;
		}
		word[n] = '\0';
		param_parse(&param, 1, word, NULL);
		*words = skip_word(*words);
	}
	return (uint32_t)(bytes >> PAGE_SHIFT);
}

static uint32_t frames_of_domus(void)
{
	uint32_t frames = 0;

	for (unsigned i = 0; i < boot_info.nr_modules; i++) {
		const char *words = module_words(&boot_info.module[i]);

		if (is_domu(&boot_info.module[i]))
			frames += domu_frames(&words);
	}
	return frames;
}

static uint32_t dom0_frames(void)
{
	uint32_t taken = frames_of_domus() + SLACK_FRAMES;
	uint32_t left = free_frames(HEAP_DOM);

	if (opt_dom0_mem)
		return (uint32_t)(opt_dom0_mem >> PAGE_SHIFT);
	return left > taken ? left - taken : 0;
}

static void start_domain0(void)
{
	struct domain_source source = { .privileged = true };
	bool has_kernel = false;

	for (unsigned i = 0; i < boot_info.nr_modules; i++) {
		const struct boot_module *m = &boot_info.module[i];

		if (is_domu(m))
			continue;
		if (!has_kernel) {
			has_kernel = true;
			source.kernel = m->start;
			source.kernel_end = m->end;
			source.command_line = module_words(m);
		} else if (!source.ramdisk_end) {
			source.ramdisk = m->start;
			source.ramdisk_end = m->end;
		} else {
			printk("module %u is not used: domain 0 has a ram disk\n", i);
		}
	}
	if (has_kernel) {
		source.nr_pages = dom0_frames();
		domain_build(0, &source);
	}
}

static void start_domus(void)
{
	domid_t id = 1;

	for (unsigned i = 0; i < boot_info.nr_modules; i++) {
		const struct boot_module *m = &boot_info.module[i];
		struct domain_source source = { .kernel = m->start, .kernel_end = m->end };

		if (!is_domu(m))
			continue;
		source.command_line = module_words(m);
		source.nr_pages = domu_frames(&source.command_line);
		domain_build(id++, &source);
	}
}

static void wake_all(void)
{
	struct domain *d;

	for_each_domain(d)
		scheduler->wake(d);
}

/* Builds them all, then leaves the hypervisor for the first; comes back only if there is none. */
static void boot_domains(void)
{
	start_domain0();
	start_domus();
	if (!domain_list && boot_info.nr_modules)
		cannot_start("no module is a domain that runs");
	if (!domain_list)
		return;
	wake_all();
	request_schedule();
	guest_exit(guest_regs());
	enter_guest();
}

SUBSYSTEM(boot_domains) = {
	.name = "domains at boot",
	.start = boot_domains,
};
