# SPDX-License-Identifier: GPL-2.0-or-later
#
# penguin: one kernel, linked twice, each as ELF and as bzImage, and the torture program that it
# runs, which is also an executable of Linux. Included by guests.mk, which has the rules for ELF.

PENGUINS := penguin penguin-pae
penguin_lib := boot_data pci $(guest_traps) $(guest_virtio) async end early

PENGUIN_OBJ := $(GUEST_BUILD)/obj/penguin
penguin_objects := $(call guest_sources,penguin) $(call guest_parts,$(penguin_lib))

$(GUEST_BUILD)/penguin.elf: penguin_pae := 0
$(GUEST_BUILD)/penguin-pae.elf: penguin_pae := 1
$(addprefix $(GUEST_BUILD)/,$(PENGUINS:=.elf)): $(penguin_objects) guest-stubs/guest.ld
	$(LD) -m elf_i386 -n --gc-sections -z noexecstack --build-id=none \
		--defsym=guest_phys=0x00100000 --defsym=guest_offset=0xc0000000 \
		--defsym=guest_kernel_base=0xc0000000 --defsym=guest_pae=$(penguin_pae) \
		-T guest-stubs/guest.ld -o $@ $(filter %.o,$^)

$(addprefix $(GUEST_BUILD)/,$(PENGUINS)): %: %.elf
	$(OBJCOPY) --strip-debug $< $@

# The kernel carries the program without symbols; torture.elf is for gdb.
$(GUEST_BUILD)/torture.elf: $(call guest_sources,penguin/user) guest-stubs/penguin/user/user.ld
	$(LD) -m elf_i386 -z noexecstack --build-id=none \
		-T guest-stubs/penguin/user/user.ld -o $@ $(filter %.o,$^)

$(GUEST_BUILD)/torture: %: %.elf
	$(OBJCOPY) --strip-all $< $@

$(PENGUIN_OBJ)/program.S.o: $(GUEST_BUILD)/torture
$(PENGUIN_OBJ)/program.S.o: GUEST_CFLAGS += -Wa,-I$(GUEST_BUILD)

# What tests/linux/bench runs on Linux, from the same beginnings.
LINUX_BENCH := $(BUILD)/tests-bin/linux-bench
LINUX_BENCH_OBJECTS := $(patsubst tests/linux/bench/%.c,$(BUILD)/tests-bin/obj/%.o,$(wildcard tests/linux/bench/*.c)) \
	$(addprefix $(PENGUIN_OBJ)/user/,start.S.o signal_return.S.o lib.o)
$(LINUX_BENCH): $(LINUX_BENCH_OBJECTS) guest-stubs/penguin/user/user.ld
	$(LD) -m elf_i386 -s -z noexecstack --build-id=none \
		-T guest-stubs/penguin/user/user.ld -o $@ $(filter %.o,$^)

$(BUILD)/tests-bin/obj/%.o: tests/linux/bench/%.c guest-stubs/penguin/penguin.mk
	@mkdir -p $(@D)
	$(CC) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

GUEST_IMAGES += $(if $(wildcard tests/linux/bench/*.c),$(LINUX_BENCH)) # a lab's tree has no tests of Linux

$(PENGUIN_OBJ)/setup.bin: $(PENGUIN_OBJ)/image/setup.S.o
	$(OBJCOPY) -O binary -j .text $< $@

# The protected-mode part is the kernel as it lies in memory from 1 MiB on.
$(GUEST_BUILD)/%.bzImage: $(GUEST_BUILD)/% $(PENGUIN_OBJ)/setup.bin
	$(OBJCOPY) -O binary $< $@.body
	cat $(PENGUIN_OBJ)/setup.bin $@.body > $@
	rm -f $@.body

GUEST_IMAGES += $(addprefix $(GUEST_BUILD)/,torture $(PENGUINS) $(PENGUINS:=.bzImage))

-include $(wildcard $(PENGUIN_OBJ)/user/*.d $(BUILD)/tests-bin/obj/*.d)
