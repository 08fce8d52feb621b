/* SPDX-License-Identifier: MIT */
/* The hypervisor's one stack, STACK_BYTES long (head.S). */
#ifndef XEN_STACK_H
#define XEN_STACK_H

#include <xen/layout.h>

extern char hypervisor_stack[], hypervisor_stack_top[];

#endif
