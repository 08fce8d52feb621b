/* SPDX-License-Identifier: MIT */
/* Debug keys on the console. `h` lists them. */
#ifndef XEN_KEYHANDLER_H
#define XEN_KEYHANDLER_H

#include <xen/compiler.h>

/* Does what the key stands for; says so if it stands for nothing. */
void handle_debug_key(char key);

/* Serves keys for ever: what a stage does that has no domain to run. */
void debug_key_loop(void) NORETURN;

#endif
