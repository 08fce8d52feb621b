/* SPDX-License-Identifier: MIT */
/*
 * Selectors of the flat segments, in the reserved page of every GDT
 * (handouts/abi.md, section 1). Plain numbers: the assembler reads them too.
 */
#ifndef XEN_SELECTORS_H
#define XEN_SELECTORS_H

#define GDT_PAGES   16
#define GDT_ENTRIES (GDT_PAGES * 512)

/* Page 14 of the GDT is the hypervisor's; guests own those below it. */
#define FIRST_RESERVED_GDT_PAGE  14
#define FIRST_RESERVED_GDT_ENTRY (FIRST_RESERVED_GDT_PAGE * 512)

#define HYPERVISOR_CS   0xE008
#define HYPERVISOR_DS   0xE010
#define GUEST_KERNEL_CS 0xE019
#define GUEST_KERNEL_DS 0xE021
#define GUEST_USER_CS   0xE02B
#define GUEST_USER_DS   0xE033
#define TSS_SELECTOR    0xE040
#define LDT_SELECTOR    0xE048

/* A selector's requested privilege level. */
#define SELECTOR_RPL 3

/* Set where the selector means the LDT. */
#define SELECTOR_LDT 4

/* Which entry of its table a selector means. */
#define SELECTOR_INDEX(selector) ((selector) >> 3)

#endif
