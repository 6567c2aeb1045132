# SPDX-License-Identifier: GPL-2.0-or-later
# Small machines, a 486 with an ISA bus: the demonstration from its ISO starts what there is room for, and ends well; a
# floppy has the shell and hello side by side on a machine of 4 MiB.
# each: printf '%s\n' iso-4 iso-16 iso-64 floppy-4
set -eu
: "${stubs:?tests/run sets it}" "${each:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mib=${each#*-}

# boots OPTION...: of QEMU.
boots() {
	status=0
	timeout 900 qemu-system-i386 -M isapc -cpu 486 -accel tcg -m "$mib" -nic none -display none -no-reboot \
		-serial "file:$work/serial" -device isa-debug-exit,iobase=0xf4,iosize=4 "$@" || status=$?
	tr -d '\r' <"$work/serial" | tee "$work/log"
	[ "$status" -eq 33 ]
}

# says LINE...: each a whole one of the log.
says() {
	for line; do grep -qx -e "$line" "$work/log"; done
}

case $each in
iso-*)
	tools/run --hv debug-exit=0xf4 --iso-out "$work/iso"
	boots -cdrom "$work/iso" -boot d
	says '.hello. Hello from ring 1'
	case $mib in
	4) says '.heart. left out: machine=10M, this one has 4M' '.ping. left out: .*' '.alpha. left out: .*' ;;
	16) says '.heart. heartbeat: checksum c5bc2513 ok' '.pong. left out: .*' ;;
	64) says '.alpha. ping: 3 sent, 3 answered' '.pong. pingpong b: 100 messages answered, all verified' ;;
	esac
	;;
floppy-*)
	set -- --guest shell --kernel "$stubs/shell" --mem 1344K --append 'run="start hello; wait; poweroff"' \
		--guest hello --kernel "$stubs/hello" --mem 1056K
	tools/install --yes --floppy "$work/floppy" --hv debug-exit=0xf4 "$@"
	boots -drive file="$work/floppy,format=raw,if=floppy" -boot a
	says '.shell. hello from ring 3, I am task 2' '.shell. powered off'
	says '.hello. Hello from ring 1'
	;;
esac
