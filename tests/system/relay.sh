# SPDX-License-Identifier: GPL-2.0-or-later
# A module in the first 64 KiB, without a line: what kexec and v86 hand over, played by a loader of our own (relay.c).
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -m32 -march=i586 -O1 -Wall -Wextra -Werror -ffreestanding -fno-pic -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
	-c -o "$work/relay.o" tests/system/relay.c
ld -m elf_i386 -N -Ttext=0x2000000 --section-start=.multiboot=0x1fff000 -e start -o "$work/relay" "$work/relay.o"
status=0
timeout 600 qemu-system-i386 -accel tcg -m 64 -nic none -display none -no-reboot -serial "file:$work/log" \
	-device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$work/relay" \
	-append 'debug-exit=0xf4 module guest=low mem=2M' -initrd "${BUILD:-build}/ringone,$stubs/hello" || status=$?
cat "$work/log"
[ "$status" -eq 33 ]
grep -q '^.low. Hello from ring 1' "$work/log"
