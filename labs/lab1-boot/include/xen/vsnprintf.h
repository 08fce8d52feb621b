/* SPDX-License-Identifier: MIT */
/* Formatted text into a buffer. */
#ifndef XEN_VSNPRINTF_H
#define XEN_VSNPRINTF_H

#include <stdarg.h>

#include <xen/compiler.h>
#include <xen/types.h>

/*
 * Formats as C's vsnprintf does, for the subset below. Writes at most size
 * bytes to buffer, of which the last is a NUL (none at all when size is 0), and
 * returns the length that the whole text has, however little of it fitted.
 *
 *   %[flags][width][length]conversion
 *   flags       0  pad numbers with zeros, after a sign
 *               -  pad on the right (and then 0 means nothing)
 *   width       decimal number; the text is padded to it, never cut
 *   length      ll 64 bits; l as C has it
 *   conversion  d u x  signed, unsigned, hexadecimal (lower case)
 *               p      a pointer: hexadecimal, all its digits, no 0x
 *               s c %  a string (NULL prints "(null)"), a character, a %
 *
 * Anything else after a % is copied as it stands, the % too.
 */
int vsnprintf(char *buffer, size_t size, const char *format, va_list args) PRINTF_LIKE(3, 0);

int snprintf(char *buffer, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
