# SPDX-License-Identifier: MIT
#
# CC, LD, AS, NM, OBJCOPY	for 32-bit x86 without an operating system
# TARGET_ARCH_FLAGS		what CC needs to be told for that (-m32); TARGET_LD_FLAGS the same for LD
# TARGET_STACK_FLAG		what it is told of the stack (words), for C alone
# TOOLCHAIN			all that in words
# HOSTCC			for the unit tests
#
# mk/find-toolchain looks, and keeps its answer in $(SHARED)/toolchain.mk: what is compiled depends on that file.
# The user's own CC, LD and CROSS_COMPILE decide when set. A missing compiler stops the first recipe that
# names $(CC), with a sentence, and no other: `make doctor` runs without one.

chosen = $(if $(filter-out default undefined file,$(origin $1)),$($1))

TOOLCHAIN_MK := $(SHARED)/toolchain.mk
$(shell CC='$(call chosen,CC)' LD='$(call chosen,LD)' CROSS_COMPILE='$(CROSS_COMPILE)' \
	mk/find-toolchain $(TOOLCHAIN_MK))
-include $(TOOLCHAIN_MK)

ifneq ($(TOOLCHAIN_ERROR),)
override CC = $(error $(TOOLCHAIN_ERROR))
override LD = $(error $(TOOLCHAIN_ERROR))
endif

ifeq ($(origin HOSTCC),undefined)
HOSTCC := cc
endif
