/* SPDX-License-Identifier: MIT */
/*
 * What every unit test's main() does. A suite is one program; each of its cases
 * is what one graded test runs, so a case fails on the skeleton as a whole.
 */
#ifndef TEST_SUITE_H
#define TEST_SUITE_H

#include <check.h>

/*
 * Fails the test with a message: the input, "expected …, saw …", all in one line.
 * (Check's own assertions write to a file each time, failed or not. Where there
 * are millions of them, that is what takes the time.)
 */
#define EXPECT(condition, ...)                     \
	do {                                       \
		if (!(condition))                  \
			ck_abort_msg(__VA_ARGS__); \
	} while (0)

/* A new case of the suite. */
static inline TCase *add_case(Suite *suite, const char *name)
{
	TCase *added = tcase_create(name);

	suite_add_tcase(suite, added);
	return added;
}

/* Runs the suite as Check's environment variables say, and gives main()'s result. */
static inline int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

#endif
