/* SPDX-License-Identifier: MIT */
/* What the assembler needs of struct trap_frame (<xen/traps.h>, which checks it). */
#ifndef XEN_TRAP_FRAME_ASM_H
#define XEN_TRAP_FRAME_ASM_H

/* All of it, as a trap out of a guest leaves it. */
#define TRAP_FRAME_BYTES 76

#endif
