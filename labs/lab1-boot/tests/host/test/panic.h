/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's panic() in a unit test: fails the test, unless it is looked for.
 *
 *   if (!PANICS(free_pages(page, 0)))
 *           ck_abort_msg("…");
 */
#ifndef TEST_PANIC_H
#define TEST_PANIC_H

#include <setjmp.h>
#include <stdbool.h>

/* Where panic() goes on; NULL while none is looked for. */
extern jmp_buf *panic_lands_at;

/* Does the statement panic? It is left where it does. */
#define PANICS(statement)                      \
	({                                     \
		jmp_buf here;                  \
		volatile bool panicked = true; \
                                               \
		panic_lands_at = &here;        \
		if (setjmp(here) == 0) {       \
			statement;             \
			panicked = false;      \
		}                              \
		panic_lands_at = NULL;         \
		panicked;                      \
	})

#endif
