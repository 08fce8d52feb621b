/* SPDX-License-Identifier: MIT */
#include <xen/subsystem.h>

void subsystems_init(void)
{
	const struct subsystem *s;

	for_each_subsystem(s)
		if (s->init)
			s->init();
}

void subsystems_start(void)
{
	const struct subsystem *s;

	for_each_subsystem(s)
		if (s->start)
			s->start();
}
