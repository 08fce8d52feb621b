/* SPDX-License-Identifier: MIT */
/* The frame table of a 4 GiB machine. The host gives it memory where it is touched. */
#include <xen/page_info.h>

struct page_info frame_table[1u << 20];
mfn_t max_page;
