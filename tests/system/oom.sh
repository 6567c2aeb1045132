# SPDX-License-Identifier: GPL-2.0-or-later
# Each allocation of a guest's life fails once, one boot for each: the guest runs, or is refused
# or killed with the reason; its frames come back, and its neighbour does not notice.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/script" <<'END'
wait \[a\] (not started|powered off|killed|crashed)
monitor mem
wait mem total
monitor off
END

# boot N: sets $fate, what became of guest "a"; fails the test when anything else happened.
boot() {
	status=0
	tools/run --timeout 900 --guest s --kernel "$stubs/hello" --mem 1060K --set paused \
		--guest a --kernel "$stubs/selftest" --mem 4M --append only=flush --disk COPYING \
		--net lan --hv "fail-alloc=$1" --script "$work/script" </dev/null >"$work/raw" 2>&1 || status=$?
	tr -d '\r' <"$work/raw" >"$work/log"
	fate=$(sed -n 's/^\[a\] \(not started\|powered off\|killed\|crashed\)/\1/p' "$work/log" | head -n 1)
	if grep -q '^\[s\] not started: out of memory' "$work/log"; then
		fate='not reached'
		return
	fi
	case $fate in
	'powered off'* | *'out of memory'*) ;;
	*) status=bad ;;
	esac
	if [ "$status" != 1 ] || ! grep -q 'owner=a frames=0 ' "$work/log" ||
		! grep -q "other=$other " "$work/log"; then
		echo "allocation $1: status $status, guest a: $fate"
		cat "$work/log"
		exit 1
	fi
}

# What the hypervisor itself holds, from a run where nothing fails.
other='[0-9]*'
boot 0
other=$(sed -n 's/.* other=\([0-9]*\) .*/\1/p' "$work/log")
[ "$fate" = 'powered off' ]

# Some allocations come many times in a row: go faster when the same happened many times,
# and go back to where it changed.
n=1 step=1 same=0 clean=0 runs=0 failures=0 before=
while [ "$clean" -lt 30 ]; do
	boot "$n"
	runs=$((runs + 1))
	kind=$(printf '%s' "$fate" | tr -d '0-9')
	[ "$kind" = 'powered off' ] && clean=$((clean + 1)) || clean=0
	case $kind in *memory*) failures=$((failures + 1)) ;; esac
	if [ "$kind" = "$before" ]; then
		same=$((same + 1))
	elif [ "$step" -gt 1 ]; then
		echo "at $n: $fate"
		n=$((n - step)) step=1 same=0
	else
		same=0
	fi
	before=$kind
	[ "$same" -lt 30 ] || [ "$clean" -gt 0 ] || step=32
	n=$((n + step))
done
echo "$runs boots, $failures refusals, up to allocation $n"
[ "$failures" -ge 10 ] # tables come in blocks, RAM in one piece: there are not many
