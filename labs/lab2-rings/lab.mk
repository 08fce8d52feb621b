# SPDX-License-Identifier: MIT
#
# Lab 2: a guest kernel in ring 1.

lab2.xen := \
	xen/domain_page.c \
	xen/perdomain.c \
	xen/domain.c \
	xen/sched.c \
	xen/sched_fifo.c \
	xen/fpu.c \
	xen/guest_debugreg.c \
	xen/enter_guest.S \
	xen/domain_switch.c \
	xen/hypercall_table.c \
	xen/hypercall_entry.S \
	xen/hypercall.c \
	xen/guest_access.c \
	xen/guest_traps.c \
	xen/double_fault.c \
	xen/emulate.c \
	xen/bounce_frame.c \
	xen/trap_table.c \
	xen/fast_trap.c \
	xen/guest_descriptors.c \
	xen/protect_page.c \
	xen/guest_state.c \
	xen/console_io.c \
	xen/xen_version.c \
	xen/sched_op.c \
	xen/elf.c \
	xen/guest_image.c \
	xen/initial_tables.c \
	xen/domain_build.c \
	xen/boot_domains.c

lab2.edited := \
	xen/elf.c \
	xen/initial_tables.c \
	xen/enter_guest.S \
	xen/domain_switch.c \
	xen/hypercall_entry.S \
	xen/hypercall.c \
	xen/guest_access.c \
	xen/trap_table.c \
	xen/bounce_frame.c \
	xen/fast_trap.c \
	xen/guest_descriptors.c

lab2.payload := tests/stage_double_fault.c tests/stage_int3.c

lab2.checks := elf initial_tables hypercall guest_access bounce_frame trap_table fast_trap descriptor_ok guest_gdt \
	guest_image hypercall_page sched_fifo domain

lab2.check_elf := tests/check_elf.c xen/elf.c
lab2.check_initial_tables := tests/check_initial_tables.c tests/host/machine_memory.c xen/initial_tables.c
lab2.check_hypercall := tests/check_hypercall.c xen/hypercall.c
lab2.check_guest_access := tests/check_guest_access.c tests/host/guest_memory.c xen/guest_access.c
lab2.check_bounce_frame := tests/check_bounce_frame.c tests/host/guest.c tests/host/guest_copy.c \
	tests/host/guest_memory.c xen/bounce_frame.c
lab2.check_trap_table := tests/check_trap_table.c tests/host/guest.c tests/host/guest_copy.c \
	tests/host/guest_memory.c xen/trap_table.c
lab2.check_fast_trap := tests/check_fast_trap.c tests/host/guest.c tests/host/gates.c xen/fast_trap.c
# Everything that guest_descriptors.c calls.
guest_gdt_models := tests/host/guest.c tests/host/guest_copy.c tests/host/guest_gdt.c tests/host/guest_memory.c \
	tests/host/machine_memory.c lab1:tests/host/frame_table.c
lab2.check_descriptor_ok := tests/check_descriptor_ok.c $(guest_gdt_models) xen/guest_descriptors.c
lab2.check_guest_gdt := tests/check_guest_gdt.c $(guest_gdt_models) xen/guest_descriptors.c
lab2.check_guest_image := tests/check_guest_image.c xen/guest_image.c
lab2.check_hypercall_page := tests/check_hypercall_page.c tests/host/gates.c xen/hypercall_table.c
lab2.check_sched_fifo := tests/check_sched_fifo.c xen/sched_fifo.c
lab2.check_domain := tests/check_domain.c tests/host/heap.c tests/host/vsnprintf.c \
	lab1:tests/host/frame_table.c lab1:tests/host/panic.c lab1:tests/host/printk.c xen/domain.c

# The guest library, and test guests on it: tests/guest_NAME.c makes guest_NAME.elf.
lab2.guest := \
	guest/start.S \
	guest/begin.c \
	guest/print.c \
	guest/trap_entry.S \
	guest/traps.c \
	guest/ring3_switch.S \
	guest/ring3.c \
	guest/ktap_console.c

lab2.guests := \
	hello \
	debugged \
	steady \
	registers \
	numbers \
	pointers \
	start_of_day \
	rubbish \
	bystander \
	privileged \
	wild \
	bench \
	faults \
	unusable \
	direct \
	gdt \
	limits \
	own_segment
