# SPDX-License-Identifier: GPL-2.0-or-later
# Two builds of an ISO are the same file; it boots as a CD and as a disk.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

make_iso() {
	tools/run --guest a --kernel "$stubs/hello" --mem 8M --hv debug-exit=0xf4 --iso-out "$1"
}
make_iso "$work/1.iso"
sleep 2 # until dates would differ
make_iso "$work/2.iso"
cmp "$work/1.iso" "$work/2.iso"

boot() {
	status=0
	timeout 600 qemu-system-i386 -accel tcg -display none -no-reboot -serial "file:$work/serial" \
		-device isa-debug-exit,iobase=0xf4,iosize=4 "$@" || status=$?
	[ "$status" -eq 33 ]
	grep -q 'Hello from ring 1' "$work/serial"
}
boot -cdrom "$work/1.iso"
boot -drive "file=$work/1.iso,format=raw,if=ide"
