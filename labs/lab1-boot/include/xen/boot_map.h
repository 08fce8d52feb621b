/* SPDX-License-Identifier: MIT */
/* The first page directory. */
#ifndef XEN_BOOT_MAP_H
#define XEN_BOOT_MAP_H

#include <xen/page.h>

/*
 * The hypervisor's own page directory, whose entries from
 * HYPERVISOR_VIRT_START up every other directory shares.
 */
extern l2_pgentry_t idle_pg_table[TABLE_ENTRIES];

/*
 * Fills a page directory with 4 MiB pages, writable, for the hypervisor only:
 * machine addresses 0 to DIRECTMAP_BYTES appear at DIRECTMAP_VIRT_START, as global
 * pages, and at 0, not global, for the moment of the switch. Every other
 * entry is cleared, whatever it held.
 *
 * head.S calls it before paging is on, at the address where the image was
 * loaded: it may touch nothing but its argument and its own stack.
 */
void boot_map(l2_pgentry_t *directory);

#endif
