/* SPDX-License-Identifier: MIT */
/* What we ask of GCC and clang beyond C. */
#ifndef XEN_COMPILER_H
#define XEN_COMPILER_H

#define NOINLINE __attribute__((noinline))
#define WEAK     __attribute__((weak))
#define NORETURN __attribute__((noreturn))

/* Has the compiler check arguments against a format, as it does for printf. */
#define PRINTF_LIKE(format_at, arguments_at) \
	__attribute__((format(printf, format_at, arguments_at)))

/*
 * A record in a linker section, one of an array that the linker gathers from
 * all files in link order. It defines __start_ and __stop_ symbols for the array's two
 * ends, if there is any record; both are NULL where there is none.
 *
 *   LINKER_RECORD("subsystems", struct subsystem) subsystem_mm = { … };
 *   LINKER_ARRAY(struct subsystem, __start_subsystems, __stop_subsystems);
 */
#define LINKER_RECORD(section_name, type) \
	static const type __attribute__((used, section(section_name), aligned(__alignof__(type))))

#define LINKER_ARRAY(type, start, stop) extern const type start[] WEAK, stop[] WEAK

#endif
