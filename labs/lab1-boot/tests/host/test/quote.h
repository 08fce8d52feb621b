/* SPDX-License-Identifier: MIT */
/* Text that may hold anything, made fit for one line of a failure's message. */
#ifndef TEST_QUOTE_H
#define TEST_QUOTE_H

#include <stddef.h>

/*
 * The n bytes in quotes, what is not printable as \xHH, and an ellipsis in the
 * place of what is too long to read. Good until the fourth call after this one.
 */
const char *quote(const void *bytes, size_t n);

/* The same for a string that may lack its NUL, in a buffer of size bytes. */
const char *quote_string(const char *text, size_t size);

#endif
