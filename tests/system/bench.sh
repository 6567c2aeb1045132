# SPDX-License-Identifier: GPL-2.0-or-later
# No operation costs more instructions than tests/system/bench.bounds allows, and two runs count
# the same. The bounds have a quarter of slack for other compilers; lower them when something
# became cheaper:  tests/bench --counts | awk '{ print $1, int($2 * 1.25) + 1, int($3 * 1.25) + 1 }'
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tests/bench --counts >"$work/1"
tests/bench --counts >"$work/2"
diff "$work/1" "$work/2"
cat "$work/1"
grep -v '^#' tests/system/bench.bounds | sort >"$work/bounds"
cut -d ' ' -f 1 "$work/1" | sort >"$work/names"
cut -d ' ' -f 1 "$work/bounds" | diff "$work/names" - || { echo 'not the same benchmarks'; exit 1; }
sort "$work/1" | join - "$work/bounds" | awk '
	$2 > $5 || $3 > $6 { print "too much: " $1 " " $2 " " $3 ", bounds " $5 " " $6; bad = 1 }
	END { exit bad }
'
