# SPDX-License-Identifier: GPL-2.0-or-later
# A guest of 256 MiB restarts itself all the time beside one that takes as many shadow tables as the
# machine has frames for, also while the other one's memory is cleared. They are given back when the
# other one needs them.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/script" <<'END'
count 3 \[big\] restarter: again
monitor kill big
wait \[big\] killed
monitor off
END
status=0
tools/run --timeout "${HOARD_TIMEOUT:-600}" --ram 360M --guest hoard --kernel "$stubs/attacker-pae" --mem 96M \
	--append 'mode=hoard ms=100000000' --guest big --kernel "$stubs/restarter" --mem 256M \
	--script "$work/script" >"$work/log" </dev/null || status=$?
tr -d '\r' <"$work/log"
[ "$status" -eq 1 ]
if grep -Eq 'not started|script still waited' "$work/log"; then exit 1; fi
