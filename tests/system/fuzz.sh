# SPDX-License-Identifier: GPL-2.0-or-later
# Guests that do whatever comes to their mind, each from its own seed: whatever becomes of them,
# their neighbour computes what it would alone, and every frame of theirs comes back.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
seeds='1 2 3 4 5 6'

{
	echo 'wait heartbeat: checksum'
	for seed in $seeds; do echo "monitor kill f$seed"; done
	echo 'ever all guests have ended' # then all that they had has come back
	echo 'monitor mem'
	echo 'wait mem total'
	echo 'monitor off'
} >"$work/script"

# $1: CPU, $2: first seed
run() {
	set -- "$1" "$(($2 + ${FUZZ_SEED:-0}))" --guest heart --kernel "$stubs/heartbeat" --mem 8M --append rounds=100
	cpu=$1 first=$2
	shift 2
	for seed in $seeds; do
		set -- "$@" --guest "f$seed" --kernel "$stubs/fuzz" --mem 8M --append "seed=$((first + seed))"
	done
	status=0
	tools/run --timeout 900 --cpu "$cpu" --hv at-end=stay "$@" --script "$work/script" >"$work/log" 2>&1 </dev/null || status=$?
	tr -d '\r' <"$work/log"
	# QEMU's own end is nobody's fault here: docs/limits.md.
	! grep -q 'tcg fatal error' "$work/log" || return 0
	[ "$status" -eq 1 ]
	tr -d '\r' <"$work/log" | grep -q '^\[heart\] heartbeat: checksum c3b663e3 ok$'
	# A guest may call a function of its own so, and the report of its end names it.
	if grep -Eq 'ringone: (panic|BUG)' "$work/log"; then exit 1; fi
	grep -q 'mem total=.* guests=0 ' "$work/log"
}

run pentium3 0
run pentium 100
