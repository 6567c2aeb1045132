# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # what is shared with the other parts: see tools/run
# What both emulators need.

# show COMMAND...: as one would type it.
show() {
	for word; do
		case $word in
		*[!A-Za-z0-9_./=,:+-]* | '') printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")" ;;
		*) printf '%s ' "$word" ;;
		esac
	done
	echo
}

list_files() {
	for file in "$work/ringone" "$work"/m[0-9]*; do
		echo "# $(basename "$file") is $(readlink "$file")"
	done
}

# limited COMMAND...: within the time given; records the status.
limited() {
	status=0
	if [ -n "$timeout" ]; then
		timeout --foreground -k 5 "$timeout" "$@" || status=$?
	else
		"$@" || status=$?
	fi
	echo "$status" >"$work/status"
	: >"$work/ended"
}

# over: the emulator has ended, or tools/run was killed and tidied up.
over() {
	[ -e "$work/ended" ] || [ ! -d "$work" ]
}

# await_file NAME: false when it does not appear within a minute.
await_file() {
	tries=0
	until [ -e "$1" ]; do
		tries=$((tries + 1))
		[ "$tries" -le 1200 ] || return 1
		sleep 0.05
	done
}
