/* SPDX-License-Identifier: MIT */
/*
 * Where a stage stops that lacks an exercise. It needs nothing that a student
 * writes: neither the console, nor descriptors, nor paging (early_console.S).
 */
#ifndef XEN_MISSING_H
#define XEN_MISSING_H

#include <xen/compiler.h>

/* Sends text to the first serial port and ends the machine. */
void early_stop(const char *text) NORETURN;

/* Says what is missing: "lab 1, exercise 1.3: …". text is a literal. */
#define exercise_missing(text) early_stop("ring1: stopped: " text "\r\n")

#endif
