# SPDX-License-Identifier: MIT
#
# `make format`: writes C and Python as clang-format and black want them. Skeletons are not touched but made anew
# from the solved files.

.PHONY: format
CLANG_FORMAT ?= clang-format

format:
	$(Q)$(CLANG_FORMAT) -i $(filter-out $(addprefix labs/,$(edited_files)),$(shell \
		find $(wildcard labs solutions grader) -name '*.[ch]'))
	$(Q)black -q $(wildcard grader gdb)
	$(Q)$(MAKE) --no-print-directory sync
