/* SPDX-License-Identifier: MIT */
/* Bits of the features' submap 0 (ABI, section 2). A plain guest sees none set. */
#ifndef PUBLIC_FEATURES_H
#define PUBLIC_FEATURES_H

#define XENFEAT_writable_page_tables       0
#define XENFEAT_writable_descriptor_tables 1
#define XENFEAT_auto_translated_physmap    2
#define XENFEAT_supervisor_mode_kernel     3
#define XENFEAT_pae_pgdir_above_4gb        4

#define NR_XENFEATS 5

#endif
