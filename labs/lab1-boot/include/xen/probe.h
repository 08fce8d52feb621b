/* SPDX-License-Identifier: MIT */
/*
 * Touching memory that may not be there.
 */
#ifndef XEN_PROBE_H
#define XEN_PROBE_H

#include <xen/types.h>

/*
 * Copy n bytes from virtual address `from` into `to`, or from `from` to virtual
 * address `to`. 0, or -EFAULT if a byte of the named address range cannot be
 * read (written); the bytes before it have been copied then, and no more.
 */
int probe_read(void *to, vaddr_t from, size_t n);
int probe_write(vaddr_t to, const void *from, size_t n);

#endif
