# SPDX-License-Identifier: GPL-2.0-or-later
#
# `make help` lists the targets; V=1 shows the commands. Everything that is made lands under $(BUILD) and is the same
# byte for byte from one build to the next: no dates, no machine paths. Guests: guests.mk.

BUILD := build
$(if $(filter-out 1,$(words $(BUILD))),$(error BUILD=$(BUILD): make cannot do with blanks in the name of this folder))
MAKEFLAGS += --no-builtin-rules $(if $(V),,--silent)
say = $(if $(V),:,printf '  %-5s %s\n' '$(1)' '$(2)')
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

# ---- Tools -------------------------------------------------------------------------------
# The first compiler found that can make 32-bit code; CC=... on the command line decides else.
found = $(shell command -v $(1) 2>/dev/null)
ifneq ($(filter default undefined,$(origin CC)),)
CC := $(or $(if $(call found,i686-elf-gcc),i686-elf-gcc),\
	$(if $(call found,i686-linux-gnu-gcc),i686-linux-gnu-gcc),gcc)
endif
CROSS := $(or $(if $(call found,i686-elf-ld),i686-elf-),\
	$(if $(call found,i686-linux-gnu-ld),i686-linux-gnu-))
ifneq ($(filter default undefined,$(origin LD)),)
LD := $(CROSS)ld
endif
NM := $(CROSS)nm
OBJCOPY := $(CROSS)objcopy
HOSTCC ?= gcc

# Both compilers must be told: no CMOV and no SSE (i586), no PIE, no calls of a C library.
# The 64-bit divisions they call for are in lib/div64.c, so no libgcc is needed either.
ifneq ($(findstring clang,$(notdir $(CC)))$(findstring clang,$(shell $(CC) --version 2>/dev/null)),)
TARGET_FLAGS := --target=i686-elf
else
TARGET_FLAGS := -m32
endif
# A warning is an error where this project is checked, not where somebody with a compiler of the
# future builds it.
WERROR := $(if $(CI),-Werror)
WARNINGS := -Wall -Wextra -Wshadow $(WERROR)
CFLAGS_BASE := $(TARGET_FLAGS) -march=i586 -mtune=generic -std=c11 -O2 -g -ffreestanding -fno-pic \
	-fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
	-mgeneral-regs-only -fno-omit-frame-pointer -ffile-prefix-map="$$PWD"=. $(WARNINGS) -I.
# Inside of the image the first three arguments travel in registers: EAX, EDX, ECX.
CFLAGS_IMAGE := $(CFLAGS_BASE) -mregparm=3
LDFLAGS_BASE := -m elf_i386 -nostdlib -static --build-id=none -z noexecstack \
	-z max-page-size=0x1000 $(if $(WERROR),--fatal-warnings)

# ---- The image ---------------------------------------------------------------------------
ROOMS := boot hv mm switcher devices lib
SOURCES := $(sort $(shell find $(ROOMS) -name "*.c" -o -name "*.S"))
OBJECTS := $(patsubst %,$(BUILD)/obj/%.o,$(SOURCES))
ELF := $(BUILD)/ringone.elf
IMAGE := $(BUILD)/ringone
IMAGE_LIMIT := 327680

.PHONY: all
all: $(ELF) $(IMAGE)

# What the objects were compiled with: when it changes (CC=clang), everything is made anew. Not for what becomes of a warning:
# labs/grade, without CI, goes on with what was made with it.
COMMAND := $(filter-out -Werror,$(CC) $(CFLAGS_IMAGE))
$(BUILD)/command: FORCE
	mkdir -p $(@D)
	echo '$(COMMAND)' | cmp -s - $@ || echo '$(COMMAND)' > $@
.PHONY: FORCE
FORCE:

$(BUILD)/obj/%.c.o: %.c Makefile $(BUILD)/command
	mkdir -p $(@D)
	$(call say,CC,$<)
	$(CC) $(CFLAGS_IMAGE) $(SMALL) -MMD -MP -c -o $@ $<

# What runs once, or when people ask, had better be small.
SELDOM := boot hv/config hv/console hv/image hv/panic hv/why hv/gdb hv/monitor hv/report hv/start hv/main hv/networks hv/disks \
	$(addprefix devices/,pci passthrough shm display screen entropy netswitch) mm/explain mm/host mm/arena mm/stretch \
	$(addprefix lib/,format log cpu) $(addprefix hv/vcpu/,control once emulate/arithmetic emulate/bits emulate/branch emulate/multiply emulate/shift) \
	$(addprefix devices/virtio/,rng console function misuse offload block transport line) devices/bus devices/ramdisk devices/block devices/ports hv/guest/life hv/guest/turn mm/frame devices/host/uart devices/host/serial \
	$(addprefix devices/host/,power board net disk virtio assign apic pirq pci bars bios framebuffer ps2 scancode keymap cp437 font textcolours textwrite vga vga_rows rtc elcr ioapic hpet pmtimer calibrate)
$(foreach s,$(SELDOM),$(BUILD)/obj/$(s)/% $(BUILD)/obj/$(s).c%): SMALL := -Os
$(BUILD)/obj/devices/host/% $(BUILD)/obj/hv/monitor/%: SMALL := -Os -fno-jump-tables

$(BUILD)/obj/%.S.o: %.S Makefile $(BUILD)/command
	mkdir -p $(@D)
	$(call say,AS,$<)
	$(CC) $(CFLAGS_BASE) -MMD -MP -c -o $@ $<

$(BUILD)/linker.ld: linker.ld Makefile $(BUILD)/command
	$(CC) $(CFLAGS_BASE) -D__ASSEMBLER__ -MMD -MP -MT $@ -MF $@.d -E -P -x c -o $@ $<

# Two passes: the first gives the addresses of the functions, the second holds their names too,
# in a section that follows all text. Both must agree on every function.
LINK = $(LD) $(LDFLAGS_BASE) -T $(BUILD)/linker.ld
$(BUILD)/pass1.elf: $(OBJECTS) $(BUILD)/linker.ld
	$(call say,LD,$@)
	$(LINK) -o $@ $(OBJECTS)

$(BUILD)/symbols.S: $(BUILD)/pass1.elf tools/gen-symbols
	$(NM) -n $< | tools/gen-symbols > $@

$(BUILD)/symbols.o: $(BUILD)/symbols.S
	$(CC) $(CFLAGS_BASE) -c -o $@ $<

SYMBOLS := $(if $(wildcard tools/gen-symbols),$(BUILD)/symbols.o)
$(ELF): $(BUILD)/pass1.elf $(SYMBOLS)
	$(call say,LD,$@)
	$(LINK) -o $@ $(OBJECTS) $(SYMBOLS)
	$(NM) -n $(BUILD)/pass1.elf | grep -i ' t ' > $(BUILD)/pass1.text
	$(NM) -n $@ | grep -i ' t ' | cmp - $(BUILD)/pass1.text || \
		{ echo 'the symbol table moved the text it describes'; exit 1; }

# What boots: the same without debugging sections.
$(IMAGE): $(ELF)
	$(OBJCOPY) --strip-all $< $@
	size=$$(wc -c < $@); echo "$@: $$size bytes (limit $(IMAGE_LIMIT))"; \
		test $$size -lt $(IMAGE_LIMIT) || { echo 'the image is too large'; exit 1; }

-include $(OBJECTS:.o=.d) $(BUILD)/linker.ld.d
-include guest-stubs/guests.mk
all: $(GUEST_IMAGES)

# The disk of the demonstration.
$(BUILD)/demo.tar: $(wildcard tools/demo/*)
	mkdir -p $(@D)
	tar --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rw,go=r \
		--mtime=@0 -C tools/demo -cf $@ $(notdir $(wildcard tools/demo/*))
all: $(BUILD)/demo.tar

-include web/web.mk
-include labs/labs.mk

# ---- Running -----------------------------------------------------------------------------
.PHONY: run bochs iso floppy debug
# `make run DISPLAY=1`: with a shared screen. The variable has the name of X11's, whose value the
# window needs: the one that make itself was started with.
x11 = $(shell tr '\0' '\n' < /proc/$$PPID/environ 2>/dev/null | sed -n 's/^DISPLAY=//p')
run_screen = $(if $(filter command,$(firstword $(origin DISPLAY))),DISPLAY='$(x11)')
run:
	tools/install-deps run
	$(MAKE) --no-print-directory all
	$(run_screen) BUILD=$(BUILD) tools/run $(if $(run_screen),--display)

bochs:
	tools/install-deps run
	$(MAKE) --no-print-directory all
	BUILD=$(BUILD) tools/run --emulator bochs

iso: $(BUILD)/ringone.iso
$(BUILD)/ringone.iso: $(IMAGE) $(GUEST_IMAGES) $(BUILD)/demo.tar tools/run $(wildcard tools/run.d/*.sh)
	BUILD=$(BUILD) tools/run --iso-out $@

# Two guests that a machine of 4 MiB has room for.
floppy: $(BUILD)/ringone-floppy.img
$(BUILD)/ringone-floppy.img: $(IMAGE) $(GUEST_IMAGES) tools/run $(wildcard tools/run.d/*.sh) tools/install
	BUILD=$(BUILD) tools/install --yes --floppy $@ --hv at-end=stay --guest hello --kernel $(BUILD)/guest-stubs/hello --mem 1056K \
		--guest shell --kernel $(BUILD)/guest-stubs/shell --mem 1344K

# `make debug GUEST=shell`: that guest, stopped before its first instruction, under gdb in this terminal.
DEBUG_PORT ?= 1235
debug_guest = --guest $(GUEST) --kernel $(BUILD)/guest-stubs/$(GUEST) --set wait=gdb \
	$(if $(MEM),--mem $(MEM)) $(if $(APPEND),--append '$(APPEND)')
ifneq ($(GUEST),)
debug: all
	command -v gdb >/dev/null || { echo 'there is no gdb here'; exit 1; }
	BUILD=$(BUILD) tools/run --gdb $(DEBUG_PORT) $(debug_guest) </dev/null >$(BUILD)/debug.log 2>&1 & \
	gdb -q $(BUILD)/guest-stubs/$(GUEST).elf -ex 'set tcp connect-timeout 60' \
		-ex 'set remotetimeout 30' -x tools/run.d/guest.gdb -ex 'target remote 127.0.0.1:$(DEBUG_PORT)' $(GDB_EXTRA)
	echo 'What the machine printed: $(BUILD)/debug.log'
else
debug: all
	echo 'QEMU waits. In a second terminal, in this folder:  gdb -ix .gdbinit $(ELF)'
	BUILD=$(BUILD) tools/run --debug
endif

# ---- Tests -------------------------------------------------------------------------------
# tests/unit/test_NAME.c names in its first lines what it is linked with: /* SOURCES: a.c b.c */; so does tests/bounds/NAME.c.
UNIT_TESTS := $(sort $(wildcard tests/unit/test_*.c))
BOUNDS := $(sort $(wildcard tests/bounds/*.c))
UNIT_BINARIES := $(patsubst tests/%.c,$(BUILD)/%,$(UNIT_TESTS) $(BOUNDS))
UNIT_CFLAGS := -std=gnu11 -g -O1 -Wall -Wextra $(WERROR) -I. -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all

# Words "TEST:SOURCE". A source is compiled once for all tests.
unit_links := $(if $(UNIT_TESTS),$(shell awk 'FNR == 1 { on = 0 } FNR > 10 { nextfile } /SOURCES:/ { on = 1; sub(/.*SOURCES:/, "") } \
	on { end = sub(/\*\/.*/, ""); sub(/^ \*/, ""); for (i = 1; i <= NF; i++) print FILENAME ":" $$i; on = !end }' \
	$(UNIT_TESTS) $(BOUNDS)))
unit_object = $(patsubst %.c,$(BUILD)/unit/obj/%.o,$(1))

# $(1) = a test, $(2) = what it becomes
define unit_rule
sources_$(1) := $(sort $(1) $(if $(filter $(1),$(UNIT_TESTS)),tests/unit/support.c) \
	$(foreach s,$(patsubst $(1):%,%,$(filter $(1):%,$(unit_links))),$(or $(wildcard $(s)),$(s))))
UNIT_SOURCES += $$(sources_$(1))
$$(foreach s,$$(sources_$(1)),$$(eval tests_of_$$(s) += $(2)))
$(2): $$(call unit_object,$$(sources_$(1)))
	mkdir -p $$(@D)
	$$(call say,UNIT,$$@)
	$$(HOSTCC) $(UNIT_CFLAGS) -o $$@ $$^ -lcmocka
endef
$(foreach t,$(UNIT_TESTS) $(BOUNDS),$(eval $(call unit_rule,$(t),$(t:tests/%.c=$(BUILD)/%))))

# A test whose sources do not compile any more must not pass as it was.
$(BUILD)/unit/obj/%.o: %.c Makefile
	mkdir -p $(@D)
	$(call say,HOST,$<)
	$(HOSTCC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $< || { rm -f $(tests_of_$<); exit 1; }
-include $(patsubst %.o,%.d,$(call unit_object,$(sort $(UNIT_SOURCES))))

.PHONY: unit-build unit test bench bench-record
unit-build: $(UNIT_BINARIES)

# As many at a time as there are CPUs, unless -j says how many. The + before it makes the line a recursive one for make,
# which does not look into variables.
MAKE_ALL = $(MAKE) --no-print-directory $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))
unit:
	+$(MAKE_ALL) --keep-going unit-build || true
	BUILD=$(BUILD) tests/run --unit

test:
	tools/install-deps test
	+$(MAKE_ALL) all
	$(MAKE) --no-print-directory web-files
	+$(MAKE_ALL) --keep-going unit-build || true
	BUILD=$(BUILD) tests/run

# What must hold for all inputs; what holds for those that chance makes, N seconds each part.
SECONDS := 60
.PHONY: bounds proofs fuzz coverage matrix kexec
bounds:
	tools/install-deps test
	+$(MAKE_ALL) $(filter $(BUILD)/bounds/%,$(UNIT_BINARIES))
	BUILD=$(BUILD) HOSTCC='$(HOSTCC)' tests/bounds/run

# What holds for all inputs there are, by a prover; `make test` leaves it out where there is none.
proofs:
	tools/install-deps proofs
	BUILD=$(BUILD) tests/bounds/prove/run

fuzz:
	tools/install-deps test
	$(MAKE) --no-print-directory all
	BUILD=$(BUILD) tests/fuzz/run --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

# Every machine of tests/system/matrix.rows; the table is written into docs/hardware.md.
matrix:
	tools/install-deps test
	$(MAKE) --no-print-directory all
	BUILD=$(BUILD) tests/matrix

# A Linux starts it; downloads one of 70 MB.
kexec:
	tools/install-deps kexec
	$(MAKE) --no-print-directory all
	BUILD=$(BUILD) tests/kexec/run

# Which statements unit tests, bounds and fuzzers reach.
coverage:
	tools/install-deps test
	BUILD=$(BUILD) tests/coverage

bench: all
	BUILD=$(BUILD) tests/bench

bench-record: all
	tests/bench --record

# The part of tools/attribute that QEMU loads.
$(BUILD)/attribute.so: tools/attribute.c guest-stubs/lib/marks.h
	mkdir -p $(@D)
	$(HOSTCC) -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden -I. -o $@ $<

# ---- Tidiness ----------------------------------------------------------------------------
C_FILES = $(shell git ls-files '*.c' '*.h')
HEADERS = $(shell git ls-files '*.h' ':!*/list.h' ':!tests' ':!labs/harness/host.h' ':!labs/*/host/*' ':!labs/*/tests/*' ':!guest-stubs/bench/native') # rows of a table; for the host; a stand-in for another header
SHELL_FILES = .ci/run $(wildcard tools/run tools/run.d/*.sh tools/install tools/install-deps tools/lint-c tools/lint-docs tools/lint-rooms tools/lint-shape tools/gen-symbols tools/attribute tests/run tests/bench tests/matrix tests/linux/run tests/linux/run.d/*.sh tests/linux/measure tests/hostile-end tests/bounds/run tests/bounds/prove/run tests/coverage tests/fuzz/run tests/kexec/init tests/kexec/run tests/system/*.sh labs/check labs/*/tests/*.sh)

.PHONY: format lint check-headers clean help
format:
	clang-format -i $(C_FILES)

# Each header stands on its own, and twice.
check-headers:
	for h in $(HEADERS); do printf '#include "%s"\n#include "%s"\n' $$h $$h | \
		$(CC) $(CFLAGS_BASE) -fsyntax-only -x c - || { echo "not self-standing: $$h"; exit 1; }; \
	done

lint: check-headers
	clang-format --dry-run -Werror $(C_FILES)
	shellcheck -s sh $(SHELL_FILES)
	tools/lint-c
	tools/lint-shape
	tools/lint-docs
	$(MAKE) --no-print-directory BUILD=$(BUILD)/lint-gcc WERROR=-Werror all unit-build
	$(MAKE) --no-print-directory BUILD=$(BUILD)/lint-clang CC=clang WERROR=-Werror all
	NM=$(NM) tools/lint-rooms $(BUILD)/lint-clang

clean:
	rm -rf $(BUILD)

help:
	echo 'make            the image build/ringone and the guests build/guest-stubs/*'
	echo 'make run        a demonstration in QEMU; it ends by itself'
	echo 'make run DISPLAY=1  two guests that share one screen, in a window'
	echo 'make bochs      the same in Bochs'
	echo 'make iso        build/ringone.iso, which boots from CD, USB stick or disk'
	echo 'make floppy     build/ringone-floppy.img, 1.44 MB;  tools/install: a disk, a USB stick, an image'
	echo 'make web        build/web, the page that runs it in a browser;  make web-run: serve it'
	echo 'make debug      the demonstration, stopped for gdb;  GUEST=shell: that guest under gdb (MEM=, APPEND=)'
	echo 'make test       all tests;  make unit: only those that need no emulator'
	echo 'make bounds     checks over all inputs of a table;  make fuzz SECONDS=60 SEED=1: over random ones'
	echo 'make proofs     what holds for all inputs, by a prover (fetches 200 MB of packages first)'
	echo 'make matrix     guests on many kinds of machines; writes the table of docs/hardware.md;  make kexec: started by a Linux'
	echo 'make coverage   statements that the tests without an emulator reach'
	echo 'make bench      what the hypervisor costs, in instructions; KERNEL= and INITRD=: Linux too; WALL=1: in time too'
	echo 'make bench-record  the counts that `make test` compares with are those of now'
	echo 'make lab LAB=A2 DIR=../a2  a tree for a student;  make grade [T=TEST]: the points of one;  make labs-prove: are the labs right?'
	echo 'make format     clang-format;  make lint: every static check'
	echo 'make clean      remove build/'
	echo 'CC=clang        another compiler;  BUILD=FOLDER: another folder than build/'
	echo 'tools/run --help  your own guests'
