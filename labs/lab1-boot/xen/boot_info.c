/* SPDX-License-Identifier: MIT */
#include <xen/boot_info.h>
#include <xen/layout.h>
#include <xen/multiboot.h>
#include <xen/page.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/string.h>

/* The linker script's: the whole image, as virtual addresses. */
extern char image_start[], image_end[];

#define KIB 1024u
#define MIB (1024u * KIB)

/* The direct map's 16 MiB for ourselves, and something for a domain. */
#define MINIMUM_FRAMES (20 * MIB / PAGE_SIZE)

struct boot_info boot_info;

/* bytes at physical address start that the boot loader points us to. */
static const void *loader_data(const char *what, maddr_t start, paddr_t bytes)
{
	if (!in_directmap(start, bytes))
		cannot_start("the boot loader's %s at %08x is not in the first %u MiB", what, start,
			     DIRECTMAP_BYTES / MIB);
	return maddr_to_virt(start);
}

/* The size of the string at start, its NUL included; 0 if the direct map does not reach its end. */
static uint32_t string_bytes(maddr_t start)
{
	for (maddr_t end = start; in_directmap(end, 1); end++)
		if (!*(const char *)maddr_to_virt(end))
			return end - start + 1;
	return 0;
}

static void copy_command_line(maddr_t start)
{
	uint32_t bytes = string_bytes(start);

	if (!bytes || bytes > sizeof(boot_info.command_line))
		cannot_start("the boot loader's command line at %08x has no end within %u bytes",
			     start, (unsigned)sizeof(boot_info.command_line));
	memcpy(boot_info.command_line, maddr_to_virt(start), bytes);
}

void boot_info_read_command_line(uint32_t magic, maddr_t mbi)
{
	const struct multiboot_info *info;

	if (magic != MULTIBOOT_BOOTLOADER_MAGIC)
		cannot_start("no multiboot boot loader: EAX was %08x and not %08x", magic,
			     MULTIBOOT_BOOTLOADER_MAGIC);
	info = loader_data("information", mbi, sizeof(*info));
	if (info->flags & MULTIBOOT_INFO_CMDLINE)
		copy_command_line(info->cmdline);
}

static void reserve(const char *what, paddr_t start, paddr_t end)
{
	if (!memory_map_reserve(&boot_info.memory, start, end))
		cannot_start("the memory map is too scattered to reserve the %s", what);
}

static void read_memory_map(const struct multiboot_info *info)
{
	struct memory_map *map = &boot_info.memory;
	unsigned passed_over;

	if (info->flags & MULTIBOOT_INFO_MEM_MAP) {
		passed_over = memory_map_parse(
			map, loader_data("memory map", info->mmap_addr, info->mmap_length),
			info->mmap_length);
		if (passed_over)
			printk("memory map: %u entries make no sense\n", passed_over);
	} else if (info->flags & MULTIBOOT_INFO_MEMORY) {
		struct multiboot_mmap_entry entries[] = {
			{ .size = 20, .addr = 0, .len = (paddr_t)info->mem_lower * KIB, .type = 1 },
			{ .size = 20,
			  .addr = MIB,
			  .len = (paddr_t)info->mem_upper * KIB,
			  .type = 1 },
		};

		printk("no memory map; going by the boot loader's memory size\n");
		memory_map_parse(map, entries, sizeof(entries));
	} else {
		cannot_start("the boot loader gave no memory map");
	}
}

/* Does any byte of [start, end) belong to the image? */
static bool overlaps_image(paddr_t start, paddr_t end)
{
	return start < virt_to_maddr(image_end) && end > virt_to_maddr(image_start);
}

static void read_module(unsigned i, const struct multiboot_module *m)
{
	struct boot_module *module = &boot_info.module[i];
	struct mfn_range frames = frames_touched(m->mod_start, m->mod_end);

	if (m->mod_start > m->mod_end)
		cannot_start("module %u begins at %08x and ends before, at %08x", i, m->mod_start,
			     m->mod_end);
	if (overlaps_image(m->mod_start, m->mod_end))
		cannot_start("module %u (%08x to %08x) lies over the hypervisor's image", i,
			     m->mod_start, m->mod_end);
	if (!range_set_covers(&boot_info.memory.usable, frames))
		cannot_start("module %u (%08x to %08x) does not lie in memory", i, m->mod_start,
			     m->mod_end);

	module->start = m->mod_start;
	module->end = m->mod_end;
	module->command_line = "";
	reserve("modules", m->mod_start, m->mod_end);
	/* Without its words a module would be taken for domain 0's kernel. */
	if (m->string && !string_bytes(m->string))
		cannot_start("module %u's words at %08x are not in the first %u MiB", i, m->string,
			     DIRECTMAP_BYTES / MIB);
	if (m->string) {
		module->command_line = maddr_to_virt(m->string);
		reserve("modules' command lines", m->string, m->string + string_bytes(m->string));
	}
}

static void read_modules(const struct multiboot_info *info)
{
	const struct multiboot_module *modules;
	unsigned count = info->flags & MULTIBOOT_INFO_MODS ? info->mods_count : 0;

	if (count > MAX_MODULES) {
		printk("%u modules; only the first %u are used\n", count, MAX_MODULES);
		count = MAX_MODULES;
	}
	if (!count)
		return;
	modules = loader_data("list of modules", info->mods_addr, count * sizeof(*modules));
	for (unsigned i = 0; i < count; i++)
		read_module(i, &modules[i]);
	boot_info.nr_modules = count;
}

static void print_memory(const struct memory_map *map)
{
	for (unsigned i = 0; i < map->usable.count; i++)
		printk("memory:   %08x to %08x\n", mfn_to_maddr(map->usable.range[i].start),
		       mfn_to_maddr(map->usable.range[i].end) - 1);
	for (unsigned i = 0; i < map->reserved.count; i++)
		printk("reserved: %08x to %08x\n", mfn_to_maddr(map->reserved.range[i].start),
		       mfn_to_maddr(map->reserved.range[i].end) - 1);
}

void boot_info_read(maddr_t mbi)
{
	const struct multiboot_info *info = maddr_to_virt(mbi);
	uint32_t frames;

	read_memory_map(info);
	reserve("first MiB", 0, MIB);
	reserve("image", virt_to_maddr(image_start), virt_to_maddr(image_end));
	read_modules(info);
	print_memory(&boot_info.memory);

	frames = range_set_frames(&boot_info.memory.usable);
	if (frames < MINIMUM_FRAMES)
		cannot_start("%u KiB of memory; at least %u KiB are needed",
			     frames * (PAGE_SIZE / KIB), MINIMUM_FRAMES * (PAGE_SIZE / KIB));
}
