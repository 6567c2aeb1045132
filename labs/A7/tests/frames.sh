# SPDX-License-Identifier: GPL-2.0-or-later
# The free frames before and after: one restart, a hundred, and kills while a disk works and an event is due.
set -eu
: "${guests:?the grader sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

bad='ringone: panic|script still waited|not started|restarter: (memory|mapping)'

# same NAME OPTION...: the script on standard input asks for the free frames several times.
same() {
	name=$1
	shift
	cat >"$work/script"
	tools/run --icount --timeout 40 "$@" --script "$work/script" </dev/null >"$work/log" 2>&1 || :
	tr -d '\r' <"$work/log"
	sed -n 's/.*mem total=.* free=\([0-9]*\).*/\1/p' "$work/log" >"$work/free"
	counts=$(tr '\n' ' ' <"$work/free")
	if grep -Eq "$bad" "$work/log"; then
		echo "not ok $name: expected that the machine stands, and guests start again and find clean memory, seen: $(grep -Em 1 "$bad" "$work/log")"
		exit
	elif [ "$(wc -l <"$work/free")" -ge 2 ] && [ "$(sort -u "$work/free" | wc -l)" -eq 1 ]; then
		echo "ok $name: free frames $counts"
	else
		echo "not ok $name: expected the same number of free frames each time, seen: ${counts:-none}"
	fi
}

same 'one restart' --guest s --kernel "$guests/spinner" --mem 4M --guest r --kernel "$guests/restarter" --mem 4M --set paused <<'END_SCRIPT'
wait \[s\] spinner: running
monitor kill s
wait \[s\] (killed|ended)
monitor mem
wait mem total
monitor restart s
wait \[s\] spinner: running
monitor kill s
wait \[s\] (killed|ended)
monitor mem
wait mem total
monitor off
END_SCRIPT

same '100 restarts' --guest r --kernel "$guests/restarter" --mem 4M --guest s --kernel "$guests/spinner" --mem 4M --set paused <<'END_SCRIPT'
wait \[r\] restarter: again
monitor kill r
wait \[r\] (killed|ended)
monitor mem
wait mem total
monitor restart r
count 100 \[r\] restarter: again
monitor kill r
wait \[r\] (killed|ended)
monitor mem
wait mem total
monitor off
END_SCRIPT

same 'with a disk' --guest d --kernel "$guests/labs-A7-secret" --mem 4M --disk COPYING --append then=disk \
	--guest c --kernel "$guests/labs-A7-secret" --mem 4M --append then=clock --guest s --kernel "$guests/spinner" --mem 4M --set paused <<'END_SCRIPT'
wait \[d\] secret: asking
wait \[c\] secret: here
monitor kill d
wait \[d\] (killed|ended)
monitor kill c
wait \[c\] (killed|ended)
monitor mem
wait mem total
monitor restart d
wait \[d\] (secret: asking|not started)
monitor restart c
wait \[c\] secret: here
monitor kill d
wait \[d\] (killed|ended)|d is not running
monitor kill c
wait \[c\] (killed|ended)
monitor mem
wait mem total
monitor off
END_SCRIPT
