# SPDX-License-Identifier: GPL-2.0-or-later
# tools/run and tests/run do the same whatever surrounds them.
set -eu
: "${stubs:?tests/run sets it}"
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$stubs/hello" "$work/-x"
printf 'wait Hello\n' >"$work/-s"
ln -s "$root/tools/run" "$work/ring"
ln -s "$root/tests/run" "$work/testing"
mkdir "$work/tmp"

# hello NAME COMMAND...: a guest boots when tools/run is started in that way.
hello() {
	name=$1
	shift
	status=0
	(cd "$work" && "$@" --timeout 900 --guest a --kernel "$stubs/hello" --mem 4M) >"$work/log" 2>&1 </dev/null || status=$?
	result "$name" "$(grep -c 'a. Hello from ring 1' "$work/log")" 1
}

# result NAME GOT WANTED
result() {
	if [ "$status:$2" = "0:$3" ]; then
		echo "ok surroundings/$1"
		return
	fi
	cat "$work/log"
	echo "not ok surroundings/$1: status $status, got $2"
}

closed() {
	"$root/tools/run" "$@" <&-
}
from_root() {
	cd "$root" && CDPATH=.:/tmp tools/run "$@"
}
hello cdpath from_root
hello relative-tmpdir env TMPDIR=tmp "$root/tools/run"
hello relative-tmpdir-iso env TMPDIR=tmp "$root/tools/run" --boot iso
hello symlink "$work/ring"
hello closed-input closed
hello closed-input-bochs closed --emulator bochs
hello dash-names "$root/tools/run" --script -s --guest b --kernel -x --mem 4M --disk -x,ro --initrd -x

status=0
(cd "$work" && "$root/tools/run" --guest a --kernel -x --iso-out -out.iso) >"$work/log" 2>&1 || status=$?
result dash-iso "$(find "$work" -name '-out.iso' | wc -l)" 1

status=0
(cd "$work" && CDPATH=.:/tmp TMPDIR=tmp ./testing --list 'hello@qemu') >"$work/log" 2>&1 </dev/null || status=$?
result tests "$(cat "$work/log")" hello@qemu

# A checkout by a git that converts line ends.
status=0
{
	git clone -q -c core.autocrlf=true "$root" "$work/crlf"
	git -C "$work/crlf" ls-files --eol
} >"$work/log" 2>&1 || status=$?
result crlf "$(grep -c 'w/crlf' "$work/log")" 0
