/* SPDX-License-Identifier: MIT */
/* The few functions on bytes and strings that we need, with C's own meaning. */
#ifndef XEN_STRING_H
#define XEN_STRING_H

#include <xen/types.h>

void *memset(void *to, int byte, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

#endif
