# SPDX-License-Identifier: GPL-2.0-or-later
#
# The teaching kernel of track B: $(LABS_BUILD)/kernel is what boots, kernel.elf is for gdb. All sources of this folder
# are in it, and the tests of all labs that are here; included by labs/labs.mk.

LABS_BUILD := $(BUILD)/labs
KERNEL_SOURCES := $(sort $(wildcard labs/kernel/*.[cS] labs/harness/*.c labs/B*/tests/*.c))
KERNEL_OBJECTS := $(patsubst %,$(LABS_BUILD)/obj/%.o,$(KERNEL_SOURCES))

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

.PHONY: labs-kernel
labs-kernel: $(LABS_BUILD)/kernel
all: labs-kernel
-include $(KERNEL_OBJECTS:.o=.d)
