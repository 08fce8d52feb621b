/* SPDX-License-Identifier: MIT */
/* Which stage this is: labs 1 to STAGE_NUMBER, linked together. */
#ifndef XEN_STAGE_H
#define XEN_STAGE_H

#include <xen/types.h>

/* The linker is told the number, as the address of nothing. */
extern const char stage_number[];

#define STAGE_NUMBER ((unsigned)(uintptr_t)stage_number)

#endif
