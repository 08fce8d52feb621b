/* SPDX-License-Identifier: MIT */
/* The C side of booting. */
#ifndef XEN_SETUP_H
#define XEN_SETUP_H

#include <xen/compiler.h>
#include <xen/types.h>

/*
 * head.S jumps here, paging on, on the hypervisor's stack, with what the boot
 * loader left in EAX and EBX.
 */
void start_xen(uint32_t magic, maddr_t mbi) NORETURN;

/*
 * Does nothing: a place for breakpoints. All is set up, and no start hook has run.
 */
void boot_complete(void);

#endif
