/* SPDX-License-Identifier: MIT */
#include <stdarg.h>

#include <public/errno.h>
#include <public/sched.h>
#include <xen/boot_map.h>
#include <xen/domain.h>
#include <xen/domain_page.h>
#include <xen/guest_access.h>
#include <xen/guest_descriptors.h>
#include <xen/guest_traps.h>
#include <xen/machine.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/sched.h>
#include <xen/string.h>
#include <xen/subsystem.h>
#include <xen/vsnprintf.h>

_Static_assert(sizeof(struct domain) <= PAGE_SIZE, "one page of the hypervisor's heap");

struct domain *current;
struct domain *domain_list;

struct domain *domain_by_id(domid_t id)
{
	struct domain *d;

	for_each_domain(d)
		if (d->id == id)
			return d;
	return NULL;
}

static void list_domain(struct domain *d)
{
	struct domain **end = &domain_list;

	while (*end)
		end = &(*end)->next;
	*end = d;
}

static void unlist_domain(struct domain *d)
{
	struct domain **link = &domain_list;

	while (*link && *link != d)
		link = &(*link)->next;
	if (*link)
		*link = d->next;
}

/* Undoes the domain_create of all subsystems before `end`, the last first. */
static void subsystems_leave(struct domain *d, const struct subsystem *end)
{
	while (end-- > __start_subsystems)
		if (end->domain_destroy)
			end->domain_destroy(d);
}

static int subsystems_join(struct domain *d)
{
	const struct subsystem *s;

	for_each_subsystem(s) {
		int error = s->domain_create ? s->domain_create(d) : 0;

		if (error) {
			subsystems_leave(d, s);
			return error;
		}
	}
	return 0;
}

static void free_own_pages(struct domain *d)
{
	if (d->perdomain_table)
		free_xenheap_pages(d->perdomain_table, 0);
	if (d->shared_info)
		free_xenheap_pages(d->shared_info, 0);
	free_xenheap_pages(d, 0);
}

struct domain *domain_create(domid_t id, bool privileged, uint32_t max_pages)
{
	struct domain *d = alloc_xenheap_pages(0);

	if (!d)
		return NULL;
	memset(d, 0, PAGE_SIZE);
	d->id = id;
	d->privileged = privileged;
	d->state = DOMAIN_RUNNABLE;
	d->first_page = d->last_page = INVALID_MFN;
	d->max_pages = max_pages;
	d->perdomain_table = perdomain_table_create();
	d->shared_info = alloc_xenheap_pages(0);
	if (d->shared_info) {
		memset(d->shared_info, 0, PAGE_SIZE);
		for (unsigned i = 0; i < MAX_VIRT_CPUS; i++)
			d->shared_info->vcpu_info[i].evtchn_upcall_mask = 1;
	}
	install_fast_trap(d);

	if (!d->perdomain_table || !d->shared_info || subsystems_join(d) != 0) {
		free_own_pages(d);
		return NULL;
	}
	list_domain(d);
	return d;
}

int domain_add_pages(struct domain *d, unsigned order)
{
	struct page_info *page;
	mfn_t mfn;

	if (d->max_pages - d->tot_pages < 1u << order)
		return -ENOMEM;
	page = alloc_pages(HEAP_DOM, order);
	if (!page)
		return -ENOMEM;

	mfn = page_to_mfn(page);
	for (mfn_t i = mfn; i < mfn + (1u << order); i++) {
		page = mfn_to_page(i);
		page->u.inuse.owner = d;
		page->prev = d->last_page;
		page->next = INVALID_MFN;
		if (d->last_page != INVALID_MFN)
			mfn_to_page(d->last_page)->next = i;
		else
			d->first_page = i;
		d->last_page = i;
	}
	d->tot_pages += 1u << order;
	return 0;
}

/* Nobody after it shall read what a domain had in its memory. */
static void free_domain_pages(struct domain *d)
{
	while (d->first_page != INVALID_MFN) {
		struct page_info *page = mfn_to_page(d->first_page);
		mfn_t next = page->next;

		clear_domain_page(d->first_page);
		free_pages(page, 0);
		d->first_page = next;
	}
	d->tot_pages = 0;
}

void domain_destroy(struct domain *d)
{
	ASSERT(d != current);
	unlist_domain(d);
	subsystems_leave(d, __stop_subsystems);
	free_domain_pages(d);
	free_own_pages(d);
}

static const char *shutdown_name(uint32_t reason)
{
	static const char *const names[] = {
		[SHUTDOWN_poweroff] = "powered off",
		[SHUTDOWN_reboot] = "asked for a reboot",
		[SHUTDOWN_suspend] = "suspended itself",
		[SHUTDOWN_crash] = "crashed",
	};

	return reason < ARRAY_SIZE(names) ? names[reason] : "shut down";
}

/* Domain 0 takes the machine with it. */
static void NORETURN machine_follows(uint32_t reason)
{
	switch (reason) {
	case SHUTDOWN_reboot:
		machine_exit(MACHINE_REBOOT);
	case SHUTDOWN_crash:
		machine_exit(MACHINE_DOMAIN0_CRASHED);
	default:
		machine_exit(MACHINE_SHUTDOWN);
	}
}

void domain_shutdown(struct domain *d, uint32_t reason)
{
	if (d->state == DOMAIN_SHUTDOWN)
		return;
	d->state = DOMAIN_SHUTDOWN;
	d->shutdown_reason = reason;
	printk("domain %u %s\n", d->id, shutdown_name(reason));
	if (d->privileged)
		machine_follows(reason);
	scheduler->sleep(d);
	request_schedule();
}

static void print_code_bytes(vaddr_t eip)
{
	uint8_t bytes[8];

	printk("bytes at eip:");
	for (unsigned i = 0; i < sizeof(bytes); i++) {
		if (copy_from_guest(&bytes[i], eip + i, 1) != 0)
			printk(" ??");
		else
			printk(" %02x", bytes[i]);
	}
	printk("\n");
}

void domain_crash(const char *format, ...)
{
	char reason[128];
	va_list args;

	if (current->state == DOMAIN_SHUTDOWN)
		return;
	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);

	printk("domain %u crashes: %s\n", current->id, reason);
	dump_registers(guest_regs());
	print_code_bytes(guest_regs()->eip);
	domain_shutdown(current, SHUTDOWN_crash);
}

static void dump_domains(void)
{
	static const char *const states[] = { "runnable", "blocked", "shut down" };
	struct domain *d;

	for_each_domain(d)
		printk("domain %u: %s, %u of %u pages%s\n", d->id, states[d->state], d->tot_pages,
		       d->max_pages, d == current ? ", running" : "");
}

SUBSYSTEM(domain) = {
	.name = "domains",
	.dump = dump_domains,
	.key = 'q',
};
