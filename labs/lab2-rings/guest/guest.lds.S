/* SPDX-License-Identifier: MIT */
/* A guest kernel, linked at the address where it runs. */

OUTPUT_FORMAT("elf32-i386")
ENTRY(guest_start)

PHDRS
{
	text PT_LOAD FLAGS(5);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = GUEST_VIRT_BASE;

	.text : {
		*(.text .text.*)
	} :text

	.rodata : {
		*(.rodata .rodata.*)
	} :text

	. = ALIGN(4096);

	.data : {
		*(.data .data.*)
	} :data

	.bss : {
		*(.bss .bss.* COMMON)
	} :data

	/* What the hypervisor reads of the kernel; not loaded. */
	__xen_guest 0 : {
		KEEP(*(__xen_guest))
	} :NONE

	/DISCARD/ : {
		*(.comment .note .note.* .eh_frame .eh_frame_hdr)
	}
}
