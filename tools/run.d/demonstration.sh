# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # what is shared with the other parts: see tools/run
# Guests for who names none.

# About two minutes of drawing.
screen_demonstration() {
	read_options \
		--guest left --kernel "$stubs/mandel" --mem 8M --set display=640x480 \
		--append 'seed=1 frames=100 hold=1 slow=3' \
		--guest right --kernel "$stubs/mandel" --mem 8M --set display=640x480 \
		--append 'seed=3 frames=100 hold=1 slow=3'
	echo 'tools/run: Ctrl-A n, here or in the window, shows the other guest; Ctrl-A off Enter ends it' >&2
}

# What `make run` shows: two shells with tasks and a disk, on one network; a pair that plays
# ping-pong on another; one that only computes; and the smallest guest there is.
# Each is left out of a machine that has no room for it.
demonstration() {
	if [ -n "$display" ]; then
		screen_demonstration
		return
	fi
	for file in shell pingpong heartbeat hello; do
		[ -r "$stubs/$file" ] || die "$stubs/$file is missing: run make first"
	done
	read_options \
		--guest hello --kernel "$stubs/hello" --mem 2M \
		--guest alpha --kernel "$stubs/shell" --mem 16M --set machine=48M --disk "${image%/*}/demo.tar,ro" --net lan \
		--append 'ip=10.0.0.1 run="lspci; ls; cat welcome; start hello; start primes 20000; ps; wait; ping 10.0.0.2 3; peek 0xffc00000; poweroff"' \
		--guest beta --kernel "$stubs/shell" --mem 16M --set machine=48M --net lan \
		--append 'ip=10.0.0.2 run="start calls 20000; start spin 20; sleep 1500; wait; uptime; poweroff"' \
		--guest heart --kernel "$stubs/heartbeat" --mem 4M --set machine=10M --append 'rounds=1000 every=50' \
		--guest ping --kernel "$stubs/pingpong" --mem 8M --set machine=64M --net table --append role=a \
		--guest pong --kernel "$stubs/pingpong" --mem 8M --set machine=64M --net table --append role=b
}
