/* SPDX-License-Identifier: MIT */
/* A domain that a unit test has running: `current`, with its shared page, and nothing else. */
#ifndef TEST_GUEST_H
#define TEST_GUEST_H

#include <xen/domain.h>

/* How often domain_crash() was called since guest_start(), and for what the last time. */
extern unsigned domain_crashes;
extern char crash_reason[200];

/* A new domain, which is current. */
void guest_start(void);

#endif
