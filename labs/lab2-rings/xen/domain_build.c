/* SPDX-License-Identifier: MIT */
#include <xen/boot_map.h>
#include <xen/domain.h>
#include <xen/domain_build.h>
#include <xen/domain_page.h>
#include <xen/elf.h>
#include <xen/guest_image.h>
#include <xen/hypercall.h>
#include <xen/missing.h>
#include <xen/page_alloc.h>
#include <xen/printk.h>
#include <xen/processor.h>
#include <xen/string.h>

/* Spare pages after the stack, at least: 512 KiB. */
#define SPARE_PAGES 128

/* A domain being built. */
struct builder {
	const struct domain_source *source;
	struct elf_file file;
	struct guest_image image;
	struct initial_layout layout;
	struct domain *d;
	mfn_t *p2m;
	unsigned p2m_order;

	vaddr_t entry;
	vaddr_t kernel_start, kernel_end; /* virtual */
};

static void read_kernel_file(const struct elf_file *file, void *to, uint32_t offset, uint32_t n)
{
	copy_from_machine(to, file->start + offset, n);
}

/* Where a segment goes: by its physical address, as the kernel's notes say (ABI, section 11). */
static vaddr_t segment_address(const struct guest_image *image,
			       const struct elf_program_header *segment)
{
	if (!image->has_virt_base)
		return segment->paddr;
	return segment->paddr - (image->has_paddr_offset ? image->paddr_offset : 0) +
	       image->virt_base;
}

static void pass_over_segment(void *context, const struct elf_file *file,
			      const struct elf_program_header *segment)
{
	(void)context, (void)file, (void)segment;
}

static void measure_segment(void *context, const struct elf_file *file,
			    const struct elf_program_header *segment)
{
	struct builder *b = context;
	vaddr_t start = segment_address(&b->image, segment);
	vaddr_t end = start + segment->memsz;

	(void)file;
	/* One that wraps by its virtual address ends at the very top, and is refused for that. */
	if (end < start)
		end = UINT32_MAX;
	if (start < b->kernel_start)
		b->kernel_start = start;
	if (end > b->kernel_end)
		b->kernel_end = end;
}

static pfn_t va_to_pfn(const struct initial_layout *layout, vaddr_t va)
{
	return (va - layout->v_start) >> PAGE_SHIFT;
}

static vaddr_t pfn_to_va(const struct initial_layout *layout, pfn_t pfn)
{
	return layout->v_start + (pfn << PAGE_SHIFT);
}

/* The machine address behind an address in the initial layout. */
static maddr_t va_to_maddr(const struct builder *b, vaddr_t va)
{
	return mfn_to_maddr(b->p2m[va_to_pfn(&b->layout, va)]) | va % PAGE_SIZE;
}

/* Copies into the domain's memory, page by page: neighbours there need not be neighbours here. */
static void copy_to_domain(const struct builder *b, vaddr_t to, const void *from, uint32_t n)
{
	while (n) {
		uint32_t room = PAGE_SIZE - to % PAGE_SIZE;
		uint32_t part = n < room ? n : room;

		copy_to_machine(va_to_maddr(b, to), from, part);
		from = (const uint8_t *)from + part;
		to += part;
		n -= part;
	}
}

/* The same from machine memory. */
static void copy_module_to_domain(const struct builder *b, vaddr_t to, maddr_t from, uint32_t n)
{
	static uint8_t buffer[PAGE_SIZE];

	while (n) {
		uint32_t part = n < sizeof(buffer) ? n : sizeof(buffer);

		copy_from_machine(buffer, from, part);
		copy_to_domain(b, to, buffer, part);
		from += part;
		to += part;
		n -= part;
	}
}

static void load_segment(void *context, const struct elf_file *file,
			 const struct elf_program_header *segment)
{
	const struct builder *b = context;

	copy_module_to_domain(b, segment_address(&b->image, segment), file->start + segment->offset,
			      segment->filesz);
}

static uint32_t pages_of(uint32_t bytes)
{
	return bytes / PAGE_SIZE + (bytes % PAGE_SIZE != 0);
}

/* Fills the layout; what depends on how many tables it takes is found by trying. */
static bool lay_out(struct builder *b)
{
	const struct domain_source *s = b->source;
	struct initial_layout *l = &b->layout;
	uint32_t ramdisk_pages = pages_of(s->ramdisk_end - s->ramdisk);
	uint32_t end;

	/* A kernel that needs more than there is below us is not laid out at all. */
	if (b->kernel_end > HYPERVISOR_VIRT_START)
		return false;
	l->v_start = (b->image.has_virt_base ? b->image.virt_base : b->kernel_start) &
		     ~(SUPERPAGE_SIZE - 1);
	if (b->kernel_start < l->v_start)
		return false;

	l->user_pages = b->image.user_pages;
	l->kernel_end = pages_of(b->kernel_end - l->v_start);
	l->ramdisk = l->kernel_end;
	l->p2m = l->ramdisk + ramdisk_pages;
	l->start_info = l->p2m + pages_of(s->nr_pages * (uint32_t)sizeof(mfn_t));
	l->store = l->console = l->start_info;
	if (!s->privileged) {
		l->store = l->start_info + 1;
		l->console = l->start_info + 2;
	}
	l->page_tables = l->console + 1;
	for (l->nr_pt_frames = 2;; l->nr_pt_frames++) {
		l->stack = l->page_tables + l->nr_pt_frames;
		end = l->stack + 1 + SPARE_PAGES;
		l->mapped = (end + TABLE_ENTRIES - 1) / TABLE_ENTRIES * TABLE_ENTRIES;
		if (l->mapped / TABLE_ENTRIES + 1 <= l->nr_pt_frames)
			break;
	}
	/* All of it below the hypervisor. */
	return l->mapped <= (HYPERVISOR_VIRT_START - l->v_start) >> PAGE_SHIFT;
}

/* Frames in pieces as large as there are, so that neighbours stay neighbours where possible. */
static bool give_memory(struct builder *b)
{
	uint32_t left = b->source->nr_pages;
	unsigned order = MAX_ORDER;

	while (left) {
		while (1u << order > left)
			order--;
		if (domain_add_pages(b->d, order) == 0)
			left -= 1u << order;
		else if (order-- == 0)
			return false;
	}
	return true;
}

static bool list_frames(struct builder *b)
{
	uint32_t bytes = b->source->nr_pages * (uint32_t)sizeof(mfn_t);
	pfn_t pfn = 0;

	while ((uint32_t)PAGE_SIZE << b->p2m_order < bytes)
		b->p2m_order++;
	b->p2m = alloc_xenheap_pages(b->p2m_order);
	if (!b->p2m)
		return false;
	for (mfn_t mfn = b->d->first_page; mfn != INVALID_MFN; mfn = mfn_to_page(mfn)->next)
		b->p2m[pfn++] = mfn;
	return true;
}

void fill_hypervisor_slots(l2_pgentry_t *l2, mfn_t l2_mfn, const struct domain *d)
{
	for (unsigned i = l2_index(HYPERVISOR_VIRT_START); i < TABLE_ENTRIES; i++)
		l2[i] = idle_pg_table[i];
	l2[l2_index(LINEAR_PT_VIRT_START)] = mfn_to_maddr(l2_mfn) | PAGE_RW | PAGE_PRESENT;
	l2[l2_index(PERDOMAIN_VIRT_START)] = virt_to_maddr(d->perdomain_table) | PAGE_RW |
					     PAGE_PRESENT;
}

static void fill_start_info(const struct builder *b)
{
	static struct start_info info;
	const struct domain_source *s = b->source;
	const struct initial_layout *l = &b->layout;
	uint32_t ramdisk_bytes = s->ramdisk_end - s->ramdisk;

	memset(&info, 0, sizeof(info));
	memcpy(info.magic, "xen-3.0-x86_32", sizeof("xen-3.0-x86_32"));
	info.nr_pages = s->nr_pages;
	info.shared_info = virt_to_maddr(b->d->shared_info);
	if (s->privileged) {
		info.flags = SIF_PRIVILEGED | SIF_INITDOMAIN;
	} else {
		info.store_mfn = b->p2m[l->store];
		info.console_mfn = b->p2m[l->console];
	}
	info.pt_base = pfn_to_va(l, l->page_tables);
	info.nr_pt_frames = l->nr_pt_frames;
	info.mfn_list = pfn_to_va(l, l->p2m);
	if (ramdisk_bytes) {
		info.mod_start = pfn_to_va(l, l->ramdisk);
		info.mod_len = ramdisk_bytes;
	}
	for (unsigned i = 0; i + 1 < sizeof(info.cmd_line) && s->command_line[i]; i++)
		info.cmd_line[i] = s->command_line[i];
	copy_to_domain(b, pfn_to_va(l, l->start_info), &info, sizeof(info));
}

static void fill_kernels_hypercall_page(const struct builder *b)
{
	static uint8_t page[PAGE_SIZE];
	vaddr_t va = b->image.hypercall_page;

	if (!b->image.has_hypercall_page)
		return;
	if (!b->image.hypercall_page_is_address)
		va = (b->image.has_virt_base ? b->image.virt_base : b->layout.v_start) +
		     (va << PAGE_SHIFT);
	if (va % PAGE_SIZE || va < b->layout.v_start ||
	    va_to_pfn(&b->layout, va) >= b->layout.kernel_end) {
		printk("HYPERCALL_PAGE: %08x is not a page of the kernel; not filled\n", va);
		return;
	}
	fill_hypercall_page(page);
	copy_to_domain(b, va, page, sizeof(page));
}

/* Nothing goes on without the hypervisor in the domain's address space. */
static void check_initial_tables(const struct builder *b)
{
	const l2_pgentry_t *l2 = map_domain_page(b->p2m[b->layout.page_tables]);

	if (!(l2[l2_index(DIRECTMAP_VIRT_START)] & PAGE_PRESENT))
		exercise_missing(
			"lab 2, exercise 2.1: build_initial_tables() leaves the hypervisor out");
	unmap_domain_page(l2);
}

/* The contents of the pages that are mapped; the spare ones hold zeros. */
static void fill_memory(struct builder *b)
{
	const struct domain_source *s = b->source;
	const struct initial_layout *l = &b->layout;
	vaddr_t entry;

	for (pfn_t pfn = 0; pfn < l->mapped && pfn < s->nr_pages; pfn++)
		clear_domain_page(b->p2m[pfn]);
	elf_load(&b->file, load_segment, b, &entry);
	copy_module_to_domain(b, pfn_to_va(l, l->ramdisk), s->ramdisk, s->ramdisk_end - s->ramdisk);
	copy_to_domain(b, pfn_to_va(l, l->p2m), b->p2m, s->nr_pages * (uint32_t)sizeof(mfn_t));
	fill_start_info(b);
	fill_kernels_hypercall_page(b);
	build_initial_tables(l, b->p2m, b->d);
	check_initial_tables(b);
}

static vaddr_t first_eip(const struct builder *b)
{
	return b->image.has_entry ? b->image.entry : b->entry;
}

/* The registers of the ABI's section 11, and what the kernel asked for. */
static void set_first_state(const struct builder *b)
{
	const struct initial_layout *l = &b->layout;
	struct domain *d = b->d;

	if (b->image.writable_page_tables)
		d->vm_assist |= 1u << VMASST_TYPE_writable_pagetables;
	d->cr3 = mfn_to_maddr(b->p2m[l->page_tables]);
	d->kernel_ss = GUEST_KERNEL_DS;
	d->kernel_sp = pfn_to_va(l, l->stack + 1);
	d->context = (struct trap_frame){
		.eip = first_eip(b),
		.cs = GUEST_KERNEL_CS,
		.eflags = EFLAGS_IF | EFLAGS_ALWAYS_SET,
		.esp = pfn_to_va(l, l->stack + 1),
		.ss = GUEST_KERNEL_DS,
		.ds = GUEST_KERNEL_DS,
		.es = GUEST_KERNEL_DS,
		.fs = GUEST_KERNEL_DS,
		.gs = GUEST_KERNEL_DS,
		.esi = pfn_to_va(l, l->start_info),
	};
}

/* What keeps the kernel from being started, or NULL. */
static const char *prepare(struct builder *b)
{
	const struct domain_source *s = b->source;
	const char *trouble;
	vaddr_t entry;

	b->file = (struct elf_file){
		.bytes = s->kernel_end - s->kernel,
		.read = read_kernel_file,
		.start = s->kernel,
	};
	/* Where segments go is known after guest_image_read(), and that wants a file that was checked. */
	trouble = elf_load(&b->file, pass_over_segment, NULL, &b->entry);
	if (trouble)
		return trouble;
	guest_image_read(&b->file, &b->image);
	b->kernel_start = UINT32_MAX;
	elf_load(&b->file, measure_segment, b, &b->entry);

	if (s->nr_pages > max_page)
		return "its memory is more than the machine has";
	entry = first_eip(b);
	if (entry < b->kernel_start || entry >= b->kernel_end)
		return b->image.has_entry ? "VIRT_ENTRY: not in the kernel"
					  : "e_entry: not in the kernel";
	if (b->image.wants_pae)
		return "it wants page tables of three levels (PAE)";
	if (b->image.needs_features)
		return "it requires a feature that no guest has here (FEATURES)";
	if (!lay_out(b))
		return "it does not fit between its VIRT_BASE and the hypervisor";
	if (b->layout.mapped > s->nr_pages)
		return "it does not fit into its memory";
	return NULL;
}

struct domain *domain_build(domid_t id, const struct domain_source *source)
{
	struct builder b = { .source = source };
	const char *trouble = prepare(&b);

	if (!trouble) {
		b.d = domain_create(id, source->privileged, source->nr_pages);
		if (!b.d || !give_memory(&b) || !list_frames(&b))
			trouble = "there is not enough memory";
	}
	if (!trouble) {
		fill_memory(&b);
		set_first_state(&b);
	} else if (b.d) {
		domain_destroy(b.d);
		b.d = NULL;
	}
	if (b.p2m)
		free_xenheap_pages(b.p2m, b.p2m_order);

	if (trouble)
		printk("domain %u is not started: %s\n", id, trouble);
	else
		printk("domain %u: %u pages, kernel at %08x, entry %08x\n", id, source->nr_pages,
		       b.kernel_start, b.d->context.eip);
	return b.d;
}
