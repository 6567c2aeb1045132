# SPDX-License-Identifier: GPL-2.0-or-later
# Two penguins, one of each format, restart in the midst of their work. Of the first start nothing is
# left but a mark on the disk, by which the second one knows what it is.
# shellcheck shell=sh
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dd if=/dev/zero of="$work/one" bs=1024k count=1 2>/dev/null
cp "$work/one" "$work/two"
status=0
tools/run --timeout 900 \
	--guest two --kernel "$stubs/penguin" --mem 16M --disk "$work/one" --append run=reboot,storm,cow \
	--guest pae --kernel "$stubs/penguin-pae.bzImage" --mem 16M --disk "$work/two" --append run=reboot,storm,cow \
	</dev/null >"$work/log" || status=$?
tr -d '\r' <"$work/log" >"$work/text"
cat "$work/text"
[ "$status" -eq 0 ]
for guest in two pae; do
	[ "$(grep -c "^.$guest. penguin: .* tables" "$work/text")" -eq 2 ]
	[ "$(grep -c "^.$guest. penguin: restarting" "$work/text")" -eq 1 ]
	[ "$(grep -c "^.$guest. penguin: this is the second start" "$work/text")" -eq 1 ]
	grep -q "^.$guest. penguin: 3 passed, 0 failed$" "$work/text"
done
