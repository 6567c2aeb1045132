# SPDX-License-Identifier: GPL-2.0-or-later
# Three guests hammer one shared region; one of them is killed and restarted again and again. The
# others lose no byte, `maps` shows the mapping, and at the end every frame is back.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

{
	echo 'wait \[a\] shmpair: hammering as'
	echo 'wait \[b\] shmpair: hammering as'
	for i in 1 2 3 4 5 6 7 8 9 10; do
		echo 'monitor kill v'
		echo 'wait \[v\] killed'
		if [ "$i" -eq 1 ]; then echo 'monitor maps a'; echo 'wait shm'; fi
		echo 'monitor restart v'
		echo 'wait \[v\] shmpair: hammering as'
	done
	echo 'monitor kill v'
	echo 'wait \[v\] killed'
	echo 'wait \[a\] powered off'
	echo 'wait \[b\] powered off'
	echo 'monitor mem'
	echo 'wait mem total'
	echo 'monitor restart v'
	echo 'wait \[v\] shmpair: hammering as'
	echo 'monitor kill v'
	echo 'wait \[v\] killed'
	echo 'monitor mem'
	echo 'wait mem total'
	echo 'monitor off'
} >"$work/script"
status=0
tools/run --timeout 900 \
	--guest a --kernel "$stubs/shmpair" --mem 4M --set shm=board,128K --append hammer=5 \
	--guest b --kernel "$stubs/shmpair" --mem 4M --set shm=board,128K --append hammer=5 \
	--guest v --kernel "$stubs/shmpair" --mem 4M --set shm=board,128K --append hammer=100 \
	--guest stay --kernel "$stubs/spinner" --mem 4M --script "$work/script" >"$work/log" </dev/null || status=$?
tr -d '\r' <"$work/log"
[ "$status" -eq 1 ]
[ "$(grep -c '\[[ab]\] shmpair: hammered 5 seconds, all verified' "$work/log")" -eq 2 ]
# The region went with its last user and came and went with one more: not a frame is missing.
sed -n 's/.*mem total=.* free=\([0-9]*\).*/\1/p' "$work/log" >"$work/free"
[ "$(wc -l <"$work/free")" -eq 2 ] && [ "$(sort -u "$work/free" | wc -l)" -eq 1 ]
