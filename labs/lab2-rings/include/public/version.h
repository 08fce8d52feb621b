/* SPDX-License-Identifier: MIT */
/* Commands of xen_version, and what they fill in (ABI, section 2). */
#ifndef PUBLIC_VERSION_H
#define PUBLIC_VERSION_H

#include <stdint.h>

#define XENVER_version             0
#define XENVER_extraversion        1
#define XENVER_compile_info        2
#define XENVER_capabilities        3
#define XENVER_changeset           4
#define XENVER_platform_parameters 5
#define XENVER_get_features        6
#define XENVER_pagesize            7
#define XENVER_guest_handle        8

struct xen_extraversion {
	char text[16];
};

struct xen_compile_info {
	char compiler[64];
	char compile_by[16];
	char compile_domain[32];
	char compile_date[32];
};

struct xen_capabilities {
	char text[1024];
};

struct xen_changeset {
	char text[64];
};

struct xen_platform_parameters {
	uint32_t virt_start;
};

struct xen_feature_info {
	uint32_t submap_idx; /* in: which 32 features */
	uint32_t submap;     /* out: a bit each */
};

struct xen_domain_handle {
	uint8_t bytes[16];
};

#endif
