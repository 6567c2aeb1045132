# SPDX-License-Identifier: GPL-2.0-or-later
# Sizes that are promised: the image, the smallest guest, the hypervisor's memory for a guest.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
size() { wc -c <"$1"; }

echo "image $(size "${BUILD:-build}/ringone"), hello $(size "$stubs/hello")"
[ "$(size "${BUILD:-build}/ringone")" -lt 327680 ]
[ "$(size "$stubs/hello")" -lt 4096 ]
grub-file --is-x86-multiboot "${BUILD:-build}/ringone"

# Frames beyond the guest's own RAM, for 64 MiB: under 1 MiB.
status=0
tools/run --timeout 900 --guest a --kernel "$stubs/fputest" --mem 64M --hv stats </dev/null >"$work/log" || status=$?
cat "$work/log"
[ "$status" -eq 0 ]
overhead=$(tr -d '\r' <"$work/log" | sed -n 's/.*memory\.overhead=\([0-9]*\).*/\1/p')
echo "overhead $overhead frames"
[ "$overhead" -gt 0 ] && [ "$overhead" -lt 256 ]
