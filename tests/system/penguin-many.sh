# SPDX-License-Identifier: GPL-2.0-or-later
# 24 penguins at once, every other one with PAE tables, on a machine of 1 GiB: all are right.
# shellcheck shell=sh
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

set --
for i in 01 02 03 04 05 06 07 08 09 10 11 12; do
	set -- "$@" --guest "two$i" --kernel "$stubs/penguin" --mem 32M --append run=storm,mmap,cow,fpu \
		--guest "pae$i" --kernel "$stubs/penguin-pae" --mem 32M --append run=storm,mmap,cow,fpu
done
status=0
tools/run --timeout 900 --ram 1024M "$@" >"$work/log" </dev/null || status=$?
tr -d '\r' <"$work/log" >"$work/text"
cat "$work/text"
[ "$status" -eq 0 ]
[ "$(grep -c '^\[two[0-9]*\] penguin: 4 passed, 0 failed$' "$work/text")" -eq 12 ]
[ "$(grep -c '^\[pae[0-9]*\] penguin: 4 passed, 0 failed$' "$work/text")" -eq 12 ]
! grep -q 'panic\|BUG\|FAILED' "$work/text"
