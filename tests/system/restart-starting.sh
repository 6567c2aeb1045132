# SPDX-License-Identifier: GPL-2.0-or-later
# A guest is restarted and killed while its memory is still being cleared, which takes long beside a
# neighbour of a hundred times its weight. No frame is lost.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/script" <<'END'
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
status=0
tools/run --timeout 120 --ram 1200M --guest big --kernel "$stubs/spinner" --mem 1024M --set weight=1 \
	--guest s --kernel "$stubs/spinner" --mem 8M --set weight=100 --append hot=1 --script "$work/script" \
	>"$work/log" </dev/null || status=$?
tr -d '\r' <"$work/log"
[ "$status" -eq 1 ]
if grep -Eq 'ringone: panic|BUG|script still waited' "$work/log"; then exit 1; fi

sed -n 's/.*mem total=.* free=\([0-9]*\).*/\1/p' "$work/log" >"$work/free"
echo 'free frames:' && cat "$work/free"
[ "$(wc -l <"$work/free")" -eq 2 ] && [ "$(sort -u "$work/free" | wc -l)" -eq 1 ]
