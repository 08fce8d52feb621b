/* SPDX-License-Identifier: MIT */
/*
 * First come, first served: the domain at the head of the queue runs until it
 * ends, or goes to the tail by itself.
 */
#include <xen/domain.h>
#include <xen/sched.h>

/* The queue: every domain's sched_priv is the one behind it. */
static struct domain *head;

static struct domain **tail_link(void)
{
	struct domain **link = &head;

	while (*link)
		link = (struct domain **)&(*link)->sched_priv;
	return link;
}

static void fifo_sleep(struct domain *d)
{
	struct domain **link = &head;

	while (*link && *link != d)
		link = (struct domain **)&(*link)->sched_priv;
	if (*link) {
		*link = d->sched_priv;
		d->sched_priv = NULL;
	}
}

static void fifo_wake(struct domain *d)
{
	fifo_sleep(d);
	*tail_link() = d;
}

static struct domain *fifo_pick(uint64_t now, uint64_t *slice)
{
	(void)now;
	*slice = 0;
	return head;
}

SCHEDULER(fifo) = {
	.name = "fifo",
	.wake = fifo_wake,
	.sleep = fifo_sleep,
	.yield = fifo_wake,
	.pick = fifo_pick,
};
