# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2153,SC2154 # what is shared with the other parts: see tests/linux/run
# Many guests, and neighbours of one that is killed.

many_test() {
	n=0
	set --
	while [ $n -lt 24 ]; do
		guest "g$n" 32M do=storm,mmap
		set -- "$@" "\[g$n\] RESULT storm ok" "\[g$n\] RESULT mmap ok"
		n=$((n + 1))
	done
	also --ram 1024M
	test_ many-24 580 0 "$@"
	wanted many-24 || return 0
	echo "# $(grep -c 'RESULT mmap ok' "$logs/many-24.log") of 24 guests done"
}

# kill_round NAME ROUND DISK-V DISK-A DISK-B [OPTIONS]: three Linux guests and two stubs; one
# Linux is killed in its next round of disk and network after ROUND; the neighbours go on.
kill_round() {
	name=$1 round=$2 on_v=$3 on_a=$4 on_b=$5
	shift 5
	script <<END
wait VICTIM $round\$
monitor kill v
END
	guest v 64M do=victim "--net lan $on_v"
	guest a 64M 'do=neighbour ip=10.0.0.1 peer=10.0.0.2' "--net lan $on_a"
	guest b 64M 'do=neighbour ip=10.0.0.2 peer=10.0.0.1' "--net lan $on_b"
	also --guest h1 --kernel "'$stubs/heartbeat'" --mem 8M --append rounds=15000
	also --guest h2 --kernel "'$stubs/heartbeat'" --mem 8M --append rounds=15000
	also --script "'$logs/script'" "$@"
	test_ "$name" 400 1 '\[v\] killed' '\[a\] RESULT neighbour ok' \
		'\[b\] RESULT neighbour ok' '\[h1\] heartbeat: checksum .* ok' \
		'\[h2\] heartbeat: checksum .* ok'
	awk -v name="$name" '/VICTIM [0-9]/ { v++ } /\[v\] killed/ { killed = 1 }
		/NEIGHBOUR [0-9]/ { if (killed) after++; else before++ }
		END { printf "# %s: killed after round %d; neighbours: %d rounds before, %d after\n", name, v, before, after }' \
		"$logs/$name.log"
}

kill_test() {
	for round in 1 4 9; do
		wanted "kill-$round" || continue
		ram="--disk '$(disk d16 16)'"
		kill_round "kill-$round" $round "$ram" "$ram" "$ram"
	done
	# The same with disks of the machine; then all three are looked at by guests of another boot.
	for way in ATA virtio; do
		wanted "kill-$way" || continue
		v=$(disk kill-v 16) a=$(disk kill-a 16) b=$(disk kill-b 16)
		case $way in
		ATA)
			set -- --attach "'$v'" --attach "'$a'" --attach "'$b,virtio'"
			v=hda a=hdb b=vda round=3
			;;
		virtio)
			set -- --attach "'$v,virtio'" --attach "'$a,virtio'" --attach "'$b'"
			v=vda a=vdb b=hda round=6
			;;
		esac
		kill_round "kill-$way" "$round" "--set disk=$v" "--set disk=$a" "--set disk=$b" "$@"
		guest v 64M do=verify "--set disk=$v"
		guest a 64M do=verify "--set disk=$a"
		guest b 64M do=verify "--set disk=$b"
		also "$@"
		test_ "kill-$way-disks" 120 0 '\[v\] RESULT verify ok' '\[a\] RESULT verify ok' \
			'\[b\] RESULT verify ok'
	done
}
