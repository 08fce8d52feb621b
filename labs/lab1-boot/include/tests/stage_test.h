/* SPDX-License-Identifier: MIT */
/*
 * Tests that are linked into the stage's test image beside the student's
 * objects. The command line's `test=` picks one.
 *
 *   STAGE_TEST(probe, "probe")
 *   {
 *           ktap_begin(1);
 *           ktap_result(probe_read(…) == -EFAULT, "hole");
 *   }
 */
#ifndef TESTS_STAGE_TEST_H
#define TESTS_STAGE_TEST_H

#include <xen/compiler.h>

#include <tests/ktap.h>

struct stage_test {
	const char *name;
	void (*run)(void);
};

#define STAGE_TEST(id, test_name)                                                 \
	static void stage_test_##id(void);                                        \
	LINKER_RECORD("stage_tests", struct stage_test)                           \
	stage_test_record_##id = { .name = (test_name), .run = stage_test_##id }; \
	static void stage_test_##id(void)

#endif
