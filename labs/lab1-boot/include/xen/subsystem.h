/* SPDX-License-Identifier: MIT */
/*
 * A part of the hypervisor, announced to the rest by a record that the linker
 * collects. It is how a later lab adds itself without a change to this one:
 *
 *   SUBSYSTEM(event_channel) = {
 *           .name = "event channels",
 *           .init = event_channel_init,
 *           .domain_create = evtchn_create,
 *           .domain_destroy = evtchn_destroy,
 *           .dump = evtchn_dump,
 *           .key = 'e',
 *   };
 *
 * Records stand in link order: lab by lab, and within a lab as its lab.mk
 * lists the files. Every field but the name may be left out.
 */
#ifndef XEN_SUBSYSTEM_H
#define XEN_SUBSYSTEM_H

#include <xen/compiler.h>

struct domain;

struct subsystem {
	const char *name;

	/* Once at boot, in link order. May use all that stands before it. */
	void (*init)(void);

	/* Once, after every init, in link order. Need not return. */
	void (*start)(void);

	/*
	 * For each new domain, in link order: 0, or a negative errno, and then
	 * the domain_destroy of all that came before undo it in reverse order.
	 */
	int (*domain_create)(struct domain *d);
	void (*domain_destroy)(struct domain *d);

	/* Prints the subsystem's state when debug key `key` is pressed. */
	void (*dump)(void);
	char key;
};

#define SUBSYSTEM(id) LINKER_RECORD("subsystems", struct subsystem) subsystem_##id

LINKER_ARRAY(struct subsystem, __start_subsystems, __stop_subsystems);

#define for_each_subsystem(s) for (s = __start_subsystems; s < __stop_subsystems; s++)

/* Runs every init, then returns. */
void subsystems_init(void);

/* Runs every start; returns if none of them takes over. */
void subsystems_start(void);

#endif
