/* SPDX-License-Identifier: MIT */
/*
 * The FPU, given to a domain when it first uses it: until then CR0.TS makes its
 * instructions trap (Intel SDM 3A, 13.4).
 */
#ifndef XEN_FPU_H
#define XEN_FPU_H

#include <xen/compiler.h>
#include <xen/types.h>

struct domain;

struct fpu {
	uint8_t state[512] __attribute__((aligned(16))); /* as FXSAVE stores it */
	bool saved;         /* state holds what it had; if not, it gets a fresh one */
	bool loaded;        /* the processor's registers are this domain's */
	bool task_switched; /* the guest wants the next use to trap to it */
};

/* The domain leaves the processor: its FPU registers are saved if it had them. */
void fpu_leave(struct domain *d);

/* A domain comes: its first FPU instruction will trap. */
void fpu_arrive(void);

/*
 * Device not available (vector 7), from the current domain: gives it the FPU. True
 * if the guest wants to know of it.
 */
bool fpu_give(struct domain *d);

/* The guest's CR0.TS: makes its next FPU instruction trap to it, or not. */
void fpu_set_task_switched(struct domain *d, bool set);

#endif
