# SPDX-License-Identifier: GPL-2.0-or-later
# tools/run refuses what it cannot do with status 2 and a reason, and knows its time-out.
set -eu
: "${stubs:?tests/run sets it}"
hello=$stubs/hello

refused() {
	status=0
	tools/run "$@" >out.txt 2>&1 </dev/null || status=$?
	[ "$status" -eq 2 ] || { echo "status $status: $*"; exit 1; }
	grep -q '^tools/run: ' out.txt || { echo "no reason: $*"; exit 1; }
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$PWD
tools() { "$root/tools/run" "$@"; }
cd "$work"
mkdir tools && ln -s "$root/tools/run" tools/run && ln -s "$root/tools/install-deps" tools/ && ln -s "$root/build" build

refused --nonsense
refused --guest
refused --kernel "$hello"
refused --guest a
refused --guest a --kernel /nowhere
refused --guest 'a b' --kernel "$hello"
refused --guest abcdefghijklmnop --kernel "$hello"
refused --guest a --kernel "$hello" --mem lots
refused --guest a --kernel "$hello" --initrd /nowhere
refused --guest a --kernel "$hello" --disk /nowhere,ro
refused --guest a --kernel "$hello" --append 'two
lines'
refused --guest a --kernel "$hello" --emulator vax
refused --guest a --kernel "$hello" --boot floppy
refused --guest a --kernel "$hello" --timeout soon
refused --guest a --kernel "$hello" --script /nowhere
refused --guest a --kernel "$hello" --emulator bochs --debug

tools --help | grep -q -e --iso-out
tools --dry-run | grep -q '^qemu-system'
tools --dry-run --emulator bochs | grep -q '^bochs'

# A file name with everything that option syntaxes could stumble over.
cp "$hello" "it's, a \"kernel\" \$x"
tools --timeout 900 --guest a --kernel "it's, a \"kernel\" \$x" --disk "it's, a \"kernel\" \$x,ro" </dev/null
tools --timeout 900 --boot iso --guest a --kernel "it's, a \"kernel\" \$x" </dev/null

status=0
tools --timeout 3 --guest spin --kernel "$stubs/spinner" </dev/null || status=$?
[ "$status" -eq 124 ]
