# SPDX-License-Identifier: MIT
#
# `make written`: of what each artefact is linked, and what of that a student has written. The grader asks, and
# looks into those objects. A line for each: "machine student: OBJECT...", "check_idt given: OBJECT...".

# The objects of edited files that are not taken from $(SOLUTIONS), compiled for the machine and for the host.
unsolved_labs := $(filter-out $(solved_labs),$(stage_labs))
student_objects := $(foreach kind,obj host,$(foreach n,$(unsolved_labs),$(addprefix \
	$(SHARED)/$(kind)/labs/$(lab$(n).dir)/,$(addsuffix .o,$(basename $(lab$(n).edited))))))

# tell_written NAME,OBJECTS
tell_written = $(info $1 student: $(filter $(student_objects),$2)) $(info $1 given: $(filter-out $(student_objects),$2))

.PHONY: written
written:
	@:$(call tell_written,machine,$(stage_objects) $(payload_objects)) $(foreach c,$(lab$(LAB).checks),$(call \
		tell_written,check_$(c),$(call check_objects,$(c))))
