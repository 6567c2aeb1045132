# SPDX-License-Identifier: GPL-2.0-or-later
# A guest of 256 MiB restarts itself all the time. Clearing its memory takes longer than a turn, but
# its neighbour has its own turns meanwhile.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/script" <<'END'
wait heartbeat: checksum
monitor kill big
END
status=0
tools/run --timeout 900 --icount --ram 384M --guest big --kernel "$stubs/restarter" --mem 256M \
	--guest heart --kernel "$stubs/heartbeat" --mem 4M --append 'rounds=50 ticks=100 gap=40' \
	--script "$work/script" >"$work/log" </dev/null || status=$?
tr -d '\r' <"$work/log"
[ "$status" -eq 1 ]
grep -q 'heart. heartbeat: checksum .* ok' "$work/log"
if grep -q 'restarter: \(memory\|mapping\)' "$work/log"; then exit 1; fi
[ "$(grep -c 'restarter: again' "$work/log")" -ge 3 ]
