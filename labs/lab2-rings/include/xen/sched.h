/* SPDX-License-Identifier: MIT */
/*
 * Who runs next. A scheduling policy is a record; the command line's sched= names
 * one, and the last one linked is the default.
 */
#ifndef XEN_SCHED_H
#define XEN_SCHED_H

#include <xen/compiler.h>
#include <xen/types.h>

struct domain;
struct trap_frame;

struct scheduler {
	const char *name;

	/* A new domain and the end of one. sched_priv is the policy's. */
	int (*domain_create)(struct domain *d);
	void (*domain_destroy)(struct domain *d);

	/* The domain can run now; it cannot any more; it lets others go first. */
	void (*wake)(struct domain *d);
	void (*sleep)(struct domain *d);
	void (*yield)(struct domain *d);

	/*
	 * The domain to run, NULL if none can; how many nanoseconds it may run at
	 * most goes to *slice, if there is a clock (lab 4).
	 */
	struct domain *(*pick)(uint64_t now, uint64_t *slice);

	void (*dump)(void);
};

#define SCHEDULER(id) LINKER_RECORD("schedulers", struct scheduler) scheduler_##id

LINKER_ARRAY(struct scheduler, __start_schedulers, __stop_schedulers);

/* The policy in force. */
extern const struct scheduler *scheduler;

/* Asks for another look at who should run, before the hypervisor returns to a guest. */
extern bool schedule_requested;

static inline void request_schedule(void)
{
	schedule_requested = true;
}

/* Takes that look: gives the processor to whom the policy picks. A domain that has ended goes for good. */
void schedule(void);

/*
 * Work for the way back to a guest: nothing, until lab 4 defines it. May crash the domain
 * or ask for another.
 */
void before_guest_resume(struct trap_frame *regs);

/*
 * The way back to a guest, from every trap: switches domains if that was asked
 * for, and does what before_guest_resume() adds. regs are guest_regs(), and may be
 * another domain's afterwards.
 */
static inline void guest_exit(struct trap_frame *regs)
{
	do {
		if (schedule_requested)
			schedule();
		before_guest_resume(regs);
	} while (schedule_requested);
}

#endif
