/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <test/guest.h>

static struct domain domain;
static struct shared_info shared_info;

struct domain *current;
unsigned domain_crashes;
char crash_reason[200];

void guest_start(void)
{
	memset(&domain, 0, sizeof(domain));
	memset(&shared_info, 0, sizeof(shared_info));
	domain.id = 1;
	domain.first_page = domain.last_page = INVALID_MFN;
	domain.shared_info = &shared_info;
	current = &domain;
	domain_crashes = 0;
	crash_reason[0] = '\0';
}

void domain_crash(const char *format, ...)
{
	va_list args;

	domain_crashes++;
	va_start(args, format);
	vsnprintf(crash_reason, sizeof(crash_reason), format, args);
	va_end(args);
}
