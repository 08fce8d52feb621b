/* SPDX-License-Identifier: MIT */
/* Descriptors, with a model in the place of the instructions that load segment registers. */
#ifndef HOST_XEN_DESCRIPTORS_H
#define HOST_XEN_DESCRIPTORS_H

#define reload_segments reload_segments_on_the_machine

#include_next <xen/descriptors.h>

#undef reload_segments

/* Checks the hypervisor's two descriptors as the far jump and the moves do. */
void reload_segments(void);

#endif
