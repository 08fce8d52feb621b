# SPDX-License-Identifier: MIT
#
# The one build file. `make` alone lists the commands; mk/ holds the parts, labs/*/lab.mk say what each lab adds.

BUILD ?= build
# Objects of given sources, which are the same whatever is solved, can be shared between build folders.
SHARED ?= $(BUILD)
# The solved files, or a copy of them with a mistake in it.
SOLUTIONS ?= solutions

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

include mk/labs.mk
include mk/toolchain.mk
include mk/python.mk
include mk/compile.mk
include mk/stage.mk
include mk/guest.mk
include mk/unit.mk
include mk/student.mk
include mk/commands.mk
include mk/format.mk
