/* SPDX-License-Identifier: MIT */
/*
 * What every unit test's main() does. A suite is one program; each of its cases
 * is what one graded test runs, so a case fails on the skeleton as a whole.
 */
#ifndef TEST_SUITE_H
#define TEST_SUITE_H

#include <check.h>

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
