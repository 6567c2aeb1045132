# SPDX-License-Identifier: GPL-2.0-or-later
# Displays that cannot be: their guests are refused with the reason, others run. And the screen
# that a boot loader has set up, on a machine whose adapter we have no driver for.
set -eu
: "${stubs:?tests/run sets it}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# refused EXTRA MODE REASON: a guest with that display does not start.
refused() {
	status=0
	QEMU_EXTRA=$1 tools/run --timeout 900 --guest d --kernel "$stubs/mandel" --mem 8M --set "display=$2" \
		--guest h --kernel "$stubs/hello" --mem 4M </dev/null >"$log" 2>&1 || status=$?
	cat "$log"
	[ "$status" = 1 ]
	tr -d '\r' <"$log" | grep -q "$3"
	grep -q '^\[h\] powered off' "$log"
}

refused '-vga none' 640x480 '^\[d\] not started: display=640x480: this machine has neither a Bochs VBE adapter nor'
refused '-vga cirrus' 640x480 '^\[d\] not started: display=640x480: this machine has neither'
refused '-vga none -device VGA,vgamem_mb=1' 800x600 '^\[d\] not started: display=800x600: more than the adapter'
for mode in 640 640x 641x480 x480 100x100 1600x1201 640x480x32; do
	refused '' "$mode" "configuration: .*display=$mode: give WIDTHxHEIGHT"
done

# The loader's own mode: shared like any other, and its size is the only one.
work=$(mktemp -d)
trap 'rm -rf "$log" "$work"' EXIT
${HOSTCC:-gcc} -O2 -I. -o "$work/pixels" tests/system/pixels.c guest-stubs/mandel/picture.c
cat >"$work/script" <<END
wait \[b\] mandel: seed 2 holds
wait \[a\] mandel: seed 1 holds
qemu screendump $work/a.ppm
keys \001n
wait \[b\] mandel: seed 2 holds
qemu screendump $work/b.ppm
monitor off
END
status=0
QEMU_EXTRA='-vga vmware' tools/run --boot iso --timeout 900 --script "$work/script" \
	--guest a --kernel "$stubs/mandel" --mem 8M --set display=800x600 --append 'frames=1' \
	--guest b --kernel "$stubs/mandel" --mem 8M --set display=800x600 --append 'frames=1 seed=2' \
	--guest c --kernel "$stubs/mandel" --mem 8M --set display=640x480 </dev/null >"$log" 2>&1 || status=$?
cat "$log"
[ "$status" = 1 ]
grep -q '^ringone: screen: the boot loader.s graphics mode' "$log"
grep -q '^\[c\] not started: display=640x480: the screen is in a mode of its own; give display=800x600' "$log"
"$work/pixels" "$work/a.ppm" 1 1
"$work/pixels" "$work/b.ppm" 2 1
