# SPDX-License-Identifier: GPL-2.0-or-later
# The student's gdb commands, in a machine that stands before its first instruction.
set -eu
: "${guests:?}" "${labs:?}" "${BUILD:?}"
command -v gdb >/dev/null || {
	echo 'there is no gdb here: tools/install-deps labs'
	exit 1
}
work=$(mktemp -d /tmp/ringone-walk.XXXXXX)
trap 'rm -rf "$work"' EXIT
QEMU_EXTRA="-S -gdb unix:$work/gdb,server=on,wait=off" sh tools/run --icount --timeout 100 \
	--guest t --kernel "$guests/hello" --mem 2M </dev/null >"$work/log" 2>&1 &
machine=$!
tries=0
until [ -S "$work/gdb" ]; do
	tries=$((tries + 1))
	[ "$tries" -le 300 ] || break
	sleep 0.1
done
timeout 60 gdb -nx -batch -ex 'set architecture i386' -ex "file $BUILD/ringone.elf" -ex 'set pagination off' \
	-ex 'set confirm off' -ex "target remote $work/gdb" -x "$labs/walk.gdb" -ex kill </dev/null 2>&1 || :
kill $machine 2>/dev/null || :
wait $machine 2>/dev/null || :
cat "$work/log"
