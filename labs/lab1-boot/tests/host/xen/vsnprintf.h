/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's vsnprintf and snprintf under other names: linked in under their own
 * they would take the place of the host's in the whole program, Check included.
 */
#ifndef HOST_XEN_VSNPRINTF_H
#define HOST_XEN_VSNPRINTF_H

#define vsnprintf ring1_vsnprintf
#define snprintf  ring1_snprintf

#include_next <xen/vsnprintf.h>

#endif
