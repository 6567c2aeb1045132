# SPDX-License-Identifier: GPL-2.0-or-later
#
# Labs of a course (labs/README.md): `make lab LAB=A4 DIR=../a4` writes a student's tree, `make grade` says there how many points
# it has, `make labs-prove` tries the labs themselves. Included by the top Makefile behind guest-stubs/guests.mk.

# A guest of the grader's in track A: labs/LAB/tests/NAME.c is $(GUEST_BUILD)/labs-LAB-NAME; labs/LAB/guests.mk may set its place.
# Sources that begin with test_ are unit tests. Track B has one kernel for all tests.
LAB_SOURCES := $(foreach f,$(wildcard labs/A*/tests/*.c),$(if $(filter test_%,$(notdir $(f))),,$(f)))
lab_guest = labs-$(word 2,$(subst /, ,$(1)))-$(basename $(notdir $(1)))
LAB_GUESTS := $(foreach f,$(LAB_SOURCES),$(call lab_guest,$(f)))
-include $(wildcard labs/[AB]*/guests.mk)

# $(1) = name of the guest, $(2) = its source
define lab_guest_rule
guest_$(1)_lib    ?= $(guest_base) $(guest_traps) $(guest_virtio) async user
guest_$(1)_phys   ?= 0x00200000
guest_$(1)_offset ?= 0xc0000000
guest_$(1)_kernel ?= 0xc0000000
$(GUEST_BUILD)/$(1).elf: $(GUEST_BUILD)/obj/$(basename $(2)).o
endef
$(foreach f,$(LAB_SOURCES),$(eval $(call lab_guest_rule,$(call lab_guest,$(f)),$(f))))
$(foreach g,$(LAB_GUESTS),$(eval $(call guest_rule,$(g))))

$(GUEST_BUILD)/obj/labs/%.o: labs/%.c guest-stubs/guests.mk
	@mkdir -p $(@D)
	$(CC) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<
-include $(foreach f,$(LAB_SOURCES),$(GUEST_BUILD)/obj/$(basename $(f)).d)

# Hidden tests: make grade TESTS=FOLDER (a name without blanks). A guest of theirs is FOLDER/NAME.c.
HIDDEN_SOURCES := $(if $(TESTS),$(foreach f,$(wildcard $(TESTS)/*.c),$(if $(filter test_%,$(notdir $(f))),,$(f))))
hidden_guest = labs-$(LAB)-$(basename $(notdir $(1)))
HIDDEN_GUESTS := $(foreach f,$(HIDDEN_SOURCES),$(call hidden_guest,$(f)))
$(foreach f,$(HIDDEN_SOURCES),$(eval $(call lab_guest_rule,$(call hidden_guest,$(f)),hidden/$(notdir $(f)))))
$(foreach g,$(HIDDEN_GUESTS),$(eval $(call guest_rule,$(g))))
$(GUEST_BUILD)/obj/hidden/%.o: $(TESTS)/%.c guest-stubs/guests.mk FORCE
	@mkdir -p $(@D)
	$(CC) $(GUEST_CFLAGS) -c -o $@ $<

-include labs/kernel/kernel.mk

.PHONY: lab grade labs-prove lab-build lab-guests
lab:
	test -n '$(LAB)' && test -n "$$DIR" || { echo 'make lab LAB=A4 DIR=../a4   (labs:' $(notdir $(patsubst %/lab,%,$(wildcard labs/*/lab)))')'; exit 2; }
	tools/install-deps labs || echo 'make lab: going on with what is here'
	python3 labs/cut "$$LAB" "$$DIR"

grade:
	tools/install-deps labs || echo 'make grade: going on with what is here'
	BUILD=$(BUILD) python3 labs/grade $(if $(LAB),--lab $(LAB)) $(addprefix --test ,$(T)) $(if $(TESTS),--tests "$$TESTS")

# What the tests of a lab boot.
lab-build: $(ELF) $(IMAGE) $(addprefix $(GUEST_BUILD)/,$(filter labs-$(LAB)-%,$(LAB_GUESTS)) $(lab_$(LAB)_guests) $(HIDDEN_GUESTS)) \
	$(if $(filter B%,$(LAB)),labs-kernel)

all: lab-guests
lab-guests: $(addprefix $(GUEST_BUILD)/,$(LAB_GUESTS))

labs-prove:
	tools/install-deps labs
	$(MAKE) --no-print-directory all
	BUILD=$(BUILD) python3 labs/prove $(LAB)
