# SPDX-License-Identifier: GPL-2.0-or-later
#
# The teaching kernel of track B: $(BUILD)/labs/kernel is what boots, kernel.elf is for gdb. All sources of this folder are in it,
# labs/harness, and the tests and ring-3 programs (labs/LAB/tests/programs/*.c) of those labs that are here. Included by
# labs/labs.mk.

LABS_BUILD := $(BUILD)/labs
KERNEL_SOURCES := $(sort $(wildcard labs/kernel/*.[cS] labs/harness/*.c labs/B*/tests/*.c))
KERNEL_PROGRAMS := $(sort $(wildcard labs/B*/tests/programs/*.c))
program_of = $(LABS_BUILD)/obj/$(basename $(1))
KERNEL_OBJECTS := $(patsubst %,$(LABS_BUILD)/obj/%.o,$(KERNEL_SOURCES)) $(foreach p,$(KERNEL_PROGRAMS),$(call program_of,$(p)).inc.o)

$(LABS_BUILD)/kernel.elf: $(KERNEL_OBJECTS) labs/kernel/kernel.ld
	$(call say,LD,$@)
	$(LD) $(LDFLAGS_BASE) -T labs/kernel/kernel.ld -o $@ $(KERNEL_OBJECTS)

# Names of functions stay, for the report of an end.
$(LABS_BUILD)/kernel: $(LABS_BUILD)/kernel.elf
	$(OBJCOPY) --strip-debug $< $@

$(LABS_BUILD)/obj/%.o: % labs/kernel/kernel.mk $(BUILD)/command
	mkdir -p $(@D)
	$(call say,CC,$<)
	$(CC) $(CFLAGS_BASE) -MMD -MP -c -o $@ $<

# A program is linked for ring 3, and its bytes become a piece of the kernel with a row in the table of programs.
PROGRAM_START := $(LABS_BUILD)/obj/labs/harness/program/start.S.o
$(LABS_BUILD)/obj/%.elf: $(LABS_BUILD)/obj/%.c.o $(PROGRAM_START) labs/harness/program/program.ld
	$(LD) $(LDFLAGS_BASE) -T labs/harness/program/program.ld -o $@ $(PROGRAM_START) $<

$(LABS_BUILD)/obj/%.bin: $(LABS_BUILD)/obj/%.elf
	$(OBJCOPY) -O binary $< $@

$(LABS_BUILD)/obj/%.inc.o: $(LABS_BUILD)/obj/%.bin labs/harness/program/include.S
	$(CC) $(CFLAGS_BASE) '-DPROGRAM_NAME="$(notdir $*)"' '-DPROGRAM_FILE="$<"' -c -o $@ labs/harness/program/include.S

.PHONY: labs-kernel
labs-kernel: $(LABS_BUILD)/kernel
all: labs-kernel
-include $(patsubst %,$(LABS_BUILD)/obj/%.d,$(KERNEL_SOURCES) $(KERNEL_PROGRAMS))
