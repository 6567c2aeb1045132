# SPDX-License-Identifier: GPL-2.0-or-later
# What each operation costs now, in counted instructions, against the tree as it was handed out, which is built beside this one; and
# the gain of the one that claim.md names.
set -eu
: "${labs:=labs/A8}" "${BUILD:=build}"
guests=${guests:-$BUILD/guest-stubs}
before=$BUILD/before
image=$before/build/ringone
sources='boot hv mm switcher devices lib abi' # what before.tar.gz holds
counts=$(mktemp)
trap 'rm -f "$counts" "$counts.log"' EXIT

# lay_before: the tree as it was handed out, with the objects that are made already.
lay_before() {
	rm -rf "$before"
	mkdir -p "$before/build"
	cp -a Makefile linker.ld guest-stubs tools labs "$before/"
	python3 -m tarfile -e "$labs/before.tar.gz" "$before"
	# Names in the dependencies of objects begin with that of the build folder.
	[ "$BUILD" = build ] || return 0
	for part in obj command linker.ld linker.ld.d; do
		[ ! -e "$BUILD/$part" ] || cp -a "$BUILD/$part" "$before/build/"
	done
	# An object that is of another source must not seem to be newer than this one.
	# shellcheck disable=SC2086 # names without blanks
	(cd "$before" && find $sources -type f) | while read -r file; do
		cmp -s "$file" "$before/$file" || touch "$before/$file"
	done
}

# measure IMAGE-FOLDER OUT: lines "operation instructions".
measure() {
	if ! BUILD=$1 tools/run --icount --timeout 300 --cpu qemu32 --guest b --kernel "$guests/bench" --mem 16M --disk COPYING \
		</dev/null >"$counts.log" 2>&1 || ! grep -q 'bench: end' "$counts.log"; then
		cat "$counts.log"
		echo "not ok gain: the benchmarks did not come to their end in $1/ringone"
		exit 1
	fi
	tr -d '\r' <"$counts.log" | sed -n 's/^.*bench: \([a-z0-9_]*\) [0-9]* \([0-9.]*\)$/\1 \2/p' >"$2"
}

cmp -s "$labs/before.tar.gz" "$before/archive" || {
	lay_before
	cp "$labs/before.tar.gz" "$before/archive"
}
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u CI make -s -j2 -C "$before" BUILD=build build/ringone || {
	echo 'not ok gain: the tree as it was handed out does not build'
	exit 1
}
[ -n "$(find "$image.counts" -newer "$image" 2>/dev/null)" ] || measure "$before/build" "$image.counts"
measure "$BUILD" "$counts"

claim=$(tr -d '\r' <"$labs/claim.md" | sed -n 's/^ *operation: *\([a-z0-9_]*\).*/\1/p' | head -n 1)
awk -v claim="$claim" -v slack=10 '
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
' "$image.counts" "$counts"
