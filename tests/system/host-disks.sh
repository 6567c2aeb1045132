# SPDX-License-Identifier: GPL-2.0-or-later
# Disks of the machine: what a guest wrote is there at the next boot, by DMA, PIO and virtio, old and new; a
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
	QEMU_EXTRA=$machine tools/run --timeout 600 --guest a --kernel "$stubs/disktest" --mem 8M \
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
twice virtio vda --attach "$work/image,virtio"
machine='-M q35'
twice 'virtio 1\.0' vda --attach "$work/image,virtio1"
machine=''
twice PIO hda --attach "$work/image" --emulator bochs
machine='-M isapc -cpu pentium'
twice PIO hda --attach "$work/image"
machine=''

# Two more disks beside the one in use: their bytes are their own.
truncate -s 2M "$work/image"
head -c 1M /dev/urandom >"$work/other"
head -c 1M /dev/urandom >"$work/third"
before=$(sum "$work/other")$(sum "$work/third")
boot hdb write --attach "$work/other" --attach "$work/image" --attach "$work/third,virtio"
[ "$before" = "$(sum "$work/other")$(sum "$work/third")" ]

# A guest for which there is no disk is refused; so is a second writer.
status=0
tools/run --timeout 600 --guest a --kernel "$stubs/disktest" --mem 8M --set disk=hdb </dev/null >"$work/log" ||
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
for kind in '' ,virtio; do
	[ -z "$kind" ] && first=hda second=hdb || first=vda second=vdb
	status=0
	tools/run --timeout 600 --script "$work/script" --attach "$work/big$kind" --attach "$work/image$kind" \
		--guest a --kernel "$stubs/disktest" --mem 8M --set "disk=$first" --append do=write \
		--guest b --kernel "$stubs/disktest" --mem 8M --set "disk=$second" --append 'do=write seed=7' \
		>"$work/log" || status=$?
	cat "$work/log"
	[ "$status" -eq 1 ]
	grep -q '\[a\] killed' "$work/log"
	! grep '\[a\] disktest: .* sectors written' "$work/log" || exit 1
	grep -q '\[b\] disktest: 131072 sectors written' "$work/log"
	tools/run --timeout 600 --attach "$work/image$kind" --guest b --kernel "$stubs/disktest" --mem 8M \
		--set "disk=$first" --append 'do=check seed=7' </dev/null
done
