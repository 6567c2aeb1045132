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
	QEMU_EXTRA=$1 tools/run --timeout 60 --guest d --kernel "$stubs/mandel" --mem 8M --set "display=$2" \
		--guest h --kernel "$stubs/hello" --mem 4M </dev/null >"$log" 2>&1 || status=$?
	cat "$log"
	[ "$status" = 1 ]
	tr -d '\r' <"$log" | grep -q "$3"
	grep -q '^\[h\] powered off' "$log"
}

refused '-vga none' 640x480 '^\[d\] display=640x480: this machine has neither a Bochs VBE adapter nor'
refused '-vga cirrus' 640x480 '^\[d\] display=640x480: this machine has neither'
refused '-vga none -device VGA,vgamem_mb=1' 800x600 '^\[d\] display=800x600: more than the adapter'
for mode in 640 640x 641x480 x480 100x100 1600x1201 640x480x32; do
	refused '' "$mode" "configuration: .*display=$mode: give WIDTHxHEIGHT"
done
