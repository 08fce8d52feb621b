/* SPDX-License-Identifier: MIT */
/* A domain: a guest kernel, its memory, and the state of its one virtual processor. */
#ifndef XEN_DOMAIN_H
#define XEN_DOMAIN_H

#include <public/arch-x86_32.h>
#include <public/xen.h>
#include <xen/compiler.h>
#include <xen/fpu.h>
#include <xen/idt.h>
#include <xen/page.h>
#include <xen/selectors.h>
#include <xen/stack.h>
#include <xen/traps.h>
#include <xen/types.h>

/* Types that later labs define. */
struct evtchn_table;
struct grant_table;

enum domain_state {
	DOMAIN_RUNNABLE,
	DOMAIN_BLOCKED,  /* waits for an event (lab 4) */
	DOMAIN_SHUTDOWN, /* has ended; shutdown_reason says why */
};

/* Where the hypervisor calls a guest back (kept for lab 4). */
struct guest_callback {
	uint16_t cs;
	uint32_t eip;
};

struct domain {
	domid_t id;
	bool privileged; /* domain 0 */
	enum domain_state state;
	uint32_t shutdown_reason; /* SHUTDOWN_… */
	struct domain *next;      /* on the list of all domains */

	/* Memory. Pages are linked by their page_info, in the order they came. */
	mfn_t first_page, last_page;
	uint32_t tot_pages; /* frames it has */
	uint32_t max_pages; /* and may have */

	/* Page tables. */
	maddr_t cr3;                   /* of its page directory */
	l1_pgentry_t *perdomain_table; /* translates PERDOMAIN_VIRT_START */

	struct shared_info *shared_info;

	/* Traps into the guest kernel (ABI, section 6). */
	struct trap_info trap_table[IDT_ENTRIES];
	struct gate fast_trap; /* what the IDT holds at vector 0x80 while it runs */
	uint16_t kernel_ss;    /* the stack of traps out of ring 3 */
	uint32_t kernel_sp;
	struct guest_callback event_callback;
	struct guest_callback failsafe_callback;

	/* Descriptor tables. */
	mfn_t gdt_frames[FIRST_RESERVED_GDT_PAGE];
	unsigned gdt_entries;

	uint32_t debugreg[8];
	uint32_t vm_assist; /* a bit for each VMASST_TYPE_… */
	unsigned iopl;      /* as the guest believes it to be (lab 4) */
	struct fpu fpu;

	/* The guest's registers, while another domain runs. */
	struct trap_frame context;

	/* Made by later labs in their subsystem's domain_create. */
	struct evtchn_table *evtchn;
	struct grant_table *grants;
	void *sched_priv;
};

/* The domain whose address space is loaded; NULL before the first one runs. */
extern struct domain *current;

/* The first of all domains, in the order in which they were made. */
extern struct domain *domain_list;

#define for_each_domain(d) for (d = domain_list; d; d = d->next)

struct domain *domain_by_id(domid_t id);

/*
 * The running guest's registers: where the processor, and after it entry.S, have
 * pushed them, at the top of the hypervisor's stack.
 */
static inline struct trap_frame *guest_regs(void)
{
	return (struct trap_frame *)(hypervisor_stack + STACK_BYTES) - 1;
}

/* The virtual processor's words in the shared page. */
static inline struct vcpu_info *vcpu_info(struct domain *d)
{
	return &d->shared_info->vcpu_info[0];
}

/*
 * Makes a domain of this number without memory or kernel, and has each subsystem
 * add to it. It does not run before the scheduler is told to wake it. NULL if memory ran out or a subsystem failed; nothing is left then.
 */
struct domain *domain_create(domid_t id, bool privileged, uint32_t max_pages);

/*
 * Takes a domain apart that is not current: its subsystems' parts in reverse
 * order, its pages (cleared first), itself.
 */
void domain_destroy(struct domain *d);

/*
 * Gives the domain 2^order frames, owned by it. -ENOMEM if it has no right to so
 * many or there are none.
 */
int domain_add_pages(struct domain *d, unsigned order);

/* Ends the domain as it asked for; it does not run again. */
void domain_shutdown(struct domain *d, uint32_t reason);

/*
 * Ends the current domain for something that it did wrong: prints the
 * reason, its registers and the bytes at its EIP. Returns; the guest is left when the
 * hypervisor would go back to it.
 */
void domain_crash(const char *format, ...) PRINTF_LIKE(1, 2);

/*
 * Exercise 2.2. Lets `next` be the domain that the processor belongs to: saves the
 * guest registers of `previous` (NULL if there is none, or it has ended), and
 * loads all that is the domain's own: page tables, registers, the stack of traps
 * into ring 1, the gate at vector 0x80, the FPU's and the debug registers' state.
 * On return guest_regs() are those of `next`.
 */
void domain_switch(struct domain *previous, struct domain *next);

/*
 * Exercise 2.2, enter_guest.S. Leaves the hypervisor for the current domain, with guest_regs().
 * What is on the stack is forgotten.
 */
void enter_guest(void) NORETURN;

#endif
