# SPDX-License-Identifier: GPL-2.0-or-later
# An initrd arrives whole, at the place that boot_params names: its size and the sum of its bytes are
# the file's.
# shellcheck shell=sh
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sum=$(od -An -v -tu1 COPYING | awk '{ for (i = 1; i <= NF; i++) sum += $i } END { print sum }')
status=0
tools/run --timeout 900 \
	--guest two --kernel "$stubs/penguin" --initrd COPYING --mem 16M --append run=cow \
	--guest big --kernel "$stubs/penguin.bzImage" --initrd COPYING --mem 16M --append run=cow \
	--guest pae --kernel "$stubs/penguin-pae.bzImage" --initrd COPYING --mem 32M --append run=cow \
	--guest bare --kernel "$stubs/penguin" --mem 16M --append run=cow \
	</dev/null >"$work/log" || status=$?
tr -d '\r' <"$work/log" >"$work/text"
cat "$work/text"
[ "$status" -eq 0 ]
for guest in two big pae; do
	grep -q "^.$guest. penguin: initrd $(wc -c <COPYING) bytes, sum $sum$" "$work/text"
done
if grep -q '^.bare. penguin: initrd' "$work/text"; then exit 1; fi
[ "$(grep -c 'penguin: 1 passed, 0 failed$' "$work/text")" -eq 4 ]
