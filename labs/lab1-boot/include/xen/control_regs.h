/* SPDX-License-Identifier: MIT */
/* Bits of CR0 and CR4 (Intel SDM 3A, 2.5), for C and for the assembler. */
#ifndef XEN_CONTROL_REGS_H
#define XEN_CONTROL_REGS_H

#define CR0_PE 0x00000001 /* protected mode */
#define CR0_MP 0x00000002 /* WAIT obeys TS */
#define CR0_EM 0x00000004 /* no FPU: its instructions trap */
#define CR0_TS 0x00000008 /* task switched: the next FPU instruction traps */
#define CR0_NE 0x00000020 /* FPU errors are exceptions, not interrupts of the old kind */
#define CR0_WP 0x00010000 /* write protection holds for rings 0 to 2 too */
#define CR0_PG 0x80000000 /* paging */

#define CR4_DE  0x00000008 /* debugging extensions */
#define CR4_PSE 0x00000010 /* 4 MiB pages */
#define CR4_PGE 0x00000080 /* global pages */

#endif
