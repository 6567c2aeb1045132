# SPDX-License-Identifier: GPL-2.0-or-later
# docs/security.md has each of the 110 attacks once, names every guest that tries one, and no other.
set -eu
awk '
	FILENAME ~ /list.h$/ {
		if (match($0, /"N-[0-9]+[a-z]?"/)) there[substr($0, RSTART + 1, RLENGTH - 2)] = 1
		next
	}
	/^\| N-[0-9]+ \|/ {
		rows[$2]++
		tests = $0
		sub(/ \|$/, "", tests)
		sub(/.*\| /, "", tests)
		while (match(tests, /N-[0-9]+[a-z]?( to N-[0-9]+[a-z])?/)) {
			one = substr(tests, RSTART, RLENGTH)
			tests = substr(tests, RSTART + RLENGTH)
			if (split(one, ends, " to ") == 1) { named[one] = 1; continue }
			stem = substr(ends[1], 1, length(ends[1]) - 1)
			letters = "abcdefghijklmnop"
			from = index(letters, substr(ends[1], length(ends[1])))
			to = index(letters, substr(ends[2], length(ends[2])))
			for (i = from; i <= to; i++) named[stem substr(letters, i, 1)] = 1
		}
	}
	END {
		for (i = 1; i <= 110; i++) if (rows[sprintf("N-%02d", i)] != 1) { print "no row, or two:", i; bad = 1 }
		for (n in named) if (!(n in there)) { print "no such guest:", n; bad = 1 }
		for (n in there) if (!(n in named)) { print "not in the table:", n; bad = 1 }
		exit bad
	}
' guest-stubs/hostile/list.h docs/security.md
