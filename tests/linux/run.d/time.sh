# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2153,SC2154 # what is shared with the other parts: see tests/linux/run
# Clocks: sleep, drift, the date.

# Seconds of sleep under counted instructions, where the TSC ticks once a nanosecond.
sleep_test() {
	guest t 64M 'do=sleep rounds=10'
	also --icount
	test_ sleep 200 0 'RESULT sleep ok'
	wanted sleep || return 0
	answer='more than 1 % off'
	awk '/sleep 10 clock-us/ {
		clock = tsc = 0
		for (i = 1; i < NF; i++) {
			if ($i == "clock-us") clock = $(i + 1) / 1e6
			if ($i == "tsc-1024") tsc = $(i + 1) * 1024 / 1e9
		}
		printf "# sleep 10: %.4f s by the clock, %.4f s by the TSC\n", clock, tsc
		if (clock >= 9.9 && clock <= 10.1 && tsc >= 9.9 && tsc <= 10.1) good = 1
	} END { exit !good }' "$logs/sleep.log" && answer=
	verdict sleep-accuracy "$answer"
}

# Two guests at work: wall clock and TSC (1 ns, by counted instructions) stay together.
drift_test() {
	guest a 64M 'do=drift rounds=5'
	guest b 64M 'do=drift rounds=5'
	also --icount
	test_ drift 300 0 '\[a\] RESULT drift ok' '\[b\] RESULT drift ok'
	wanted drift || return 0
	answer='10 ms or more off'
	awk '/sleep 5 clock-us/ {
		for (i = 1; i < NF; i++) {
			if ($i == "clock-us") clock = $(i + 1) / 1e3
			if ($i == "tsc-1024") tsc = $(i + 1) * 1024 / 1e6
		}
		printf "# drift: %s %.3f ms by the clock, %.3f ms by the TSC\n", $1, clock, tsc
		if (clock - tsc < 10 && tsc - clock < 10) good++
	} END { exit good != 2 }' "$logs/drift.log" && answer=
	verdict drift-accuracy "$answer"
}

# The guest's date beside the host's, as the line appears.
date_test() {
	wanted date || return 0
	started=$(date +%s)
	# What tools/run gives back is lost in the pipe; the hypervisor's own last line is not.
	"$RUN" --timeout 90 --guest t --kernel "$KERNEL" --initrd "$initrd" --mem 64M \
		--append 'console=hvc0 quiet rdinit=/ringone/init do=date' </dev/null 2>&1 |
		while read -r line; do
			case $line in *DATE*) echo "$line HOST $(date +%s)" ;; *) echo "$line" ;; esac
		done >"$logs/date.log"
	off_by=$(sed -n 's/.*DATE \([0-9]*\) .*HOST \([0-9]*\).*/\1 \2/p' "$logs/date.log" |
		awk '{ d = $1 - $2; print d < 0 ? -d : d }')
	echo "# date differs by ${off_by:-?} s"
	[ "${off_by:-9}" -le 1 ] && answer= || answer="date is off by ${off_by:-unknown} s"
	tr -d '\r\000' <"$logs/date.log" | grep -v '^$' | tail -n 1 | grep -qx 'ringone: verdict 0' ||
		answer='the run did not end with verdict 0'
	verdict date "$answer"
}
