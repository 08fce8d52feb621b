/* SPDX-License-Identifier: MIT */
/* A guest's beginning and end. */
#ifndef GUEST_START_H
#define GUEST_START_H

#include <public/xen.h>

/* What ESI pointed at when the guest started. */
extern struct start_info *start_info;

/* The guest: called on a stack of its own; when it returns, the domain powers off. */
void guest_main(void);

/* Ends the domain with a message, as crashed. */
void guest_panic(const char *why) __attribute__((noreturn));

/* The machine frame behind an address in the initial mapping. */
uint32_t virt_to_mfn(const volatile void *p);

#endif
