# SPDX-License-Identifier: GPL-2.0-or-later
# A machine whose only serial line is a PCI card: found without being named, typed at. COM2 alone, as the BIOS
# data area says. No serial line at all: the guests run, the screen has the text. A card that is asked for and not there.
set -eu
: "${stubs:?tests/run sets it}"
image=${stubs%/*}/ringone
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# printed REGEX: wait until it was.
printed() {
	until grep -Eq "$1" "$work/serial"; do
		[ ! -e "$work/over" ] || return 0
		sleep 0.1
	done
}

# boot STATUS OPTIONS QEMU...: with a spinner; typed at through standard input, which ends it.
boot() {
	want=$1 options=$2 status=0
	shift 2
	rm -f "$work/over"
	: >"$work/serial"
	{
		printed 'spinner: 1 s'
		printf '\001list\r'
		printed 's +running'
		printf '\001off\r'
		printed 'verdict'
	} | {
		timeout 300 qemu-system-i386 -accel tcg -m 48 -display none -no-reboot -serial none -monitor none -chardev stdio,id=line \
			-device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$image" -append "debug-exit=0xf4 $options" \
			-initrd "$stubs/spinner guest=s mem=8M" "$@" >"$work/serial" || status=$?
		: >"$work/over"
		[ "$status" = "$want" ] || { cat "$work/serial"; echo "status $status, not $want"; exit 1; }
	}
}

boot 35 '' -device pci-serial,chardev=line
grep -q '^ringone: cpu ' "$work/serial"
grep -q ' s  *running' "$work/serial"
grep -q '^ringone: verdict 1' "$work/serial"
echo 'a PCI card'

boot 35 console=pci0 -serial null -device pci-serial,chardev=line
grep -q ' s  *running' "$work/serial"
echo 'a PCI card beside COM1'

boot 35 'console=pci2 at-end=poweroff' -device isa-serial,chardev=line,index=1
grep -q 'console=pci2: no serial port answers there; give auto, com1, com2, pci0 or none' "$work/serial"
grep -q ' s  *running' "$work/serial"
echo 'COM2, and a card that is not there'

status=0
timeout 300 qemu-system-i386 -accel tcg -M isapc -m 32 -display none -no-reboot -serial none -parallel none -monitor none \
	-device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$image" -append debug-exit=0xf4 \
	-initrd "$stubs/hello guest=h mem=4M" || status=$?
[ "$status" = 33 ]
echo 'none at all'
