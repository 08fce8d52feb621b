/* SPDX-License-Identifier: MIT */
#include <xen/string.h>

/*
 * Keeps the compiler from recognising the loop around it as a memset or a memcpy,
 * which it would replace by a call to the function that the loop is in.
 */
#define KEEP_THE_LOOP() __asm__ volatile("")

void *memset(void *to, int byte, size_t n)
{
	uint32_t word = 0x01010101u * (uint8_t)byte;
	unsigned char *p = to;

	while (n && (uintptr_t)p % sizeof(word)) {
		*p++ = (unsigned char)byte;
		n--;
	}
	for (; n >= sizeof(word); n -= sizeof(word), p += sizeof(word)) {
		*(uint32_t *)p = word;
		KEEP_THE_LOOP();
	}
	while (n--) {
		*p++ = (unsigned char)byte;
		KEEP_THE_LOOP();
	}
	return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	if (((uintptr_t)d | (uintptr_t)s) % sizeof(uint32_t) == 0) {
		for (; n >= sizeof(uint32_t); n -= sizeof(uint32_t)) {
			*(uint32_t *)d = *(const uint32_t *)s;
			d += sizeof(uint32_t);
			s += sizeof(uint32_t);
			KEEP_THE_LOOP();
		}
	}
	while (n--) {
		*d++ = *s++;
		KEEP_THE_LOOP();
	}
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	if (d <= s || d >= s + n)
		return memcpy(to, from, n);
	while (n--) {
		d[n] = s[n];
		KEEP_THE_LOOP();
	}
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a;
	const unsigned char *q = b;

	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n]) {
		n++;
		KEEP_THE_LOOP();
	}
	return n;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, (size_t)-1);
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		if (*a != *b)
			return (unsigned char)*a - (unsigned char)*b;
		if (!*a)
			break;
	}
	return 0;
}
