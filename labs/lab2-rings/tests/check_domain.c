/* SPDX-License-Identifier: MIT */
/*
 * Making a domain, giving it memory, ending it, and taking it apart: with subsystems of which each
 * one fails in turn, and heaps that run dry at each point. Whatever happens, nothing is left over.
 */
#include <stdio.h>
#include <string.h>

#include <public/errno.h>
#include <public/sched.h>
#include <test/heap.h>
#include <test/panic.h>
#include <test/suite.h>
#include <xen/domain.h>
#include <xen/guest_access.h>
#include <xen/guest_descriptors.h>
#include <xen/guest_traps.h>
#include <xen/machine.h>
#include <xen/sched.h>
#include <xen/subsystem.h>

/* ---- What domain.c needs around it ---- */

char hypervisor_stack[STACK_BYTES] __attribute__((aligned(16)));

static unsigned sleeps, dumps;
bool schedule_requested;

static void note_sleep(struct domain *d)
{
	(void)d;
	sleeps++;
}

static const struct scheduler policy = { .name = "of the test", .sleep = note_sleep };
const struct scheduler *scheduler = &policy;

void dump_registers(const struct trap_frame *regs)
{
	EXPECT(regs == guest_regs(), "dump_registers(): expected guest_regs(), saw others");
	dumps++;
}

void machine_exit(enum machine_end why)
{
	ck_abort_msg("expected the machine to go on, saw machine_exit(%u)", why);
}

int copy_from_guest(void *to, vaddr_t from, uint32_t n)
{
	(void)to, (void)from, (void)n;
	return -EFAULT;
}

l1_pgentry_t *perdomain_table_create(void)
{
	return alloc_xenheap_pages(0);
}

void install_fast_trap(struct domain *d)
{
	d->fast_trap.present = 1;
}

/* ---- Subsystems ---- */

/* What was called: a letter for each subsystem, a capital one for domain_create. */
static char calls[64];

/* The letter of the subsystem that fails. */
static char failing;

static void note_call(char letter)
{
	size_t n = strlen(calls);

	EXPECT(n + 1 < sizeof(calls), "expected fewer calls of subsystems, saw %s", calls);
	calls[n] = letter;
	calls[n + 1] = '\0';
}

#define TEST_SUBSYSTEM(letter, capital)                                             \
	static int create_##letter(struct domain *d)                                \
	{                                                                           \
		EXPECT(d->shared_info, "expected a shared page by then, saw none"); \
		note_call(capital[0]);                                              \
		return failing == capital[0] ? -ENOMEM : 0;                         \
	}                                                                           \
	static void destroy_##letter(struct domain *d)                              \
	{                                                                           \
		(void)d;                                                            \
		note_call(#letter[0]);                                              \
	}                                                                           \
	SUBSYSTEM(letter) = {                                                       \
		.name = capital,                                                    \
		.domain_create = create_##letter,                                   \
		.domain_destroy = destroy_##letter,                                 \
	}

TEST_SUBSYSTEM(a, "A");
TEST_SUBSYSTEM(b, "B");
TEST_SUBSYSTEM(c, "C");

/* The subsystems' letters in link order, which is the linker's business. */
static const char *link_order(void)
{
	static char letters[4];
	const struct subsystem *s;
	unsigned n = 0;

	for_each_subsystem(s)
		if (s->domain_create)
			letters[n++] = s->name[0];
	EXPECT(n == 3, "expected the test's three subsystems, saw %u", n);
	return letters;
}

static void start(void)
{
	EXPECT(!domain_list, "expected no domain at a test's start, saw one");
	heap_reset();
	current = NULL;
	calls[0] = '\0';
	failing = '\0';
	sleeps = dumps = 0;
	schedule_requested = false;
}

static void expect_nothing_left(const char *what)
{
	EXPECT(xenheap_in_use == 0,
	       "%s: expected all pages of the hypervisor's heap back, saw %u in use", what,
	       xenheap_in_use);
	EXPECT(frames_in_use == 0, "%s: expected all of domains' frames back, saw %u in use", what,
	       frames_in_use);
	EXPECT(!domain_list, "%s: expected no domain on the list, saw domain %u", what,
	       domain_list->id);
}

static struct domain *create(domid_t id, uint32_t max_pages)
{
	struct domain *d = domain_create(id, false, max_pages);

	EXPECT(d, "domain_create(%u): expected a domain, saw NULL", id);
	return d;
}

/* ---- domain_create() and domain_destroy() ---- */

START_TEST(a_new_domain)
{
	struct domain *d;

	start();
	d = create(5, 100);
	EXPECT(d->id == 5 && !d->privileged && d->state == DOMAIN_RUNNABLE,
	       "expected domain 5, unprivileged and runnable, saw domain %u, %s, state %u", d->id,
	       d->privileged ? "privileged" : "unprivileged", d->state);
	EXPECT(d->tot_pages == 0 && d->max_pages == 100 && d->first_page == INVALID_MFN,
	       "expected 0 of 100 pages, saw %u of %u", d->tot_pages, d->max_pages);
	for (unsigned i = 0; i < MAX_VIRT_CPUS; i++)
		EXPECT(d->shared_info->vcpu_info[i].evtchn_upcall_mask == 1,
		       "virtual processor %u: expected its events masked, saw mask %u", i,
		       d->shared_info->vcpu_info[i].evtchn_upcall_mask);
	EXPECT(d->shared_info->evtchn_mask[0] == 0 && d->shared_info->vcpu_info[0].arch.cr2 == 0,
	       "expected the rest of the shared page clear, saw it not");
	EXPECT(d->fast_trap.present, "expected a gate for vector 0x80, saw none");
	EXPECT(strcmp(calls, link_order()) == 0,
	       "expected each subsystem's domain_create in link order, %s, saw %s", link_order(),
	       calls);
	domain_destroy(d);
	expect_nothing_left("after domain_destroy()");
}
END_TEST

START_TEST(a_domain_is_taken_apart_in_reverse)
{
	const char *order = link_order();
	char expected[4];
	struct domain *d;

	start();
	d = create(1, 0);
	calls[0] = '\0';
	domain_destroy(d);
	sprintf(expected, "%c%c%c", order[2] | 0x20, order[1] | 0x20, order[0] | 0x20);
	EXPECT(strcmp(calls, expected) == 0,
	       "expected each subsystem's domain_destroy in reverse order, %s, saw %s", expected,
	       calls);
}
END_TEST

START_TEST(a_subsystem_that_fails)
{
	const char *order = link_order();

	for (unsigned n = 0; n < 3; n++) {
		char expected[8], what[60];
		unsigned length = 0;

		start();
		failing = order[n];
		for (unsigned i = 0; i <= n; i++)
			expected[length++] = order[i];
		for (unsigned i = n; i > 0; i--)
			expected[length++] = order[i - 1] | 0x20;
		expected[length] = '\0';

		sprintf(what, "when subsystem %u of 3 fails", n + 1);
		EXPECT(!domain_create(1, false, 100), "%s: expected NULL, saw a domain", what);
		EXPECT(strcmp(calls, expected) == 0,
		       "%s: expected it and those before undone in reverse, %s, saw %s", what,
		       expected, calls);
		expect_nothing_left(what);
	}
}
END_TEST

START_TEST(a_heap_that_runs_dry)
{
	for (unsigned n = 0; n < 3; n++) {
		char what[60];

		start();
		heap_fails_after = n;
		sprintf(what, "when allocation %u fails", n + 1);
		EXPECT(!domain_create(1, false, 100), "%s: expected NULL, saw a domain", what);
		EXPECT(!calls[0], "%s: expected no subsystem called, saw %s", what, calls);
		expect_nothing_left(what);
	}
}
END_TEST

START_TEST(the_list_of_domains)
{
	struct domain *d[4];

	start();
	for (unsigned i = 0; i < 4; i++)
		d[i] = create((domid_t)(10 + i), 0);
	for (unsigned i = 0; i < 4; i++)
		EXPECT(domain_by_id((domid_t)(10 + i)) == d[i],
		       "domain_by_id(%u): expected that domain, saw another", 10 + i);
	EXPECT(!domain_by_id(14), "domain_by_id(14): expected NULL, saw a domain");
	EXPECT(domain_list == d[0] && d[0]->next == d[1] && d[3]->next == NULL,
	       "expected the list in the order of creation, saw another");

	domain_destroy(d[1]);
	EXPECT(!domain_by_id(11) && domain_by_id(12) == d[2] && d[0]->next == d[2],
	       "after domain 11 is destroyed: expected the others on the list, saw it not so");
	domain_destroy(d[0]);
	domain_destroy(d[3]);
	EXPECT(domain_list == d[2] && !d[2]->next,
	       "after three are destroyed: expected domain 12 alone on the list, saw others");
	domain_destroy(d[2]);
	expect_nothing_left("after all are destroyed");
}
END_TEST

START_TEST(the_current_domain_is_not_destroyed)
{
	struct domain *d;

	start();
	d = create(1, 0);
	current = d;
	EXPECT(PANICS(domain_destroy(d)),
	       "domain_destroy() of current: expected a panic, saw none");
	current = NULL;
	domain_destroy(d);
}
END_TEST

/* ---- Memory ---- */

START_TEST(pages_are_linked_in_order)
{
	static const unsigned orders[] = { 2, 0, 5, 0, 3 };
	struct domain *d;
	mfn_t previous = INVALID_MFN;
	unsigned count = 0;

	start();
	d = create(1, 100);
	for (unsigned i = 0; i < ARRAY_SIZE(orders); i++) {
		int error = domain_add_pages(d, orders[i]);

		EXPECT(error == 0, "domain_add_pages(order %u): expected 0, saw %d", orders[i],
		       error);
		count += 1u << orders[i];
		EXPECT(d->tot_pages == count, "expected tot_pages %u, saw %u", count, d->tot_pages);
	}
	for (mfn_t mfn = d->first_page; mfn != INVALID_MFN; mfn = mfn_to_page(mfn)->next) {
		EXPECT(mfn_to_page(mfn)->u.inuse.owner == d && mfn_to_page(mfn)->prev == previous,
		       "frame %x: expected the domain as owner and the page before as prev, saw "
		       "others",
		       mfn);
		EXPECT(previous == INVALID_MFN || mfn > previous,
		       "frame %x: expected the pages in the order in which they came, saw it behind "
		       "%x",
		       mfn, previous);
		previous = mfn;
		count--;
	}
	EXPECT(count == 0 && d->last_page == previous,
	       "expected all pages on the list, saw %u missing", count);
	domain_destroy(d);
	expect_nothing_left("after domain_destroy()");
}
END_TEST

START_TEST(no_more_pages_than_allowed)
{
	struct domain *d;

	start();
	d = create(1, 5);
	EXPECT(domain_add_pages(d, 3) == -ENOMEM,
	       "8 pages for a domain that may have 5: expected -ENOMEM, saw another result");
	EXPECT(domain_add_pages(d, 2) == 0,
	       "4 pages for a domain that may have 5: expected 0, saw an error");
	EXPECT(domain_add_pages(d, 1) == -ENOMEM,
	       "2 further ones for it: expected -ENOMEM, saw another result");
	EXPECT(domain_add_pages(d, 0) == 0, "the last of its 5 pages: expected 0, saw an error");
	EXPECT(domain_add_pages(d, 0) == -ENOMEM,
	       "a sixth page: expected -ENOMEM, saw another result");
	EXPECT(d->tot_pages == 5, "expected tot_pages 5, saw %u", d->tot_pages);
	domain_destroy(d);
	expect_nothing_left("after domain_destroy()");
}
END_TEST

START_TEST(no_pages_left)
{
	struct domain *d;

	start();
	d = create(1, 100);
	EXPECT(domain_add_pages(d, 1) == 0, "2 pages: expected 0, saw an error");
	heap_fails_after = 0;
	EXPECT(domain_add_pages(d, 1) == -ENOMEM,
	       "2 pages of none: expected -ENOMEM, saw another result");
	EXPECT(d->tot_pages == 2 && mfn_to_page(d->last_page)->next == INVALID_MFN,
	       "expected 2 pages after an error as before, saw %u", d->tot_pages);
	domain_destroy(d);
	expect_nothing_left("after domain_destroy()");
}
END_TEST

/* ---- The end ---- */

START_TEST(a_domain_shuts_down_once)
{
	struct domain *d;

	start();
	d = create(1, 0);
	domain_shutdown(d, SHUTDOWN_reboot);
	domain_shutdown(d, SHUTDOWN_poweroff);
	EXPECT(d->state == DOMAIN_SHUTDOWN && d->shutdown_reason == SHUTDOWN_reboot,
	       "expected the first reason, %u, kept, saw state %u, reason %u", SHUTDOWN_reboot,
	       d->state, d->shutdown_reason);
	EXPECT(sleeps == 1 && schedule_requested,
	       "expected one sleep() and a request_schedule(), saw %u and %u", sleeps,
	       schedule_requested);
	domain_destroy(d);
	expect_nothing_left("after domain_destroy()");
}
END_TEST

START_TEST(a_domain_crashes_once)
{
	struct domain *d;

	start();
	d = create(1, 0);
	current = d;
	guest_regs()->eip = 0xFFFFFFFE;
	domain_crash("the %s of the test, which is %0200u bytes long", "first crash", 7);
	domain_crash("the second crash");
	current = NULL;
	EXPECT(d->state == DOMAIN_SHUTDOWN && d->shutdown_reason == SHUTDOWN_crash,
	       "expected a crash, saw state %u, reason %u", d->state, d->shutdown_reason);
	EXPECT(dumps == 1 && sleeps == 1 && schedule_requested,
	       "expected its registers printed once, and one sleep(), saw %u and %u", dumps,
	       sleeps);
	domain_destroy(d);
	expect_nothing_left("after domain_destroy()");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("domain");
	TCase *life = add_case(suite, "create-and-destroy");
	TCase *memory = add_case(suite, "memory");
	TCase *death = add_case(suite, "end");

	tcase_add_test(life, a_new_domain);
	tcase_add_test(life, a_domain_is_taken_apart_in_reverse);
	tcase_add_test(life, a_subsystem_that_fails);
	tcase_add_test(life, a_heap_that_runs_dry);
	tcase_add_test(life, the_list_of_domains);
	tcase_add_test(life, the_current_domain_is_not_destroyed);

	tcase_add_test(memory, pages_are_linked_in_order);
	tcase_add_test(memory, no_more_pages_than_allowed);
	tcase_add_test(memory, no_pages_left);

	tcase_add_test(death, a_domain_shuts_down_once);
	tcase_add_test(death, a_domain_crashes_once);
	return run_suite(suite);
}
