# SPDX-License-Identifier: GPL-2.0-or-later
# No operation costs 3 % more instructions than was recorded in bench.counts, and two runs count the
# same. Another compiler than the one of the record may be a quarter worse. After a change that is
# worth what it costs, or one that made something cheaper:  make bench-record
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tests/bench --counts >"$work/1"
tests/bench --counts >"$work/2"
diff "$work/1" "$work/2"
cat "$work/1"
percent=3
grep -qxF "# compiler: $(tests/bench --compiler)" tests/system/bench.counts || percent=25
echo "may be $percent % worse than tests/system/bench.counts"
grep -v '^#' tests/system/bench.counts | sort >"$work/recorded"
cut -d ' ' -f 1 "$work/1" | sort >"$work/names"
cut -d ' ' -f 1 "$work/recorded" | diff "$work/names" - || { echo 'not the same benchmarks'; exit 1; }
# An operation of a few instructions may grow by one.
sort "$work/1" | join - "$work/recorded" | awk -v slack="$percent" '
	function most(recorded) { return recorded * (1 + slack / 100) + 0.5 }
	$2 > most($5) || $3 > most($6) { print "worse: " $1 " takes " $2 " and " $3 ", recorded " $5 " and " $6; bad = 1 }
	$2 < $5 * 0.97 || $3 < $6 * 0.97 { print "better: " $1 " takes " $2 " and " $3 ", recorded " $5 " and " $6 }
	END { exit bad }
'
