/* SPDX-License-Identifier: MIT */
/*
 * How a test inside the machine reports: KTAP lines, each marked with a
 * key that the grader writes into the image at each boot. It uses nothing that a
 * student writes.
 */
#ifndef TESTS_KTAP_H
#define TESTS_KTAP_H

#include <xen/types.h>

/* 32 hexadecimal digits and a NUL; zeros in the file. */
extern char ktap_key[33];

/* Where the lines go: whoever uses ktap.c defines it. */
void ktap_put_char(char c);

/* "KTAP version 1" and the plan. */
void ktap_begin(unsigned tests);

/* "ok N name" or "not ok N name". */
void ktap_result(bool ok, const char *name);

/* Diagnostics, for the next result: "# what: expected …, saw …", in hexadecimal. */
void ktap_mismatch(const char *what, uint32_t expected, uint32_t seen);
void ktap_note(const char *text);
void ktap_note_number(const char *text, uint32_t number); /* "# text 0x…" */

/* Compares, notes a mismatch, and says whether the two are equal. */
bool ktap_equal(const char *what, uint32_t seen, uint32_t expected);

/* The n-th of the numbers that this boot's key stands for. */
uint32_t ktap_random(uint32_t n);

#endif
