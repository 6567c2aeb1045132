# SPDX-License-Identifier: GPL-2.0-or-later
# A guest that restarts itself a hundred times, one that the monitor restarts, one that is killed at
# the very moment it restarts (one FIFO of keys), and one that is restarted and killed while its memory
# is still being cleared: none leaves a frame behind, as many are free after it as before.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# same_frames N OPTION...: run the script on standard input, which asks N times for the free frames
# and kills the last guest.
same_frames() {
	times=$1
	shift
	status=0
	cat >"$work/script"
	tools/run --timeout 900 "$@" --script "$work/script" >"$work/log" </dev/null || status=$?
	tr -d '\r' <"$work/log"
	[ "$status" -eq 1 ] || return 1
	if grep -Eq 'restarter: (memory|mapping)|script still waited' "$work/log"; then return 1; fi

	sed -n 's/.*mem total=.* free=\([0-9]*\).*/\1/p' "$work/log" >"$work/free"
	echo 'free frames:' && cat "$work/free"
	[ "$(wc -l <"$work/free")" -eq "$times" ] && [ "$(sort -u "$work/free" | wc -l)" -eq 1 ]
}

same_frames 3 --guest r --kernel "$stubs/restarter" --mem 8M \
	--guest s --kernel "$stubs/spinner" --mem 8M <<'END'
wait \[r\] restarter: again
monitor kill r
wait \[r\] killed
monitor mem
wait mem total
monitor restart r
count 100 \[r\] restarter: again
monitor kill r
wait \[r\] killed
monitor mem
wait mem total
monitor restart s
wait \[s\] spinner: running
monitor restart r
wait \[r\] restarter: again
keys \001rest r\r\001k r\r
wait \[r\] killed
monitor mem
wait mem total
monitor off
END

# Beside a neighbour of a hundred times its weight the clearing takes long.
same_frames 2 --ram 1200M --guest big --kernel "$stubs/spinner" --mem 1024M --set weight=1 \
	--guest s --kernel "$stubs/spinner" --mem 8M --set weight=100 --append hot=1 <<'END'
wait \[s\] spinner: running
monitor kill big
wait \[big\] killed
monitor mem
wait mem total
monitor restart big
monitor list
wait  big +starting
monitor restart big
wait \[big\] restarts
monitor list
wait  big +starting
monitor pause big
wait big is not running but starting
monitor kill big
wait \[big\] killed
monitor mem
wait mem total
monitor off
END
