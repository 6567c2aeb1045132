# SPDX-License-Identifier: GPL-2.0-or-later
# What each operation costs now, in counted instructions, against the tree as it was handed out (before.counts); and the
# gain of the one that claim.md names.
#
#   gain.sh            for the grader
#   gain.sh --record   for the lecturer, in the tree as it is handed out: before.counts is of now
set -eu
: "${labs:=labs/A8}" "${BUILD:=build}"
guests=${guests:-$BUILD/guest-stubs}
counts=$(mktemp)
trap 'rm -f "$counts" "$counts.log"' EXIT
compiler=$(cut -d ' ' -f 1 "$BUILD/command")
compiler=$($compiler --version | head -n 1)

tools/run --icount --timeout 300 --cpu qemu32 --guest b --kernel "$guests/bench" --mem 16M --disk COPYING \
	</dev/null >"$counts.log" 2>&1 || { cat "$counts.log" && echo 'not ok gain: the benchmarks did not come to their end' && exit 1; }
tr -d '\r' <"$counts.log" | sed -n 's/^.*bench: \([a-z0-9_]*\) [0-9]* \([0-9.]*\)$/\1 \2/p' >"$counts"
grep -q 'bench: end' "$counts.log" || { cat "$counts.log" && echo 'not ok gain: the benchmarks did not come to their end' && exit 1; }

if [ "${1-}" = --record ]; then
	{ echo "# Instructions of one operation in the tree as it is handed out. Written by labs/A8/tests/gain.sh --record."
	echo "# compiler: $compiler"
	cat "$counts"; } >labs/A8/before.counts
	exit
fi

# The counts of another compiler differ by themselves.
slack=10
grep -qxF "# compiler: $compiler" "$labs/before.counts" || slack=30
claim=$(tr -d '\r' <"$labs/claim.md" | sed -n 's/^ *operation: *\([a-z0-9_]*\).*/\1/p' | head -n 1)
awk -v claim="$claim" -v slack="$slack" '
	/^#/ { next }
	NR == FNR { before[$1] = $2; next }
	{
		gain = before[$1] > 0 ? (before[$1] - $2) * 100 / before[$1] : 0
		printf "%-24s %10.1f before %10.1f now %6.1f %% gained\n", $1, before[$1], $2, gain
		seen[$1] = 1
		if ($1 == claim)
			best = gain
		if ($2 > before[$1] * (1 + slack / 100) + 1)
			worse = worse " " $1
	}
	END {
		for (name in before)
			if (!(name in seen))
				worse = worse " " name
		if (!(claim in seen)) {
			print "not ok gain: there is no operation \"" claim "\": claim.md names one of the list above"
			exit
		}
		printf "gained: %d per cent of %s\n", best, claim
		for (step = 10; step <= 40; step += 15)
			if (best >= step)
				print "ok gained at least " step " per cent"
		if (best < 10)
			print "not ok gained: expected 10 per cent or more less of " claim
		else if (worse != "")
			print "not ok others: more than " slack " per cent worse:" worse
		else
			print "ok others are not worse"
	}
' "$labs/before.counts" "$counts"
