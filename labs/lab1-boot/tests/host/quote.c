/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <test/quote.h>

#define LONGEST_SHOWN   80
#define BYTES_OF_ESCAPE 4 /* \xHH */

const char *quote(const void *bytes, size_t n)
{
	static char rooms[4][LONGEST_SHOWN * BYTES_OF_ESCAPE + sizeof("\"\"...")];
	static unsigned room;
	char *to = rooms[room++ % 4];
	char *p = to;
	const unsigned char *from = bytes;

	*p++ = '"';
	for (size_t i = 0; i < n && i < LONGEST_SHOWN; i++) {
		if (from[i] >= ' ' && from[i] <= '~')
			*p++ = (char)from[i];
		else
			p += sprintf(p, "\\x%02x", from[i]);
	}
	strcpy(p, n > LONGEST_SHOWN ? "\"..." : "\"");
	return to;
}

const char *quote_string(const char *text, size_t size)
{
	return quote(text, strnlen(text, size));
}
