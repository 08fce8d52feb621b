/* SPDX-License-Identifier: MIT */
/*
 * A window on any machine frame. The direct map shows the first 16 MiB for good;
 * every other frame is mapped into the map cache while someone looks at it.
 */
#ifndef XEN_DOMAIN_PAGE_H
#define XEN_DOMAIN_PAGE_H

#include <xen/types.h>

/* Maps a frame, writable. Panics when all 1,024 windows are in use: somebody forgot one. */
void *map_domain_page(mfn_t mfn);

/* Closes the window that map_domain_page() gave. */
void unmap_domain_page(const void *p);

/* Fills a frame with zeros. */
void clear_domain_page(mfn_t mfn);

/* Copies n bytes from or to machine memory, across frames. */
void copy_from_machine(void *to, maddr_t from, uint32_t n);
void copy_to_machine(maddr_t to, const void *from, uint32_t n);

#endif
