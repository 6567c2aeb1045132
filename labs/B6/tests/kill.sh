#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The machine is switched off in the middle of the writing. What is on the disk then must be whole.
set -u
: "${labs:?labs/grade sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
disk=$work/disk.img
tfs="python3 $labs/tfs"

# Without counted instructions: a disk of the machine takes real time, and the clock would run ahead of it.
boot() {
	test=$1
	shift
	tools/run --timeout 100 --attach "$disk" "$@" --guest k --kernel "$BUILD/labs/kernel" --mem 8M --set disk=hda \
		--append "test=$test"
}

python3 -c 'import sys; sys.stdout.buffer.write(bytes((n * 13 + n // 256 * 5 + 1) & 255 for n in range(30000)))' >"$work/big"
$tfs mkfs "$disk" 1000
printf '%s\n' 'wait b6_busy: turn 2' 'monitor off' >"$work/type"
boot b6_busy --script "$work/type"
$tfs check "$disk" || echo 'host: damage after the plug was pulled'
boot b6_after
$tfs check "$disk" || echo 'host: damage after the repair'
$tfs cat "$disk" /later | cmp - "$work/big" && echo 'host: /later is right'
true
