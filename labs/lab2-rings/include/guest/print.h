/* SPDX-License-Identifier: MIT */
/* Text to the hypervisor's console. */
#ifndef GUEST_PRINT_H
#define GUEST_PRINT_H

/* %s, %c, %u, %d, %x, %08x (eight digits) and %%; nothing else. */
void printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
