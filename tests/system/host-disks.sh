# SPDX-License-Identifier: GPL-2.0-or-later
# Disks of the machine: what a guest wrote is there at the next boot, by DMA, PIO, AHCI and virtio, old and new; a
# disk nobody was given, or only to read, stays the same; a killed writer harms no neighbour.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
machine=''

sum() { sha256sum <"$1"; }

# boot DISK DO [OPTIONS]: one guest with that disk.
boot() {
	disk=$1 what=$2
	shift 2
	QEMU_EXTRA=$machine tools/run --timeout 900 --guest a --kernel "$stubs/disktest" --mem 8M \
		--set "disk=$disk" --append "do=$what" "$@" </dev/null >"$work/log" || {
		cat "$work/log"
		exit 1
	}
	cat "$work/log"
	! grep -q 'panic\|BUG' "$work/log"
}

# twice HOW DISK OPTIONS: write, find it again after the machine was off, and again read-only.
# HOW is what the hypervisor says about the disk.
twice() {
	how=$1 disk=$2
	shift 2
	truncate -s 2064384 "$work/image" # a whole number of Bochs' cylinders
	boot "$disk" write "$@"
	grep -q "disk $disk: .*$how" "$work/log"
	before=$(sum "$work/image")
	boot "$disk" check "$@"
	boot "$disk,ro" refused "$@"
	[ "$before" = "$(sum "$work/image")" ]
	rm "$work/image"
}
twice DMA hda --attach "$work/image"
twice AHCI sda --attach "$work/image,ahci"
twice virtio vda --attach "$work/image,virtio"
machine='-M q35'
twice 'virtio 1\.0' vda --attach "$work/image,virtio1"
machine=''
twice PIO hda --attach "$work/image" --emulator bochs
machine='-M isapc -cpu pentium'
twice PIO hda --attach "$work/image"
machine=''

# A disc in a drive that takes packets: read in pieces of any size, never written to; an empty drive is said.
for on in qemu bochs; do
	truncate -s 2064384 "$work/image"
	boot hda write --attach "$work/image"
	boot hdd,ro check --attach "$work/image,cd" --emulator $on
	grep -q 'disk hdd: .*a disc, read-only' "$work/log"
	boot hdd,ro refused --attach "$work/image,cd" --emulator $on
done
machine="-M q35 -drive file=$work/image,format=raw,if=ide,index=0,media=cdrom"
boot sda,ro refused
grep -q 'disk sda: .*AHCI, a disc, read-only' "$work/log"
machine=''
rm "$work/image"
status=0
QEMU_EXTRA='-drive if=ide,index=3,media=cdrom' tools/run --timeout 900 --guest a --kernel "$stubs/disktest" \
	--mem 8M --set disk=hdd,ro </dev/null >"$work/log" || status=$?
cat "$work/log"
[ "$status" -eq 1 ]
grep -q 'disk hdd .*: not used, there is no disc in it' "$work/log"

# A disk with bad sectors, on each kind of hardware: errors for those, the right bytes for all others.
truncate -s 256K "$work/image"
boot hda write --attach "$work/image"
printf '[inject-error]\nevent = "read_aio"\nerrno = "5"\nsector = "%s"\nonce = "off"\n' 40 41 300 >"$work/faults"
for on in 'hdb ide-hd' 'sda ide-hd,bus=ahci.0' 'vda virtio-blk-pci'; do
	QEMU_EXTRA="-device ich9-ahci,id=ahci -drive if=none,id=bad,file=blkdebug:$work/faults:$work/image,format=raw"
	case $on in
	hdb*) QEMU_EXTRA="$QEMU_EXTRA -device ${on#* },drive=bad,bus=ide.0,unit=1" ;;
	*) QEMU_EXTRA="$QEMU_EXTRA -device ${on#* },drive=bad" ;;
	esac
	QEMU_EXTRA=$QEMU_EXTRA tools/run --timeout 900 --guest a --kernel "$stubs/disktest" --mem 8M \
		--set "disk=${on%% *}" --append do=salvage </dev/null >"$work/log" || {
		cat "$work/log"
		exit 1
	}
	cat "$work/log"
	for sector in 40 41 300; do grep -q "disktest: sector $sector cannot be read" "$work/log"; done
	grep -q 'disktest: 509 sectors are right, 3 cannot be read' "$work/log"
done
unset QEMU_EXTRA
rm "$work/image"

# Two more disks beside the one in use: their bytes are their own.
truncate -s 2M "$work/image"
head -c 1M /dev/urandom >"$work/other"
head -c 1M /dev/urandom >"$work/third"
before=$(sum "$work/other")$(sum "$work/third")
boot hdb write --attach "$work/other" --attach "$work/image" --attach "$work/third,virtio"
[ "$before" = "$(sum "$work/other")$(sum "$work/third")" ]

# Partitions: two guests write to one each, primary and logical, and nothing but them changes.
# entry SECTOR PLACE TYPE FIRST COUNT: one line of a partition table, with its sector's signature.
entry() {
	{
		printf '\000\000\000\000%b\000\000\000' "\\0$(printf %03o "$3")"
		for number in "$4" "$5"; do
			for shift in 1 256 65536 16777216; do
				printf %b "\\0$(printf %03o $((number / shift % 256)))"
			done
		done
	} | dd of="$work/parts" bs=1 seek=$(($1 * 512 + 446 + $2 * 16)) conv=notrunc 2>/dev/null
	printf '\125\252' | dd of="$work/parts" bs=1 seek=$(($1 * 512 + 510)) conv=notrunc 2>/dev/null
}
# rest: the sum of what lies around the two.
rest() {
	{
		head -c $((100 * 512)) "$work/parts"
		tail -c +$((1100 * 512 + 1)) "$work/parts" | head -c $((2910 * 512))
		tail -c +$((5000 * 512 + 1)) "$work/parts"
	} | sha256sum
}
head -c 4M /dev/urandom >"$work/parts"
dd if=/dev/zero of="$work/parts" bs=512 count=1 conv=notrunc 2>/dev/null
dd if=/dev/zero of="$work/parts" bs=512 seek=4000 count=1 conv=notrunc 2>/dev/null
entry 0 0 131 100 1000
entry 0 1 15 4000 4000
entry 4000 0 131 10 990
before=$(rest)
for job in write check; do
	tools/run --timeout 900 --attach "$work/parts,ahci" \
		--guest a --kernel "$stubs/disktest" --mem 8M --set disk=sda1 --append "do=$job" \
		--guest b --kernel "$stubs/disktest" --mem 8M --set disk=sda5 --append "do=$job seed=5" \
		</dev/null >"$work/log" || {
		cat "$work/log"
		exit 1
	}
	cat "$work/log"
done
grep -q '\[a\] disktest: 1000 sectors are right' "$work/log"
grep -q '\[b\] disktest: 990 sectors are right' "$work/log"
[ "$before" = "$(rest)" ]
status=0
tools/run --timeout 900 --attach "$work/parts" \
	--guest a --kernel "$stubs/disktest" --mem 8M --set disk=hda1 --append do=check \
	--guest b --kernel "$stubs/disktest" --mem 8M --set disk=hda,ro \
	--guest c --kernel "$stubs/disktest" --mem 8M --set disk=hda3 </dev/null >"$work/log" || status=$?
cat "$work/log"
[ "$status" -eq 1 ]
grep -q '\[a\] disktest: 1000 sectors are right' "$work/log"
grep -q '\[b\] not started: disk=hda: it, or a part of it, is in use' "$work/log"
grep -q '\[c\] not started: .*disk hda3 cannot be had from hda: it has no such partition' "$work/log"

# A guest for which there is no disk is refused; so is a second writer.
status=0
tools/run --timeout 900 --guest a --kernel "$stubs/disktest" --mem 8M --set disk=hdb </dev/null >"$work/log" ||
	status=$?
[ "$status" -eq 1 ]
grep -q 'machine has no disk hdb' "$work/log"

# One of two writers on a channel dies while it writes; the other one's data is right.
truncate -s 1G "$work/big"
truncate -s 64M "$work/image"
cat >"$work/script" <<'END'
wait \[a\] disktest: writing at
monitor kill a
END
for kind in '' ,ahci ,virtio; do
	case $kind in
	,ahci) first=sda second=sdb ;;
	,virtio) first=vda second=vdb ;;
	*) first=hda second=hdb ;;
	esac
	status=0
	tools/run --timeout 900 --script "$work/script" --attach "$work/big$kind" --attach "$work/image$kind" \
		--guest a --kernel "$stubs/disktest" --mem 8M --set "disk=$first" --append do=write \
		--guest b --kernel "$stubs/disktest" --mem 8M --set "disk=$second" --append 'do=write seed=7' \
		>"$work/log" || status=$?
	cat "$work/log"
	[ "$status" -eq 1 ]
	grep -q '\[a\] killed' "$work/log"
	! grep '\[a\] disktest: .* sectors written' "$work/log" || exit 1
	grep -q '\[b\] disktest: 131072 sectors written' "$work/log"
	tools/run --timeout 900 --attach "$work/image$kind" --guest b --kernel "$stubs/disktest" --mem 8M \
		--set "disk=$first" --append 'do=check seed=7' </dev/null
done
