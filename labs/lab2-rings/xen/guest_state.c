/* SPDX-License-Identifier: MIT */
/* Small hypercalls that set one thing of the current domain's state. */
#include <public/errno.h>
#include <xen/domain.h>
#include <xen/guest_descriptors.h>
#include <xen/hypercall.h>

static long do_set_callbacks(uint32_t event_cs, uint32_t event_eip, uint32_t failsafe_cs,
			     uint32_t failsafe_eip, uint32_t e)
{
	uint16_t event = guest_selector((uint16_t)event_cs);
	uint16_t failsafe = guest_selector((uint16_t)failsafe_cs);

	(void)e;
	if (!guest_gate_selector_ok(event) || !guest_gate_selector_ok(failsafe))
		return -EPERM;
	current->event_callback = (struct guest_callback){ event, event_eip };
	current->failsafe_callback = (struct guest_callback){ failsafe, failsafe_eip };
	return 0;
}

static long do_fpu_taskswitch(uint32_t set, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
	(void)b, (void)c, (void)d, (void)e;
	fpu_set_task_switched(current, set != 0);
	return 0;
}

static long do_vm_assist(uint32_t command, uint32_t type, uint32_t c, uint32_t d, uint32_t e)
{
	(void)c, (void)d, (void)e;
	if (type > VMASST_TYPE_writable_pagetables)
		return -EINVAL;
	switch (command) {
	case VMASST_CMD_enable:
		current->vm_assist |= 1u << type;
		return 0;
	case VMASST_CMD_disable:
		current->vm_assist &= ~(1u << type);
		return 0;
	default:
		return -ENOSYS;
	}
}

HYPERCALL(__HYPERVISOR_set_callbacks, do_set_callbacks);
HYPERCALL(__HYPERVISOR_fpu_taskswitch, do_fpu_taskswitch);
HYPERCALL(__HYPERVISOR_vm_assist, do_vm_assist);
