/* SPDX-License-Identifier: MIT */
/* Runs the test that the command line names, and ends the machine. */
#include <xen/machine.h>
#include <xen/param.h>
#include <xen/string.h>
#include <xen/subsystem.h>

#include <tests/stage_test.h>

LINKER_ARRAY(struct stage_test, __start_stage_tests, __stop_stage_tests);

static char opt_test[32];
PARAM_STRING("test", opt_test);

static void run_stage_test(void)
{
	if (!opt_test[0])
		return;
	for (const struct stage_test *t = __start_stage_tests; t < __stop_stage_tests; t++) {
		if (strcmp(t->name, opt_test) == 0) {
			t->run();
			machine_exit(MACHINE_SHUTDOWN);
		}
	}
	ktap_begin(1);
	ktap_note("the payload has no test of this name");
	ktap_result(false, opt_test);
	machine_exit(MACHINE_SHUTDOWN);
}

SUBSYSTEM(stage_test) = {
	.name = "stage test",
	.start = run_stage_test,
};
