/* SPDX-License-Identifier: MIT */
/*
 * A domain from a kernel file, ready to run: the initial layout of the ABI's section 11.
 */
#ifndef XEN_DOMAIN_BUILD_H
#define XEN_DOMAIN_BUILD_H

#include <public/xen.h>
#include <xen/page.h>
#include <xen/types.h>

struct domain;

/*
 * Where what lies in the initial address space, as page numbers relative to v_start, which are
 * the domain's pseudo-physical frame numbers too. Each part follows the one before.
 */
struct initial_layout {
	vaddr_t v_start;  /* a multiple of 4 MiB */
	pfn_t kernel_end; /* the kernel lies from 0 on */
	pfn_t ramdisk;    /* first page of the ram disk */
	pfn_t p2m;        /* the list of machine frames */
	pfn_t start_info;
	pfn_t store;       /* a created domain's page for the store, else start_info */
	pfn_t console;     /* and for its console */
	pfn_t page_tables; /* the page directory, then the page tables */
	uint32_t nr_pt_frames;
	pfn_t stack;     /* one page */
	bool user_pages; /* ring 3 may use all of it (USER_PAGES=yes) */
	uint32_t mapped; /* pages that the initial tables map: a multiple of 1,024 */
};

/*
 * Exercise 2.1. Fills the page directory and the page tables of the layout: each page from 0
 * to layout->mapped appears at v_start, in order. p2m[pfn] is each page's machine frame; the
 * tables themselves lie in those at layout->page_tables.
 *
 *   page table entries      present, accessed, writable: 0x23; those that map
 *                           a page table or the directory are not writable: 0x21
 *                           with layout->user_pages, all have PAGE_USER too
 *   directory entries       0x67
 *   the hypervisor's slots  those of HYPERVISOR_VIRT_START and up; fill_hypervisor_slots() does them
 *   all other entries       clear
 */
void build_initial_tables(const struct initial_layout *layout, const mfn_t *p2m,
			  const struct domain *d);

/* The 16 entries of a page directory, in frame l2_mfn, that are the hypervisor's. */
void fill_hypervisor_slots(l2_pgentry_t *l2, mfn_t l2_mfn, const struct domain *d);

/* A kernel, its ram disk and its command line, as boot modules bring them. */
struct domain_source {
	maddr_t kernel, kernel_end;
	maddr_t ramdisk, ramdisk_end; /* both 0 if there is none */
	const char *command_line;
	uint32_t nr_pages;
	bool privileged;
};

/*
 * Makes a domain, its memory, its tables and its first registers. NULL if that
 * fails; a message says why.
 */
struct domain *domain_build(domid_t id, const struct domain_source *source);

#endif
