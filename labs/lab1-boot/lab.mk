# SPDX-License-Identifier: MIT
#
# Lab 1: from power-on to a hypervisor that survives its own faults.

lab1.xen := \
	xen/head.S \
	xen/early_console.S \
	xen/boot_map.c \
	xen/setup.c \
	xen/boot_info.c \
	xen/memory_map.c \
	xen/param.c \
	xen/console.c \
	xen/ns16550.c \
	xen/printk.c \
	xen/vsnprintf.c \
	xen/div64.c \
	xen/string.c \
	xen/machine.c \
	xen/panic.c \
	xen/symbols.c \
	xen/subsystem.c \
	xen/keyhandler.c \
	xen/descriptors.c \
	xen/idt.c \
	xen/entry.S \
	xen/traps.c \
	xen/extable.c \
	xen/probe.c \
	xen/page_info.c \
	xen/page_alloc.c

lab1.edited := \
	xen/boot_map.c \
	xen/head.S \
	xen/ns16550.c \
	xen/vsnprintf.c \
	xen/descriptors.c \
	xen/idt.c \
	xen/entry.S \
	xen/page_alloc.c \
	xen/extable.c \
	xen/probe.c

lab1.payload := \
	tests/stage.c \
	tests/ktap.c \
	tests/provoke.S \
	tests/stage_traps.c \
	tests/stage_page_alloc.c \
	tests/stage_probe.c

lab1.checks :=
