# SPDX-License-Identifier: MIT
#
# Unit tests: the portable part of the hypervisor, compiled for this host at its own word size, under the address
# and undefined-behaviour sanitizers, against Check.

sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=all
host_cflags := -std=gnu11 -O1 -g -fno-strict-aliasing -fno-omit-frame-pointer $(warnings) -DUNIT_TEST

check_binaries := $(foreach c,$(lab$(LAB).checks),$(stage)/check_$(c))

# Headers in tests/host come first: models of what only the machine has, the highest lab's before those below.
reversed = $(if $1,$(call reversed,$(wordlist 2,99,$1)) $(firstword $1))
host_includes = $(foreach n,$(call reversed,$(call labs_up_to,$1,$(labs))),-Ilabs/$(lab$(n).dir)/tests/host) \
	$(addprefix -I,$(call include_dirs,$1))

define host_rules
$(SHARED)/host/labs/$2/%.o: labs/$2/%.c
	$$(call say,HOSTCC,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(HOSTCC) $$(host_cflags) $$(sanitizers) $(call host_includes,$1) -MMD -MP -c $$< -o $$@

$(BUILD)/host/solutions/$2/%.o: $(SOLUTIONS)/$2/%.c
	$$(call say,HOSTCC,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(HOSTCC) $$(host_cflags) $$(sanitizers) -DSOLVED $(call host_includes,$1) -MMD -MP -c $$< -o $$@
endef
$(foreach n,$(labs),$(eval $(call host_rules,$(n),$(lab$(n).dir))))

solved_host_object = $(if $(wildcard $(SOLUTIONS)/$1/.),$(BUILD)/host/solutions/$1/$2.o,labs/$1/ref/host/$2.o)
host_object_of = $(if $(and $(filter $1,$(solved_labs)),$(filter $2,$(lab$1.edited))),$(call \
	solved_host_object,$(lab$1.dir),$(basename $2)),$(SHARED)/host/labs/$(lab$1.dir)/$(basename $2).o)

# A check's source is its own lab's, or another's by that one's name: lab1:tests/host/printk.c.
check_source_lab = $(if $(findstring :,$1),$(patsubst lab%,%,$(firstword $(subst :, ,$1))),$(LAB))
check_object_of = $(call host_object_of,$(call check_source_lab,$1),$(lastword $(subst :, ,$1)))
check_objects = $(foreach f,$(lab$(LAB).check_$1),$(call check_object_of,$(f)))

define check_rule
$(stage)/check_$1: $(call check_objects,$1)
	$$(call say,HOSTLD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(HOSTCC) $$(sanitizers) -o $$@ $$^ $$$$(pkg-config --libs check)
endef
$(foreach c,$(lab$(LAB).checks),$(eval $(call check_rule,$(c))))

host_objects := $(foreach c,$(lab$(LAB).checks),$(call check_objects,$(c)))
-include $(wildcard $(host_objects:.o=.d))
