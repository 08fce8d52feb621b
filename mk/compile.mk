# SPDX-License-Identifier: MIT
#
# How one source becomes one object. Every flag that we rely on is spelled out, since defaults differ between
# compilers and distributions.

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $1 $2)

# -Werror only where someone keeps the course, never where someone takes it.
warnings := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes $(if $(STRICT),-Werror)

# Code that runs in the machine: no libc, no position independence, general registers only.
target_flags = $(TARGET_ARCH_FLAGS) -march=i686 -mtune=generic -ffreestanding -fno-builtin -fno-pie -fno-pic \
	-fcf-protection=none -fno-stack-protector -fno-asynchronous-unwind-tables -mgeneral-regs-only \
	-fno-strict-aliasing -fno-common -fno-omit-frame-pointer \
	-fno-optimize-sibling-calls -gdwarf-4
target_cflags = $(target_flags) $(TARGET_STACK_FLAG) -std=gnu11 -O2 $(warnings)

# compile_rules NUMBER,DIR: objects of a lab's given sources, and of its solved ones.
define compile_rules
$(SHARED)/obj/labs/$2/%.o: labs/$2/%.c $(TOOLCHAIN_MK)
	$$(call say,CC,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(target_cflags) $(addprefix -I,$(call include_dirs,$1)) -MMD -MP -c $$< -o $$@

$(SHARED)/obj/labs/$2/%.o: labs/$2/%.S $(TOOLCHAIN_MK)
	$$(call say,AS,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(target_flags) $(addprefix -I,$(call include_dirs,$1)) -MMD -MP -c $$< -o $$@

$(BUILD)/obj/solutions/$2/%.o: $(SOLUTIONS)/$2/%.c $(TOOLCHAIN_MK)
	$$(call say,CC,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(target_cflags) -DSOLVED $(addprefix -I,$(call include_dirs,$1)) -MMD -MP -c $$< -o $$@

$(BUILD)/obj/solutions/$2/%.o: $(SOLUTIONS)/$2/%.S $(TOOLCHAIN_MK)
	$$(call say,AS,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(target_flags) -DSOLVED $(addprefix -I,$(call include_dirs,$1)) -MMD -MP -c $$< -o $$@
endef
$(foreach n,$(labs),$(eval $(call compile_rules,$(n),$(lab$(n).dir))))

# A solved file's object: compiled from $(SOLUTIONS), or in the student's kit the one that comes with it.
solved_object = $(if $(wildcard $(SOLUTIONS)/$1/.),$(BUILD)/obj/solutions/$1/$2.o,labs/$1/ref/$2.o)
# object_of NUMBER,FILE: the object of a lab's source in the chosen variant.
object_of = $(if $(and $(filter $1,$(solved_labs)),$(filter $2,$(lab$1.edited))),$(call \
	solved_object,$(lab$1.dir),$(basename $2)),$(SHARED)/obj/labs/$(lab$1.dir)/$(basename $2).o)
