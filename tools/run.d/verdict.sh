# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # what is shared with the other parts: see tools/run
# How it ended.

# The hypervisor's last line and the emulator's exit status must say the same. Neither alone is
# trusted: a triple fault ends QEMU with status 0, and a hang may follow the line.
verdict() {
	status=$(cat "$work/status")
	case $status in
	124 | 137)
		echo "tools/run: not finished after $timeout seconds" >&2
		exit 124
		;;
	esac
	frames=
	# Without the channels, and what was taken away again in front of a line: the prompt.
	[ -z "$web" ] || frames=$(printf 's/^.*\033\\[K//; s/\020.//g; s/\033\\[[0-9;]*[A-Za-z]//g')
	said=$(tr -d '\r' <"$work/serial" | LC_ALL=C sed "$frames" | grep -a -v '^$' | tail -n 1 |
		sed -n 's/^ringone: verdict \([013]\)$/\1/p')
	case $said in
	0) expected=$expected_0 ;;
	1) expected=$expected_1 ;;
	3) expected=$expected_3 ;;
	*) expected='' ;;
	esac
	if [ "$status" != "$expected" ]; then
		echo "tools/run: verdict \"$said\" does not fit the emulator's exit status $status" >&2
		[ ! -s "$work/bochs.log" ] || grep -E 'PANIC|shutdown|fatal' "$work/bochs.log" >&2 || :
		exit 3
	fi
	[ ! -e "$work/script-left" ] || exit 3
	exit "$said"
}
