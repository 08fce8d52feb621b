/* SPDX-License-Identifier: MIT */
/* A test guest's results go out by the console hypercall. */
#include <tests/ktap.h>

void guest_put_char(char c);

void ktap_put_char(char c)
{
	guest_put_char(c);
}
