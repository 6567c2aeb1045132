# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # what is shared with the other parts: see tools/run
# The machine's own devices: disks, discs, network cards. They end as words of QEMU's command line in $disk_words, $nic_words and
# $device_words; Bochs asks for the number of disks and for the disc.

disk_words='' nic_words='' device_words=''
disc='' ide_disks=0 other_disks=0 ahci_disks=0 nics=0
medium='' # what it boots from in place of our guests

# attach FILE[,KIND]: a disk of the machine. What reaches the emulator has no odd characters.
attach() {
	case $1 in
	*,virtio | *,virtio1 | *,ahci | *,cd) file=${1%,*} kind=${1##*,} ;;
	*) file=$1 kind=ide ide_disks=$((ide_disks + 1)) ;;
	esac
	if [ ! -f "$file" ] || [ ! -w "$file" ]; then die "cannot write $file"; fi
	[ "$ide_disks" -le 2 ] || die 'at most two disks on the ATA channel'
	name=disk-ide$ide_disks
	[ "$kind" = ide ] || other_disks=$((other_disks + 1)) name=disk-other$other_disks
	if [ "$kind" = cd ]; then
		[ -z "$disc" ] || die 'there is one drive for discs'
		disc=$name
	fi
	give "$file" "$name"
	disk_words="$disk_words -drive file=$name,format=raw,if="
	case $kind in
	ide | virtio) disk_words=$disk_words$kind ;;
	cd) disk_words="${disk_words}ide,index=3,media=cdrom" ;;
	ahci)
		disk_words="${disk_words}none,id=$name -device ide-hd,drive=$name,bus=ahci.$ahci_disks"
		[ "$ahci_disks" -gt 0 ] || disk_words="-device ich9-ahci,id=ahci $disk_words"
		ahci_disks=$((ahci_disks + 1))
		;;
	virtio1) disk_words="${disk_words}none,id=$name -device virtio-blk-pci,disable-legacy=on,drive=$name" ;;
	esac
}

# set_medium FILE,KIND: what the machine boots from.
set_medium() {
	boot=${1##*,} file=${1%,*}
	case $boot in
	disk | floppy | cd) ;;
	*) die "--medium is FILE,disk or FILE,floppy or FILE,cd, not $1" ;;
	esac
	if [ ! -f "$file" ] || [ ! -w "$file" ]; then die "cannot write $file"; fi
	rm -f "$work/medium" && give "$file" medium
	medium=$file
}

# QEMU's name for a network card that we have a driver for.
nic_device() {
	case $1 in
	virtio) echo virtio-net-pci ;;
	virtio1) echo virtio-net-pci,disable-legacy=on ;;
	e1000 | e1000e | e1000-82544gc | rtl8139 | pcnet | tulip) echo "$1" ;;
	ne2k) echo ne2k_pci ;;
	i8255x) echo i82557b ;;
	*) die "not a network card we have a driver for: $1" ;;
	esac
}

nic() {
	device=$(nic_device "$1") || exit 2
	nic_words="$nic_words -netdev user,id=nic$nics -device $device,netdev=nic$nics"
	nics=$((nics + 1))
}

cable() {
	device=$(nic_device "$1") || exit 2
	for end in 1 2; do
		nic_words="$nic_words -netdev hubport,id=nic$nics,hubid=0"
		nic_words="$nic_words -device $device,netdev=nic$nics,mac=52:54:00:00:00:0$end"
		nics=$((nics + 1))
	done
}

# device SPEC: any other, as QEMU's -device takes it.
device() {
	case $1 in
	*[!A-Za-z0-9=.,_-]*) die "--device $1: not a device of QEMU" ;;
	esac
	device_words="$device_words -device $1"
}
