/* SPDX-License-Identifier: MIT */
#include <xen/domain.h>
#include <xen/fpu.h>
#include <xen/processor.h>
#include <xen/subsystem.h>

#define CR4_OSFXSR 0x00000200 /* FXSAVE keeps the SSE registers, and SSE may be used */

/* What FNINIT makes of the FPU, and zeros in all of MMX and SSE: nothing of another domain's. */
static uint8_t fresh_state[512] __attribute__((aligned(16)));

#define FXSAVE_FCW    0
#define FXSAVE_MXCSR  24
#define DEFAULT_FCW   0x037F
#define DEFAULT_MXCSR 0x1F80

static void load(const uint8_t *state)
{
	__asm__ volatile("fxrstor %0" : : "m"(*(const uint8_t(*)[512])state));
}

static void clear_ts(void)
{
	__asm__ volatile("clts" : : : "memory");
}

static void set_ts(void)
{
	write_cr0(read_cr0() | CR0_TS);
}

void fpu_leave(struct domain *d)
{
	if (!d->fpu.loaded)
		return;
	clear_ts();
	__asm__ volatile("fxsave %0" : "=m"(d->fpu.state));
	d->fpu.loaded = false;
	d->fpu.saved = true;
}

void fpu_arrive(void)
{
	set_ts();
}

bool fpu_give(struct domain *d)
{
	bool guest_wants_to_know = d->fpu.task_switched;

	clear_ts();
	if (!d->fpu.loaded) {
		load(d->fpu.saved ? d->fpu.state : fresh_state);
		d->fpu.loaded = true;
	}
	d->fpu.task_switched = false;
	return guest_wants_to_know;
}

void fpu_set_task_switched(struct domain *d, bool set)
{
	d->fpu.task_switched = set;
	if (set)
		set_ts();
	else if (d->fpu.loaded)
		clear_ts();
}

static void fpu_init(void)
{
	write_cr0((read_cr0() | CR0_MP | CR0_NE | CR0_TS) & ~CR0_EM);
	write_cr4(read_cr4() | CR4_OSFXSR);
	*(uint16_t *)&fresh_state[FXSAVE_FCW] = DEFAULT_FCW;
	*(uint32_t *)&fresh_state[FXSAVE_MXCSR] = DEFAULT_MXCSR;
}

SUBSYSTEM(fpu) = {
	.name = "FPU",
	.init = fpu_init,
};
