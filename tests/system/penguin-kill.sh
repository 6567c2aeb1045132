# SPDX-License-Identifier: GPL-2.0-or-later
# Three penguins with disks of the machine and one network, two heartbeats beside them. One penguin
# is killed in the middle of its disk requests, its swapping or its frames, earlier or later. The
# others' disks, frames and checksums are right.
# shellcheck shell=sh
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for disk in v a b; do
	truncate -s 24M "$work/$disk"
done

# absent REGEX: "! grep" alone would not end the script.
absent() {
	if grep "$1" "$work/text"; then exit 1; fi
}

# round KERNEL VICTIM OTHERS TICKS DISKS: the victim does VICTIM, its two neighbours OTHERS. It is
# killed when a heartbeat has printed TICKS more lines since it began. DISKS says where v, a and b
# have theirs.
round() {
	echo "# $*"
	cat >"$work/script" <<END
wait \[v\] penguin: .* tables
count $4 \[h1\] tick
monitor kill v
END
	# The disks are numbered in the order of --attach: v before a before b.
	case $5 in
	ata) v=hda a=hdb b=vda on_v='' on_a='' on_b=,virtio ;;
	virtio) v=vda a=vdb b=hda on_v=,virtio on_a=,virtio on_b='' ;;
	esac
	status=0
	tools/run --timeout 900 --script "$work/script" \
		--attach "$work/v$on_v" --attach "$work/a$on_a" --attach "$work/b$on_b" \
		--guest v --kernel "$stubs/$1" --mem 16M --set disk="$v" --net lan --append "run=$2" \
		--guest a --kernel "$stubs/penguin" --mem 16M --set disk="$a" --net lan --append "run=$3" \
		--guest b --kernel "$stubs/penguin-pae" --mem 16M --set disk="$b" --net lan --append "run=$3" \
		--guest h1 --kernel "$stubs/heartbeat" --mem 4M --append 'rounds=2500 every=4' \
		--guest h2 --kernel "$stubs/heartbeat" --mem 4M --append 'rounds=2500 every=1000' \
		>"$work/log" </dev/null || status=$?
	tr -d '\r' <"$work/log" | grep -v ' tick' >"$work/text"
	cat "$work/text"
	[ "$status" -eq 1 ]
	grep -q '^\[v\] killed' "$work/text"
	# It was at work, not before or after it.
	absent '^\[v\] penguin: .* ok$'
	absent 'panic\|BUG\|FAILED'
	[ "$(grep -c '^\[[ab]\] penguin: [1-9] passed, 0 failed$' "$work/text")" -eq 2 ]
	[ "$(grep -c '^\[h[12]\] heartbeat: checksum .* ok$' "$work/text")" -eq 2 ]
	grep -q '^ringone: verdict 1$' "$work/text"
}

for disks in ata virtio; do
	# Neighbours in their own disks' requests, afterwards with only each other on the network.
	for ticks in 1 5; do
		round penguin 'disk rounds=10000' disk,net $ticks $disks
	done
	# Its frames still fill the neighbours' queues, which they do not look at.
	round penguin 'net rounds=10000' 'disk rounds=2' 3 $disks
	round penguin-pae swap 'disk rounds=2' 3 $disks
done
# All three exchange frames; it would go on for 30 seconds, the others for some.
round penguin-pae 'net rounds=10000' 'net rounds=8' 5 virtio
