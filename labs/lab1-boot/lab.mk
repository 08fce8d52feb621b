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
	tests/ktap_serial.c \
	tests/provoke.S \
	tests/stage_traps.c \
	tests/stage_page_alloc.c \
	tests/stage_probe.c

lab1.checks := boot_map ns16550 vsnprintf descriptors idt page_alloc extable range_set memory_map param div64 string

lab1.check_boot_map := tests/check_boot_map.c xen/boot_map.c
lab1.check_ns16550 := tests/check_ns16550.c tests/host/uart.c tests/host/quote.c xen/ns16550.c
lab1.check_vsnprintf := tests/check_vsnprintf.c tests/host/quote.c xen/vsnprintf.c xen/div64.c
lab1.check_descriptors := tests/check_descriptors.c tests/host/processor.c tests/host/segments.c xen/descriptors.c
lab1.check_idt := tests/check_idt.c tests/host/processor.c xen/idt.c
lab1.check_page_alloc := tests/check_page_alloc.c tests/check_page_alloc_maps.c tests/host/page_alloc_model.c \
	tests/host/frame_table.c tests/host/panic.c tests/host/printk.c xen/page_alloc.c xen/memory_map.c
lab1.check_extable := tests/check_extable.c xen/extable.c
lab1.check_range_set := tests/check_range_set.c xen/memory_map.c
lab1.check_memory_map := tests/check_memory_map.c xen/memory_map.c
lab1.check_param := tests/check_param.c tests/host/quote.c xen/param.c
lab1.check_div64 := tests/check_div64.c xen/div64.c
lab1.check_string := tests/check_string.c tests/host/quote.c
