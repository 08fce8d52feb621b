/* SPDX-License-Identifier: MIT */
/*
 * Fixed-width integers, and a type for each kind of address and frame.
 *
 *   paddr_t   physical address as the boot loader speaks of it; 64 bits, since
 *             memory maps reach beyond what we can use
 *   maddr_t   machine address below 4 GiB: what a page table entry holds
 *   vaddr_t   virtual address
 *   mfn_t     machine frame number (machine address / 4096)
 *   pfn_t     a guest's own frame number (from lab 2)
 *
 * Convert between them with the named functions of <xen/page.h> only.
 */
#ifndef XEN_TYPES_H
#define XEN_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t paddr_t;
typedef uint32_t maddr_t;
typedef uint32_t vaddr_t;
typedef uint32_t mfn_t;
typedef uint32_t pfn_t;

/* "No such frame", for functions that return one. */
#define INVALID_MFN ((mfn_t)0xFFFFFFFF)

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
