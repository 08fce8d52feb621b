/* SPDX-License-Identifier: MIT */
/*
 * The command line that the boot loader passes: words `name` or `name=value`.
 * A file declares the words that it knows, and reads its variable:
 *
 *   static char opt_sched[16] = "rr";
 *   PARAM_STRING("sched", opt_sched);
 */
#ifndef XEN_PARAM_H
#define XEN_PARAM_H

#include <xen/compiler.h>
#include <xen/types.h>

enum param_kind {
	PARAM_KIND_STRING,   /* char[]; what does not fit is refused */
	PARAM_KIND_UNSIGNED, /* uint32_t; decimal, or hexadecimal with 0x */
	PARAM_KIND_SIZE,     /* uint64_t bytes; suffix K, M or G, else KiB */
	PARAM_KIND_FLAG,     /* bool; `name` sets it, `no-name` clears it */
};

struct param {
	const char *name;
	enum param_kind kind;
	void *value;
	size_t size; /* bytes at value */
};

#define PARAM(word, param_kind, variable)     \
	LINKER_RECORD("params", struct param) \
	param_##variable = {                  \
		.name = (word),               \
		.kind = (param_kind),         \
		.value = &(variable),         \
		.size = sizeof(variable),     \
	}

#define PARAM_STRING(word, variable)   PARAM(word, PARAM_KIND_STRING, variable)
#define PARAM_UNSIGNED(word, variable) PARAM(word, PARAM_KIND_UNSIGNED, variable)
#define PARAM_SIZE(word, variable)     PARAM(word, PARAM_KIND_SIZE, variable)
#define PARAM_FLAG(word, variable)     PARAM(word, PARAM_KIND_FLAG, variable)

LINKER_ARRAY(struct param, __start_params, __stop_params);

/* Called for a word that cannot be used; reason is a phrase. */
typedef void param_complaint_t(const char *word, size_t length, const char *reason);

/*
 * Sets the variables of params[0, count) from a command line. A first word
 * that is a file name (some boot loaders pass the image's own) is passed over.
 * A word that is unknown or malformed changes nothing and is handed to
 * complain, which may be NULL.
 */
void param_parse(const struct param *params, size_t count, const char *command_line,
		 param_complaint_t *complain);

#endif
