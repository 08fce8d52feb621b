# SPDX-License-Identifier: MIT
#
# Guest kernels: the guest library of labs 1 to N with one test guest each, in the stage's folder.

guest_virt_base := 0xC0000000
guest_script := $(SHARED)/obj/guest.lds
guest_library := $(foreach n,$(stage_labs),$(foreach f,$(lab$(n).guest),$(call object_of,$(n),$(f)))) \
	$(SHARED)/obj/labs/$(lab1.dir)/tests/ktap.o

# Guests of lower labs run on higher stages too.
guest_names := $(foreach n,$(stage_labs),$(lab$(n).guests))
guest_images := $(foreach g,$(guest_names),$(stage)/guest_$(g).elf)

$(guest_script): labs/$(lab2.dir)/guest/guest.lds.S $(TOOLCHAIN_MK)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TARGET_ARCH_FLAGS) -E -P -x assembler-with-cpp -DGUEST_VIRT_BASE=$(guest_virt_base) -o $@ $<

# guest_rule LAB,NAME
define guest_rule
$(stage)/guest_$2.elf: $(guest_script) $(guest_library) $(call object_of,$1,tests/guest_$2.c)
	$$(call say,LINK,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(LD) $$(TARGET_LD_FLAGS) -nostdlib -z noexecstack -T $(guest_script) -o $$@ $$(filter %.o,$$^)
endef
$(foreach n,$(stage_labs),$(foreach g,$(lab$(n).guests),$(eval $(call guest_rule,$(n),$(g)))))

guest_objects := $(guest_library) $(foreach n,$(stage_labs),$(foreach g,$(lab$(n).guests),$(call \
	object_of,$(n),tests/guest_$(g).c)))
-include $(wildcard $(guest_objects:.o=.d))
