# SPDX-License-Identifier: GPL-2.0-or-later
#
# The guest stubs: $(BUILD)/guest-stubs/NAME for each NAME. Included by the top Makefile, which
# sets CC, CFLAGS_BASE, LD, OBJCOPY and BUILD.
#
# A guest is a folder, the parts of guest-stubs/lib it links, and its place:
#   guest_NAME_lib     library objects
#   guest_NAME_phys    where it is loaded
#   guest_NAME_offset  virtual minus physical address (0: it stays in linear mode)
#   guest_NAME_kernel  what it gives as kernel_address (4 MiB aligned)
#   guest_NAME_pae     1: its page tables are PAE ones; guest_NAME_from: the folder, if not NAME

GUESTS := hello echo shell pingpong heartbeat selftest selftest-pae hostile fputest spinner restarter chatter shmpair edutest disktest mandel bench fuzz mistakes \
	victim attacker attacker-pae

# Parts of the library with what they need.
guest_base   := entry boot_data early pci end
guest_text   := printf string cmdline panic
guest_traps  := $(guest_text) trap clock
guest_memory := paging pages
guest_virtio := $(guest_memory) virtio vcon vblk vnet vrng

guest_hello_lib        := $(guest_base)
guest_hello_phys       := 0x00100000
guest_hello_offset     := 0
guest_hello_kernel     := 0xc0000000

guest_echo_lib         := $(guest_base) $(guest_text)
guest_echo_phys        := 0x00100000
guest_echo_offset      := 0
guest_echo_kernel      := 0xc0000000

guest_shell_lib        := $(guest_base) $(guest_traps) $(guest_virtio) async
guest_shell_phys       := 0x00100000
guest_shell_offset     := 0xc0000000
guest_shell_kernel     := 0xc0000000

guest_heartbeat_lib    := $(guest_base) $(guest_traps)
guest_heartbeat_phys   := 0x00180000
guest_heartbeat_offset := 0
guest_heartbeat_kernel := 0xc0000000

guest_selftest_lib     := $(guest_base) $(guest_traps) $(guest_virtio) async user
guest_selftest_phys    := 0x00100000
guest_selftest_offset  := 0x80000000
guest_selftest_kernel  := 0x80000000

# The same with PAE page tables.
guest_selftest-pae_from   := selftest
guest_selftest-pae_lib    := $(guest_selftest_lib)
guest_selftest-pae_phys   := 0x00100000
guest_selftest-pae_offset := 0xc0000000
guest_selftest-pae_kernel := 0xc0000000
guest_selftest-pae_pae    := 1

guest_pingpong_lib     := $(guest_base) $(guest_traps) $(guest_virtio)
guest_pingpong_phys    := 0x00400000
guest_pingpong_offset  := 0
guest_pingpong_kernel  := 0x00400000

guest_shmpair_lib      := $(guest_base) $(guest_traps)
guest_shmpair_phys     := 0x00200000
guest_shmpair_offset   := 0
guest_shmpair_kernel   := 0xc0000000

guest_disktest_lib     := $(guest_base) $(guest_traps) $(guest_virtio)
guest_disktest_phys    := 0x00200000
guest_disktest_offset  := 0
guest_disktest_kernel  := 0xc0000000

guest_edutest_lib      := $(guest_base) $(guest_traps)
guest_edutest_phys     := 0x00200000
guest_edutest_offset   := 0
guest_edutest_kernel   := 0xc0000000

guest_hostile_lib      := $(guest_base) $(guest_traps) $(guest_virtio) async user
guest_hostile_phys     := 0x00100000
guest_hostile_offset   := 0
guest_hostile_kernel   := 0xc0000000

guest_fputest_lib      := $(guest_base) $(guest_traps)
guest_fputest_phys     := 0x00300000
guest_fputest_offset   := 0xd0000000
guest_fputest_kernel   := 0xd0000000

guest_chatter_lib      := $(guest_base) $(guest_traps) $(guest_virtio)
guest_chatter_phys     := 0x00200000
guest_chatter_offset   := 0
guest_chatter_kernel   := 0xc0000000

guest_spinner_lib      := $(guest_base) $(guest_traps)
guest_spinner_phys     := 0x00200000
guest_spinner_offset   := 0
guest_spinner_kernel   := 0x00400000

guest_restarter_lib    := $(guest_base) $(guest_traps) $(guest_memory)
guest_restarter_phys   := 0x00300000
guest_restarter_offset := 0xc0000000
guest_restarter_kernel := 0xc0000000

guest_mandel_lib       := $(guest_base) $(guest_traps) $(guest_virtio)
guest_mandel_phys      := 0x00300000
guest_mandel_offset    := 0xc0000000
guest_mandel_kernel    := 0xc0000000

# Who measures what is left for it, and who leaves little.
guest_victim_lib       := $(guest_base) $(guest_traps)
guest_victim_phys      := 0x00200000
guest_victim_offset    := 0
guest_victim_kernel    := 0xc0000000

guest_attacker_lib     := $(guest_base) $(guest_traps) $(guest_virtio) async
guest_attacker_phys    := 0x00200000
guest_attacker_offset  := 0
guest_attacker_kernel  := 0xc0000000

guest_attacker-pae_from   := attacker
guest_attacker-pae_lib    := $(guest_attacker_lib)
guest_attacker-pae_phys   := 0x00200000
guest_attacker-pae_offset := 0xc0000000
guest_attacker-pae_kernel := 0xc0000000
guest_attacker-pae_pae    := 1

guest_fuzz_lib         := $(guest_base) $(guest_traps) $(guest_virtio) async user
guest_fuzz_phys        := 0x00300000
guest_fuzz_offset      := 0xc0000000
guest_fuzz_kernel      := 0xc0000000

guest_mistakes_lib     := $(guest_base) $(guest_traps) $(guest_memory)
guest_mistakes_phys    := 0x00200000
guest_mistakes_offset  := 0
guest_mistakes_kernel  := 0xc0000000

guest_bench_lib        := $(guest_base) $(guest_traps) $(guest_virtio) async user
guest_bench_phys       := 0x00200000
guest_bench_offset     := 0xc0000000
guest_bench_kernel     := 0xc0000000

GUEST_BUILD := $(BUILD)/guest-stubs
GUEST_CFLAGS := $(CFLAGS_BASE) -ffunction-sections -fdata-sections
GUEST_IMAGES := $(addprefix $(GUEST_BUILD)/,$(GUESTS))

# $(1) = a source without its suffix, below guest-stubs/
define guest_sources
$(patsubst guest-stubs/%.c,$(GUEST_BUILD)/obj/%.o,$(wildcard guest-stubs/$(1)/*.c)) \
$(patsubst guest-stubs/%.S,$(GUEST_BUILD)/obj/%.S.o,$(wildcard guest-stubs/$(1)/*.S))
endef

# $(1) = names of library parts: a source in C, in assembler, or one in each
define guest_parts
$(foreach p,$(1),$(patsubst guest-stubs/%.c,$(GUEST_BUILD)/obj/%.o,$(wildcard guest-stubs/lib/$(p).c)) \
$(patsubst guest-stubs/%.S,$(GUEST_BUILD)/obj/%.S.o,$(wildcard guest-stubs/lib/$(p).S)))
endef

define guest_rule
$(GUEST_BUILD)/$(1).elf: $(call guest_sources,$(or $(guest_$(1)_from),$(1))) $(call guest_parts,$(guest_$(1)_lib)) guest-stubs/guest.ld
	$(LD) -m elf_i386 -n --gc-sections -z noexecstack --build-id=none \
		--defsym=guest_phys=$(guest_$(1)_phys) --defsym=guest_offset=$(guest_$(1)_offset) \
		--defsym=guest_kernel_base=$(guest_$(1)_kernel) \
		$(if $(guest_$(1)_pae),--defsym=guest_pae=1) \
		-T guest-stubs/guest.ld -o $$@ $$(filter %.o,$$^)

# What boots: names of functions stay, for the reports of its end; NAME.elf is for gdb.
$(GUEST_BUILD)/$(1): $(GUEST_BUILD)/$(1).elf
	$(OBJCOPY) --strip-debug $$< $$@
endef
$(foreach g,$(GUESTS),$(eval $(call guest_rule,$(g))))

$(GUEST_BUILD)/obj/%.o: guest-stubs/%.c guest-stubs/guests.mk
	@mkdir -p $(@D)
	$(CC) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

$(GUEST_BUILD)/obj/%.S.o: guest-stubs/%.S guest-stubs/guests.mk
	@mkdir -p $(@D)
	$(CC) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

# The benchmarks once more, as a kernel of the bare machine: the same source in ring 0.
NATIVE := $(GUEST_BUILD)/bench-native
NATIVE_OBJECTS := $(patsubst guest-stubs/%,$(GUEST_BUILD)/native/%.o,\
	$(wildcard guest-stubs/bench/*.c guest-stubs/bench/native/*.[cS]) \
	$(patsubst %,guest-stubs/lib/%.c,end printf string cmdline panic trap paging pages user) \
	guest-stubs/lib/trap.S guest-stubs/lib/boot_data.S)
GUEST_IMAGES += $(NATIVE)

$(NATIVE): $(NATIVE_OBJECTS) guest-stubs/guest.ld
	$(LD) -m elf_i386 -n -s --gc-sections -z noexecstack --build-id=none \
		--defsym=guest_phys=$(guest_bench_phys) --defsym=guest_offset=$(guest_bench_offset) \
		--defsym=guest_kernel_base=$(guest_bench_kernel) \
		-T guest-stubs/guest.ld -o $@ $(NATIVE_OBJECTS)

$(GUEST_BUILD)/native/%.o: guest-stubs/% guest-stubs/guests.mk
	@mkdir -p $(@D)
	$(CC) $(GUEST_CFLAGS) -DGUEST_NATIVE -MMD -MP -c -o $@ $<

# The shell's user programs: an image of their own, embedded into the kernel.
GUEST_USER := $(GUEST_BUILD)/obj/shell/user
$(GUEST_USER)/user.elf: $(GUEST_USER)/programs.o guest-stubs/shell/user/user.ld
	$(LD) -m elf_i386 -z noexecstack --build-id=none -T guest-stubs/shell/user/user.ld -o $@ $<

$(GUEST_USER)/user.bin: $(GUEST_USER)/user.elf
	$(OBJCOPY) -O binary $< $@

$(GUEST_BUILD)/obj/shell/switch.S.o: $(GUEST_USER)/user.bin
$(GUEST_BUILD)/obj/shell/switch.S.o: GUEST_CFLAGS += -Wa,-I$(GUEST_USER)

include guest-stubs/penguin/penguin.mk

.PHONY: guests
guests: $(GUEST_IMAGES)

-include $(wildcard $(NATIVE_OBJECTS:.o=.d) $(GUEST_BUILD)/obj/*/*.d $(GUEST_BUILD)/obj/shell/user/*.d)
