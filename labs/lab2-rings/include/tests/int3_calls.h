/* SPDX-License-Identifier: MIT */
/*
 * A guest's way into the hypervisor for tests of what comes before hypercalls: the test
 * image, told `test=int3 int3-calls`, takes INT3 of a guest as a call. The low byte of EAX is the
 * number, EBX and ECX are arguments; no register is changed.
 */
#ifndef TESTS_INT3_CALLS_H
#define TESTS_INT3_CALLS_H

/* Plain numbers: the assembler reads them too. */
#define INT3_YIELD            0
#define INT3_SHUTDOWN         1 /* EBX: the reason */
#define INT3_SET_DEBUGREG     2 /* EBX: which, ECX: its value */
#define INT3_SET_KERNEL_STACK 3 /* EBX: SS, ECX: ESP */
#define INT3_SET_FAST_TRAP    4 /* EBX: the handler of vector 0x80 */

#endif
