# SPDX-License-Identifier: GPL-2.0-or-later
# A guest that restarts itself a hundred times, and one that the monitor restarts, leave no frame
# behind: as many are free after it as before.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/script" <<'END'
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
monitor mem
wait mem total
monitor off
END
status=0
tools/run --timeout 120 --guest r --kernel "$stubs/restarter" --mem 8M \
	--guest s --kernel "$stubs/spinner" --mem 8M --script "$work/script" >"$work/log" </dev/null || status=$?
tr -d '\r' <"$work/log"
[ "$status" -eq 1 ]
if grep -q 'restarter: \(memory\|mapping\)' "$work/log"; then exit 1; fi

sed -n 's/.*mem total=.* free=\([0-9]*\).*/\1/p' "$work/log" >"$work/free"
echo 'free frames:' && cat "$work/free"
[ "$(wc -l <"$work/free")" -eq 3 ] && [ "$(sort -u "$work/free" | wc -l)" -eq 1 ]
