/* SPDX-License-Identifier: MIT */
/*
 * The policy "fifo", found by its record: against a queue that is an array, over long random runs.
 */
#include <string.h>

#include <test/dice.h>
#include <test/suite.h>
#include <xen/domain.h>
#include <xen/sched.h>

#define NR_DOMAINS 8

static struct domain domains[NR_DOMAINS];

/* The model: domains by number, the head first. */
static struct {
	unsigned order[NR_DOMAINS];
	unsigned count;
} queue;

static const struct scheduler *fifo(void)
{
	for (const struct scheduler *s = __start_schedulers; s < __stop_schedulers; s++)
		if (strcmp(s->name, "fifo") == 0)
			return s;
	ck_abort_msg("expected a policy \"fifo\", saw none");
}

static void leave_queue(unsigned n)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < queue.count; i++)
		if (queue.order[i] != n)
			queue.order[kept++] = queue.order[i];
	queue.count = kept;
}

static void go_to_tail(unsigned n)
{
	leave_queue(n);
	queue.order[queue.count++] = n;
}

static void expect_pick(const char *after)
{
	uint64_t slice = 1;
	struct domain *seen = fifo()->pick(0, &slice);
	struct domain *expected = queue.count ? &domains[queue.order[0]] : NULL;

	EXPECT(seen == expected, "%s: expected domain %d picked, saw %d", after,
	       expected ? (int)(expected - domains) : -1, seen ? (int)(seen - domains) : -1);
	EXPECT(slice == 0, "%s: expected slice 0, saw %llu", after, (unsigned long long)slice);
}

/* All domains leave: the queue is a variable of the policy's, which stays from test to test. */
static void start(void)
{
	for (unsigned i = 0; i < NR_DOMAINS; i++)
		fifo()->sleep(&domains[i]);
	memset(domains, 0, sizeof(domains));
	queue.count = 0;
	expect_pick("at the start");
}

START_TEST(first_come_first_served)
{
	start();
	for (unsigned i = 0; i < 3; i++) {
		fifo()->wake(&domains[i]);
		go_to_tail(i);
		expect_pick("after wake()");
	}
	for (unsigned i = 0; i < 7; i++) {
		unsigned n = queue.order[0];

		fifo()->yield(&domains[n]);
		go_to_tail(n);
		expect_pick("after yield() of the first");
	}
	while (queue.count) {
		unsigned n = queue.order[0];

		fifo()->sleep(&domains[n]);
		leave_queue(n);
		expect_pick("after sleep() of the first");
	}
}
END_TEST

START_TEST(any_calls_in_any_order)
{
	struct dice dice = { 6 };

	start();
	for (unsigned i = 0; i < 20000; i++) {
		unsigned n = roll(&dice, NR_DOMAINS);

		switch (roll(&dice, 3)) {
		case 0:
			fifo()->wake(&domains[n]);
			go_to_tail(n);
			expect_pick("after wake()");
			break;
		case 1:
			fifo()->sleep(&domains[n]);
			leave_queue(n);
			expect_pick("after sleep()");
			break;
		default:
			if (!queue.count)
				break;
			n = queue.order[roll(&dice, queue.count)];
			fifo()->yield(&domains[n]);
			go_to_tail(n);
			expect_pick("after yield()");
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sched_fifo");
	TCase *order = add_case(suite, "order");

	tcase_add_test(order, first_come_first_served);
	tcase_add_test(order, any_calls_in_any_order);
	return run_suite(suite);
}
