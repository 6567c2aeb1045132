# SPDX-License-Identifier: GPL-2.0-or-later
# Two penguins short of memory, one of each format: they swap to their disks and kill a process
# when that does not help. A third one without a disk must kill at once.
# shellcheck shell=sh
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dd if=/dev/zero of="$work/one" bs=1024k count=24 2>/dev/null
cp "$work/one" "$work/two"
status=0
tools/run --timeout 900 \
	--guest two --kernel "$stubs/penguin" --mem 16M --disk "$work/one" --append run=disk,swap,oom \
	--guest pae --kernel "$stubs/penguin-pae" --mem 16M --disk "$work/two" --append run=disk,swap,oom \
	--guest bare --kernel "$stubs/penguin" --mem 16M --append "run=oom rounds=5" \
	</dev/null >"$work/log" || status=$?
tr -d '\r' <"$work/log" >"$work/text"
cat "$work/text"
[ "$status" -eq 0 ]
grep -q '^\[two\] penguin: 3 passed, 0 failed$' "$work/text"
grep -q '^\[pae\] penguin: 3 passed, 0 failed$' "$work/text"
grep -q '^\[bare\] penguin: 1 passed, 0 failed$' "$work/text"
