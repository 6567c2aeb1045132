# SPDX-License-Identifier: GPL-2.0-or-later
# A disk that has stopped in the middle of a read writes into the guest's memory by itself when it goes on. The guest
# is restarted meanwhile: its frames are held until then, and its next life, which gets the same ones, finds them
# clear. A guest that resets the device itself does not run before nothing can come any more. A neighbour computes.
# shellcheck shell=sh
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
head -c 2M /dev/zero | tr '\0' '\252' >"$work/image"
mkfifo "$work/qemu.in" "$work/qemu.out"

# A MiB is read at once; whoever asks for one more waits a quarter of an hour, or until go_on.
slow="-drive if=none,id=slow,format=raw,file=$work/image,throttling.bps-read=1000
	-chardev pipe,id=command,path=$work/qemu -mon chardev=command,mode=readline"

# go_on REGEX: when the log says that, the disk goes on.
go_on() {
	while ! grep -q "$1" "$work/log" 2>/dev/null; do
		[ ! -e "$work/ended" ] || return 0
		sleep 0.1
	done
	sleep 0.5
	echo 'block_set_io_throttle slow 0 0 0 0 0 0' >"$work/qemu.in"
	cat "$work/qemu.out" >/dev/null
}

# held DISK DEVICE DO REGEX: a guest with that disk, which goes on when REGEX was said.
held() {
	rm -f "$work/log" "$work/ended"
	go_on "$4" &
	status=0
	QEMU_EXTRA="$slow -device ${2},drive=slow" tools/run --timeout 900 --script "$work/$3" \
		--guest a --kernel "$stubs/disktest" --mem 8M --set "disk=$1" --append "do=$3" \
		--guest h --kernel "$stubs/heartbeat" --mem 4M --append 'rounds=1000 every=1000' </dev/null >"$work/log" || status=$?
	touch "$work/ended"
	tr -d '\r' <"$work/log" >"$work/text"
	cat "$work/text"
	if grep -Eq 'panic|BUG|script still waited' "$work/text"; then return 1; fi
	grep -q 'heartbeat: checksum .* ok' "$work/text"
	wait
}

cat >"$work/ask" <<'END'
wait \[a\] disktest: asked
monitor mem
wait mem total
monitor restart a
wait \[a\] its memory is held: a disk has not ended 1 of its requests
monitor mem
wait mem total
wait \[a\] disktest: memory is clear
wait \[a\] disktest: asked
monitor kill a
wait \[a\] killed
END
: >"$work/reset"
for kind in 'vda virtio-blk-pci' 'hda ide-hd,bus=ide.0,unit=0'; do
	held "${kind%% *}" "${kind#* }" ask 'its memory is held'
	[ "$status" -eq 1 ]
	# Not a frame of its RAM came back while the disk had it.
	sed -n 's/.*mem owner=a frames=\([0-9]*\).*/\1/p' "$work/text" >"$work/frames"
	[ "$(wc -l <"$work/frames")" -eq 2 ] && [ "$(sort -u "$work/frames" | wc -l)" -eq 1 ]
	held "${kind%% *}" "${kind#* }" reset 'disktest: the first'
	[ "$status" -eq 0 ]
	grep -q 'disktest: nothing came after the reset' "$work/text"
	grep -q 'disktest: reads again' "$work/text"
done
