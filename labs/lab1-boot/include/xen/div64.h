/* SPDX-License-Identifier: MIT */
/*
 * 64-bit division. On a 32-bit processor the compiler makes `/` on 64-bit
 * numbers a call into its own run-time library, which nothing here links.
 */
#ifndef XEN_DIV64_H
#define XEN_DIV64_H

#include <xen/types.h>

/* Divides *dividend in place by divisor, which is not 0; gives the remainder. */
uint32_t div64_32(uint64_t *dividend, uint32_t divisor);

#endif
