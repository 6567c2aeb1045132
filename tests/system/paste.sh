# SPDX-License-Identifier: GPL-2.0-or-later
# A paste that is larger than all buffers, into a guest that does not read for a while: nothing is lost.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lines=700
{
	echo 'wait \$ $'
	echo 'send sleep 300' # who reads nothing for 2 s is taken for deaf: on a busy host that is soon over
	printf 'keys '
	seq -f 'echo paste%g\r' $lines | tr -d '\n'
	echo
	echo "count $lines ^(\\[a\\] )?paste[0-9]+ *\$"
	echo 'send poweroff'
} >"$work/script"
tools/run --timeout 900 --guest a --kernel "$stubs/shell" --mem 8M --script "$work/script" </dev/null >"$work/log" 2>&1 || {
	tail -n 5 "$work/log"
	exit 1
}
tr -d '\r\000' <"$work/log" >"$work/text"
seq -f 'paste%g' $lines | while read -r word; do
	grep -qE "^(\\[a\\] )?$word *\$" "$work/text" || echo "missing: $word"
done | tee "$work/missing"
[ ! -s "$work/missing" ] && ! grep -q 'were dropped' "$work/text"
