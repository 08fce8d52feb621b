# SPDX-License-Identifier: MIT
#
# Stage N: labs 1 to N linked together, as a multiboot image; and the same with the labs' test payload.

stage := $(BUILD)/stage$(LAB)/$(variant)

stage_objects := $(foreach n,$(stage_labs),$(foreach f,$(lab$(n).xen),$(call object_of,$(n),$(f))))
payload_objects := $(foreach n,$(stage_labs),$(foreach f,$(lab$(n).payload),$(call object_of,$(n),$(f))))

linker_script := $(SHARED)/obj/xen.lds

$(linker_script): labs/$(lab1.dir)/xen/xen.lds.S $(TOOLCHAIN_MK)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TARGET_ARCH_FLAGS) -E -P -x assembler-with-cpp -Ilabs/$(lab1.dir)/include -MMD -MP -MT $@ \
		-o $@ $<

link = $(LD) $(TARGET_LD_FLAGS) -nostdlib -z noexecstack --defsym=stage_number=$(LAB) -T $(linker_script)

# Linked twice: the first time to learn where the functions lie, then with a table of their names at the end.
%/ring1.elf: $(linker_script) $(stage_objects) mk/symbols.awk
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(call link_with_symbols,$@,$(stage_objects))

%/ring1-test.elf: $(linker_script) $(stage_objects) $(payload_objects) mk/symbols.awk
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(call link_with_symbols,$@,$(stage_objects) $(payload_objects))

symbol_table = awk -v high_half=fc000000 -f mk/symbols.awk $1 | $(CC) $(TARGET_ARCH_FLAGS) -x assembler -c -o $2 -

define link_with_symbols
$(Q)$(call symbol_table,/dev/null,$1.sym.o)
$(Q)$(link) -o $1.first $2 $1.sym.o
$(Q)$(NM) -n $1.first >$1.nm
$(Q)$(call symbol_table,$1.nm,$1.sym.o)
$(Q)$(link) -o $1 $2 $1.sym.o
$(Q)rm -f $1.first $1.sym.o $1.nm
endef

-include $(wildcard $(stage_objects:.o=.d) $(payload_objects:.o=.d) $(linker_script:.lds=.d))
