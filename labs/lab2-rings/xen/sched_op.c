/* SPDX-License-Identifier: MIT */
/* What a domain says to the scheduler, in stage 2: yield and shutdown. */
#include <public/errno.h>
#include <public/sched.h>
#include <xen/domain.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/sched.h>

static long yield(void)
{
	scheduler->yield(current);
	request_schedule();
	return 0;
}

static long shut_down(uint32_t reason)
{
	domain_shutdown(current, reason);
	return 0;
}

/* Old form: the argument is the reason itself. */
static long do_sched_op_compat(uint32_t command, uint32_t argument, uint32_t c, uint32_t d,
			       uint32_t e)
{
	(void)c, (void)d, (void)e;
	switch (command) {
	case SCHEDOP_yield:
		return yield();
	case SCHEDOP_shutdown:
		return shut_down(argument);
	default:
		return -ENOSYS;
	}
}

static long do_sched_op(uint32_t command, uint32_t argument, uint32_t c, uint32_t d, uint32_t e)
{
	struct sched_shutdown shutdown;

	(void)c, (void)d, (void)e;
	switch (command) {
	case SCHEDOP_yield:
		return yield();
	case SCHEDOP_shutdown:
		if (copy_from_guest(&shutdown, argument, sizeof(shutdown)) != 0)
			return -EFAULT;
		return shut_down(shutdown.reason);
	default:
		return -ENOSYS;
	}
}

HYPERCALL(__HYPERVISOR_sched_op_compat, do_sched_op_compat);
HYPERCALL(__HYPERVISOR_sched_op, do_sched_op);
