/* SPDX-License-Identifier: MIT */
/*
 * The C side of booting, in the order in which things begin to work. After each
 * step that a student writes, a look whether it is there at all.
 */
#include <xen/boot_info.h>
#include <xen/console.h>
#include <xen/descriptors.h>
#include <xen/idt.h>
#include <xen/keyhandler.h>
#include <xen/missing.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/param.h>
#include <xen/printk.h>
#include <xen/processor.h>
#include <xen/setup.h>
#include <xen/stage.h>
#include <xen/subsystem.h>
#include <xen/traps.h>
#include <xen/vsnprintf.h>

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "GCC " __VERSION__
#endif

static void complain_about_param(const char *word, size_t length, const char *reason)
{
	char copy[64];

	if (length >= sizeof(copy))
		length = sizeof(copy) - 1;
	for (size_t i = 0; i < length; i++)
		copy[i] = word[i];
	copy[length] = '\0';
	printk("command line: %s: %s; ignored\n", copy, reason);
}

/* Once in silence, for what the console itself depends on; then aloud. */
static void read_command_line(param_complaint_t *complain)
{
	param_parse(__start_params, (size_t)(__stop_params - __start_params),
		    boot_info.command_line, complain);
}

static void check_vsnprintf(void)
{
	char text[8];

	if (snprintf(text, sizeof(text), "%u", 1u) != 1 || text[0] != '1')
		exercise_missing("lab 1, exercise 1.2: vsnprintf() does not format a number");
}

static void check_descriptors(void)
{
	if (store_gdt().base != (vaddr_t)(uintptr_t)gdt)
		exercise_missing("lab 1, exercise 1.3: descriptors_init() has not loaded the GDT");
}

static void check_idt(void)
{
	if (!idt[VECTOR_BREAKPOINT].present)
		exercise_missing(
			"lab 1, exercise 1.4: make_gate() makes gates that are not present");
}

static bool page_alloc_works(void)
{
	struct page_info *page = alloc_pages(HEAP_XEN, 0);

	if (page)
		free_pages(page, 0);
	return page;
}

NOINLINE void boot_complete(void)
{
	__asm__ volatile("");
}

void start_xen(uint32_t magic, maddr_t mbi)
{
	bool has_pages;

	check_vsnprintf();
	console_init(); /* with its defaults, to complain about a boot loader */
	boot_info_read_command_line(magic, mbi);
	read_command_line(NULL);
	console_init();
	printk("ring1 stage %u, " COMPILER "\n", STAGE_NUMBER);
	read_command_line(complain_about_param);

	descriptors_init();
	check_descriptors();
	idt_init();
	check_idt();
	write_cr4(read_cr4() | CR4_PGE);

	boot_info_read(mbi);
	if (page_info_init(&boot_info.memory) != 0)
		cannot_start("no room for the frame table");
	page_alloc_init(&boot_info.memory);
	has_pages = page_alloc_works();
	printk("free: %u KiB for the hypervisor, %u KiB for domains\n", free_frames(HEAP_XEN) * 4,
	       free_frames(HEAP_DOM) * 4);

	subsystems_init();
	boot_complete();
	subsystems_start();

	/* Stage 1 boots without a page to give, so that exercise 1.4 can be graded before 1.5. */
	if (!has_pages)
		exercise_missing("lab 1, exercise 1.5: alloc_pages() has no page to give");
	printk("no domain to run; h lists debug keys\n");
	debug_key_loop();
}
