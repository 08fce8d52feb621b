/* SPDX-License-Identifier: MIT */
/* A model of <xen/put_guest.h> for the host: like it, it leaves access_ok() to who calls it. */
#ifndef TESTS_HOST_XEN_PUT_GUEST_H
#define TESTS_HOST_XEN_PUT_GUEST_H

#include <xen/probe.h>
#include <xen/types.h>

static inline bool put_guest_word(vaddr_t va, uint32_t word)
{
	return probe_write(va, &word, sizeof(word)) == 0;
}

#endif
