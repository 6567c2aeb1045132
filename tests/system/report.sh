# SPDX-License-Identifier: GPL-2.0-or-later
# The report of what the machine is: whole on the serial line, at boot and in the monitor; on the screen in pages,
# each of which stays until a key is pressed. The screen is VGA's text mode, read back word by word.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

lines() {
	tr -d '\r' <"$1" | sed -n '/^report: loaded by/,/^report: that is all/p'
}

# page FILE: the characters of the 80 x 25 words.
page() {
	od -An -v -tx1 -w2 "$1" | cut -c 2-3 | sed 's/^/\\x/' | tr -d '\n' | xargs -0 printf '%b' | fold -w 80 | sed 's/ *$//'
}

# On another machine each time: what is there is named, no line is wider than a screen.
report() {
	tools/run --timeout 900 --hv 'report vga=off' "$@" --guest h --kernel "$stubs/hello" --mem 4M </dev/null >"$work/log"
	lines "$work/log" >"$work/report"
	cat "$work/report"
	tail -n 1 "$work/report" | grep -q 'that is all'
	if grep -E '^.{80}' "$work/report"; then exit 1; fi
	grep -q '^time: ' "$work/report"
}
truncate -s 1M "$work/disk"
report --nic e1000 --attach "$work/disk,ahci" --device virtio-serial-pci
grep -q '^pci: 00:03.0 .* disks irq [0-9]*; driver: ahci' "$work/report" || grep -q 'disks irq [0-9]*; driver: ahci' "$work/report"
grep -q '8086:100e 020000 network irq [0-9]*; driver: e1000' "$work/report"
grep -q '^acpi: by the RSDT; switching off: _S5_' "$work/report"
grep -q '^memory: .* RAM' "$work/report"
grep -q '^keyboard: PS/2' "$work/report"
QEMU_EXTRA='-M q35,i8042=off -device vmxnet3 -device piix3-usb-uhci -device pci-ohci -device usb-ehci -device qemu-xhci' report --cpu 486
for kind in UHCI OHCI EHCI xHCI; do grep -q "^pci: .* 0c03.0 USB ($kind) irq" "$work/report"; done
grep -q '^keyboard: no controller answers' "$work/report"
grep -q 'network irq [0-9]*; driver: there is none' "$work/report"
grep -q '^acpi: by the RSDT; switching off: _S5_; reset: a port' "$work/report"
grep -q '^cpu: without .*tsc' "$work/report"
report --emulator bochs --cpu pentium
grep -q '^erratum: F00F' "$work/report"
grep -q '^cpu: GenuineIntel family 5' "$work/report"
QEMU_EXTRA='-M isapc' report
grep -q '^pci: none' "$work/report"
grep -q '^acpi: none; switching off: no' "$work/report"

# Where no keyboard answers the screen says so.
cat >"$work/script" <<END
wait all guests have ended
qemu pmemsave 0xb8000 4000 "$work/page"
qemu quit
END
QEMU_EXTRA='-M pc,i8042=off' tools/run --timeout 900 --hv at-end=stay --script "$work/script" \
	--guest h --kernel "$stubs/hello" --mem 4M </dev/null >"$work/log" || :
page "$work/page" >"$work/seen"
cat "$work/seen"
grep -q '^ringone: no keyboard controller answers, and firmware plays none for a USB' "$work/seen"

# At boot: all on the serial line, a page on the screen, and the next one after a key, here of the keyboard.
cat >"$work/script" <<END
wait report: that is all
wait -- 21 of [0-9]+ lines
qemu pmemsave 0xb8000 4000 "$work/page1"
qemu sendkey spc
wait -- [0-9]+ of [0-9]+ lines
qemu pmemsave 0xb8000 4000 "$work/page2"
keys x
wait ringone: verdict 0
END
tools/run --timeout 900 --hv report --script "$work/script" --guest h --kernel "$stubs/hello" --mem 4M </dev/null >"$work/log"
cat "$work/log"
lines "$work/log" >"$work/report"
page "$work/page1" >"$work/seen"
cat "$work/seen"
head -n 21 "$work/report" >"$work/want"
grep -xF -f "$work/want" "$work/seen" | cmp - "$work/want"
tail -n +22 "$work/report" >"$work/want"
page "$work/page2" >"$work/seen"
grep -xF -f "$work/want" "$work/seen" | cmp - "$work/want"
