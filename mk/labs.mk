# SPDX-License-Identifier: MIT
#
# Which labs there are, which is meant, and which of them come solved.
#
# labs			the numbers of all labs, in order: 1 2 …
# lab1.dir		lab1-boot, and so on
# stage_labs		the labs that the stage named by LAB is made of
# solved_labs		those of them that are taken from $(SOLUTIONS)
# variant		a name for that choice: student, solved1, solved12 …
#
# A lab's lab.mk sets, of its folder's files (without labs/<dir>/):
# labN.xen		the hypervisor's sources, in link order
# labN.edited		those that a student edits
# labN.payload		sources of the test payload that is linked into the stage's test image
# labN.checks		names of unit tests; labN.check_NAME lists what NAME is made of, with a lower lab's
#			sources as lab1:tests/host/printk.c

space := $() $()

lab_dirs := $(sort $(notdir $(patsubst %/,%,$(wildcard labs/lab[0-9]-*/))))
lab_number = $(patsubst lab%,%,$(firstword $(subst -, ,$1)))
labs := $(foreach dir,$(lab_dirs),$(call lab_number,$(dir)))
$(foreach dir,$(lab_dirs),$(eval lab$(call lab_number,$(dir)).dir := $(dir)))

include $(patsubst %,labs/%/lab.mk,$(lab_dirs))

# What the user said; `make grade` without LAB means all labs, `make qemu` the last.
asked_lab := $(LAB)
LAB := $(or $(asked_lab),$(lastword $(labs)))

ifneq ($(words $(LAB)),1)
$(error LAB takes one number; there are labs $(labs))
endif
ifeq ($(filter $(LAB),$(labs)),)
$(error There is no lab $(LAB) here; there are labs: $(labs))
endif
ifneq ($(filter-out all $(labs),$(SOLVED)),)
$(error SOLVED takes lab numbers or "all", not "$(filter-out all $(labs),$(SOLVED))"; there are labs: $(labs))
endif

labs_up_to = $(if $(filter $1,$(firstword $2)),$1,$(firstword $2) $(call labs_up_to,$1,$(wordlist 2,99,$2)))
stage_labs := $(strip $(call labs_up_to,$(LAB),$(labs)))
solved_labs := $(filter $(if $(filter all,$(SOLVED)),%,$(or $(SOLVED),none)),$(stage_labs))
variant := $(if $(solved_labs),solved$(subst $(space),,$(solved_labs)),student)

# Headers that lab N may include: its own and those of lower labs.
include_dirs = $(foreach n,$(call labs_up_to,$1,$(labs)),labs/$(lab$(n).dir)/include)
