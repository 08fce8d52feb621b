# SPDX-License-Identifier: MIT
#
# What a user types.

.PHONY: help setup image artefacts qemu qemu-gdb gdb record replay-gdb bochs demo grade regrade check bench doctor \
	sync release handouts format clean

grader = $(PYTHON) -m grader
grader_options = $(if $(asked_lab),--lab $(asked_lab)) $(if $(SOLVED),--solved "$(SOLVED)") \
	$(if $(TEST),--test "$(TEST)") --build $(BUILD)
boot_options = $(grader_options) $(if $(GUEST),--guest "$(GUEST)")

help:
	@sed -n 's/^## //p' mk/commands.mk

## ring1: a hypervisor in six labs. LAB=n picks one (inside a lab's folder: that one), SOLVED="1 2" or
## SOLVED=all takes labs from solutions/, TEST=name picks a test.
##
##   make setup        install what is missing
##   make doctor       say what is there, what is missing, and what that costs
##   make grade        grade one lab or all; TEST=glob grades some tests
##   make regrade      judge the logs of the last grade again, without booting
##   make qemu         boot on this terminal; with TEST=name the very machine of a test, with GUEST=file a kernel
##   make qemu-gdb     the same, stopped before its first instruction
##   make gdb          debug what `make qemu-gdb` started, with hypervisor's symbols and `xen` commands
##   make record       record a run (TEST=name)
##   make replay-gdb   replay it under GDB, forwards and backwards
##   make bochs        boot in Bochs, which checks segment limits
##   make demo         what this lab was for
##   make image        build the stage; prints its path on the last line
##   make bench        costs in guest instructions
##   make handouts     build the handouts as web pages
##   make sync         write the skeletons from solutions/
##   make check        everything that must hold before a change lands
##   make release      the student's kit, without the solutions
##   make format       clang-format and black, as make check wants it
##   make clean        remove build/

setup:
	./setup

image: $(stage)/ring1.elf
	@echo $(stage)/ring1.elf

# All that a grade of this stage needs. The grader runs it with -k, and tells from what is missing which tests lose.
artefacts: $(stage)/ring1.elf $(stage)/ring1-test.elf $(guest_images) $(check_binaries)

qemu: $(stage)/ring1.elf $(stage)/ring1-test.elf $(guest_images)
	$(Q)$(grader) boot $(boot_options)

qemu-gdb: $(stage)/ring1.elf $(stage)/ring1-test.elf $(guest_images)
	$(Q)$(grader) boot --gdb $(boot_options)

gdb:
	$(Q)$(grader) gdb $(grader_options)

record: $(stage)/ring1.elf $(stage)/ring1-test.elf $(guest_images)
	$(Q)$(grader) record $(boot_options)

replay-gdb:
	$(Q)$(grader) replay $(grader_options)

bochs: $(stage)/ring1.elf $(stage)/ring1-test.elf
	$(Q)$(grader) bochs $(grader_options)

demo: $(stage)/ring1.elf $(stage)/ring1-test.elf $(guest_images)
	$(Q)$(grader) demo $(grader_options)

grade:
	$(Q)$(grader) grade $(grader_options)

regrade:
	$(Q)$(grader) regrade $(grader_options)

bench:
	$(Q)$(grader) bench $(grader_options)

check:
	$(Q)$(grader) check --build $(BUILD)

doctor:
	$(Q)$(ANY_PYTHON) -m grader.doctor

# unifdef's status 1 means only that it changed something.
SYNC_OUT ?= labs
edited_files := $(foreach n,$(labs),$(addprefix $(lab$(n).dir)/,$(lab$(n).edited)))
sync:
	$(Q)for file in $(edited_files); do \
		mkdir -p "$(SYNC_OUT)/$$(dirname $$file)" || exit; \
		unifdef -B -USOLVED -o "$(SYNC_OUT)/$$file" "$(SOLUTIONS)/$$file" || [ $$? -eq 1 ] || exit; \
	done

release:
	$(Q)$(PYTHON) -m grader release $(if $(OUT),--out "$(OUT)")

handouts:
	$(Q)$(grader) handouts --build $(BUILD)

clean:
	rm -rf $(BUILD)
