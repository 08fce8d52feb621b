/* SPDX-License-Identifier: MIT */
#include <xen/domain.h>
#include <xen/machine.h>
#include <xen/param.h>
#include <xen/printk.h>
#include <xen/sched.h>
#include <xen/string.h>
#include <xen/subsystem.h>

static char opt_sched[16];
PARAM_STRING("sched", opt_sched);

const struct scheduler *scheduler;

bool schedule_requested;

void schedule(void)
{
	struct domain *previous = current;
	struct domain *next;
	uint64_t slice;

	schedule_requested = false;
	next = scheduler->pick(0, &slice);
	if (!next) {
		printk("no domain is left\n");
		machine_exit(MACHINE_SHUTDOWN);
	}
	if (next == previous)
		return;
	if (previous && previous->state == DOMAIN_SHUTDOWN) {
		domain_switch(NULL, next);
		domain_destroy(previous);
	} else {
		domain_switch(previous, next);
	}
}

void __attribute__((weak)) before_guest_resume(struct trap_frame *regs)
{
	(void)regs;
}

/* The policy that sched= names; the last one linked where it names none. */
static void sched_init(void)
{
	bool found = false;

	for (const struct scheduler *s = __start_schedulers; s < __stop_schedulers && !found; s++) {
		scheduler = s;
		found = strcmp(s->name, opt_sched) == 0;
	}
	if (opt_sched[0] && !found)
		printk("sched=%s: no such policy; using %s\n", opt_sched, scheduler->name);
}

static int sched_domain_create(struct domain *d)
{
	return scheduler->domain_create ? scheduler->domain_create(d) : 0;
}

static void sched_domain_destroy(struct domain *d)
{
	scheduler->sleep(d);
	if (scheduler->domain_destroy)
		scheduler->domain_destroy(d);
}

static void sched_dump(void)
{
	printk("policy: %s\n", scheduler->name);
	if (scheduler->dump)
		scheduler->dump();
}

SUBSYSTEM(sched) = {
	.name = "scheduler",
	.init = sched_init,
	.domain_create = sched_domain_create,
	.domain_destroy = sched_domain_destroy,
	.dump = sched_dump,
	.key = 'r',
};
