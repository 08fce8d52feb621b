/* SPDX-License-Identifier: MIT */
/*
 * Pages, page-directory entries, and conversions between addresses and frames.
 * Source: Intel SDM volume 3A, 4.3 "32-bit paging".
 */
#ifndef XEN_PAGE_H
#define XEN_PAGE_H

#include <xen/layout.h>
#include <xen/types.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1u << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

/* What one page-directory entry spans. */
#define SUPERPAGE_SHIFT 22
#define SUPERPAGE_SIZE  (1u << SUPERPAGE_SHIFT)

/* Entries of a page directory or a page table, both one page long. */
#define TABLE_ENTRIES 1024

/* Bits of a page-directory or page-table entry. */
#define PAGE_PRESENT  0x001u
#define PAGE_RW       0x002u
#define PAGE_USER     0x004u
#define PAGE_PWT      0x008u
#define PAGE_PCD      0x010u
#define PAGE_ACCESSED 0x020u
#define PAGE_DIRTY    0x040u
#define PAGE_PSE      0x080u /* in a directory entry: maps 4 MiB by itself */
#define PAGE_GLOBAL   0x100u /* survives a new CR3 */

/* A page-directory entry, and a page-table entry. */
typedef uint32_t l2_pgentry_t;
typedef uint32_t l1_pgentry_t;

/* Which entry of the page directory translates va. */
static inline unsigned l2_index(vaddr_t va)
{
	return va >> SUPERPAGE_SHIFT;
}

/* Which entry of its page table translates va. */
static inline unsigned l1_index(vaddr_t va)
{
	return (va >> PAGE_SHIFT) % TABLE_ENTRIES;
}

static inline mfn_t maddr_to_mfn(maddr_t maddr)
{
	return maddr >> PAGE_SHIFT;
}

static inline maddr_t mfn_to_maddr(mfn_t mfn)
{
	return mfn << PAGE_SHIFT;
}

/* Does the direct map reach bytes [start, start + bytes)? */
static inline bool in_directmap(paddr_t start, paddr_t bytes)
{
	return start < DIRECTMAP_BYTES && bytes <= DIRECTMAP_BYTES - start;
}

/* The hypervisor's address of machine address maddr < DIRECTMAP_BYTES. */
static inline void *maddr_to_virt(maddr_t maddr)
{
	return (void *)(uintptr_t)(DIRECTMAP_VIRT_START + maddr);
}

/* The machine address behind a pointer into the direct map. */
static inline maddr_t virt_to_maddr(const void *p)
{
	return (maddr_t)(uintptr_t)p - DIRECTMAP_VIRT_START;
}

/* The same for a frame number. */
static inline void *mfn_to_virt(mfn_t mfn)
{
	return maddr_to_virt(mfn_to_maddr(mfn));
}

static inline mfn_t virt_to_mfn(const void *p)
{
	return maddr_to_mfn(virt_to_maddr(p));
}

#endif
