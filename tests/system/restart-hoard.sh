# SPDX-License-Identifier: GPL-2.0-or-later
# A guest of 256 MiB restarts itself all the time beside one that takes as many shadow tables as the
# machine has frames for, also while the other one's memory is cleared. They are given back when the
# other one needs them: for tables of its own, or for memory that it shares.
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

# restarts RAM OPTION...: in a machine where that is just enough, the guest having these options.
restarts() {
	ram=$1
	shift
	status=0
	tools/run --timeout 900 --ram "$ram" \
		--guest hoard --kernel "$stubs/attacker-pae" --mem 96M --append 'mode=hoard ms=100000000' \
		--guest big --kernel "$stubs/restarter" --mem 256M "$@" \
		--script "$work/script" >"$work/log" </dev/null || status=$?
	tr -d '\r' <"$work/log"
	[ "$status" -eq 1 ] || return 1
	if grep -Eq 'not started|script still waited' "$work/log"; then return 1; fi
}

restarts 360M
restarts 374M --set shm=here,16M
