/* SPDX-License-Identifier: MIT */
/*
 * Where everything lies. What runs before paging is on is linked at the address where it
 * is loaded; the rest where the direct map shows that.
 *
 * Records (<xen/compiler.h>) need no line here: the linker puts a section whose name
 * is a C identifier after those like it, and defines __start_ and __stop_ symbols
 * for its ends. So a later lab brings records of a new kind without changing this file.
 */
#include <xen/layout.h>

#define LOAD(section) AT(ADDR(section) - DIRECTMAP_VIRT_START)

OUTPUT_FORMAT("elf32-i386")
ENTRY(start)

PHDRS
{
	boot PT_LOAD FLAGS(5);
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
	stack PT_GNU_STACK FLAGS(6);
}

SECTIONS
{
	. = IMAGE_LOAD_ADDRESS;
	image_start = . + DIRECTMAP_VIRT_START;

	.boot : AT(ADDR(.boot)) {
		KEEP(*(.multiboot))
		*(.boot.text)
		*boot_map.o(.text .text.* .rodata .rodata.* .data .data.* .bss .bss.*)
	} :boot

	. = ALIGN(4096) + DIRECTMAP_VIRT_START;

	.text : LOAD(.text) {
		*(.text .text.*)
		text_end = .;
	} :text

	. = ALIGN(4096);

	.rodata : LOAD(.rodata) {
		*(.rodata .rodata.*)
	} :rodata

	/* Last of what is loaded: its size is unknown at the first link. */
	. = ALIGN(4096);
	.data : LOAD(.data) {
		*(.data .data.*)
	} :data

	.symbols : LOAD(.symbols) {
		*(.symbols)
	} :data

	. = ALIGN(4096);
	.bss : LOAD(.bss) {
		*(.bss .bss.* COMMON)
	} :data

	. = ALIGN(4096);
	image_end = .;

	/* An array at a place of its own, mapped at boot (page_info.c). */
	frame_table = FRAMETABLE_VIRT_START;

	/DISCARD/ : {
		*(.comment .note .note.* .eh_frame .eh_frame_hdr)
	}
}
