# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2153,SC2154 # what is shared with the other parts: see tests/linux/run
# Other machines: PAE, disks and network cards of their own, a younger board, Bochs.

pae_tests() {
	kernel=$KERNEL_PAE
	guest p 64M do=storm,mmap,cow
	kernel=$KERNEL
	guest q 64M do=storm,mmap,cow
	test_ pae-and-2level 200 0 '\[p\] RESULT cow ok' '\[q\] RESULT cow ok'
	kernel=$KERNEL_PAE
	guest p 64M do=poweroff
	also --cpu pentium
	test_ pae-refused 60 1 'PAE'
	for cpu in pentium3 max; do
		guest p 512M 'do=mem,storm mem_mib=512'
		guest q 512M 'do=mem,storm mem_mib=512'
		also --ram 6G --cpu "$cpu"
		test_ "pae-6G-$cpu" 300 0 '\[p\] RESULT mem ok' '\[q\] RESULT storm ok'
	done
}

# An image with a partition table, whose second entry is a file system with the initramfs's files.
root_disk() {
	tree=$logs/root
	mkdir -p "$tree"
	{ [ -z "$INITRD" ] || gzip -dc "$INITRD" | (cd "$tree" && cpio -idm); } 2>/dev/null || return 1
	[ ! -d "$logs/tree" ] || cp -a "$logs/tree/." "$tree/"
	mkdir -p "$tree/proc" "$tree/sys" "$tree/tmp"
	ln -sf busybox "$tree/bin/sh" 2>/dev/null
	dd if=/dev/zero of="$logs/fs" bs=1M count=31 2>/dev/null
	mke2fs -q -F -t ext2 -d "$tree" "$logs/fs" || return 1
	dd if=/dev/zero of="$logs/root.img" bs=1M count=32 2>/dev/null
	dd if="$logs/fs" of="$logs/root.img" bs=1M seek=1 conv=notrunc 2>/dev/null
	# Entry 2: type 83, first sector 2048, 63488 sectors.
	printf '\000\000\000\000\203\000\000\000\000\010\000\000\000\370\000\000' |
		dd of="$logs/root.img" bs=1 seek=462 conv=notrunc 2>/dev/null
	printf '\125\252' | dd of="$logs/root.img" bs=1 seek=510 conv=notrunc 2>/dev/null
}

# On a younger board: the root file system on a partition of an AHCI disk, and the way out by each card.
q35_tests() {
	wanted "q35-$1" || return 0
	[ -e "$logs/root.img" ] || root_disk || {
		echo "# no file system could be made of the initramfs: q35-$1 was left out"
		return 0
	}
	options="--guest t --kernel '$kernel' --mem 64M --set disk=sda2 --net lan0 \
		--append 'console=hvc0 quiet root=/dev/vda rootfstype=ext2 rw init=/ringone/init do=gateway'"
	also --attach "'$logs/root.img,ahci'" --nic "$1" --hv bridge=lan0:nic0
	machine='-M q35'
	test_ "q35-$1" 120 0 'disk sda: .*AHCI' 'RESULT gateway ok' ' 0% packet loss'
	machine=
}

# The machine's own disks and network cards, behind the guest's virtio ones.
host_tests() {
	for kind in ATA virtio; do
		device=hda attach=$(disk "host-$kind" 16)
		[ $kind = ATA ] || device=vda attach=$attach,virtio
		for job in diskwrite diskread; do
			guest t 64M do=$job "--set disk=$device"
			also --attach "'$attach'"
			test_ "host-$kind-$job" 120 0 "RESULT $job ok"
		done
	done
	for card in virtio virtio1 e1000 e1000-82544gc e1000e rtl8139 pcnet ne2k i8255x tulip; do
		guest t 64M do=gateway '--net lan0'
		also --nic $card --hv bridge=lan0:nic0
		test_ "host-$card-gateway" 120 0 'RESULT gateway ok' ' 0% packet loss'
		q35_tests $card
		# Two cards and a cable: what one guest sends leaves the machine, and comes back to the other.
		guest a 96M do=serve '--net lan0'
		guest b 96M do=fetch '--net lan1'
		also --cable $card --hv "'bridge=lan0:nic0 bridge=lan1:nic1'"
		test_ "host-$card-cable" 300 0 'RESULT serve ok' 'RESULT fetch ok' 'fetched 33554432 bytes'
	done
}

# bochs_test NAME: $kernel in the other emulator, which checks segments as a CPU does.
bochs_test() {
	! command -v bochs >/dev/null || boot_and_work "$1-bochs" 580 --emulator bochs
}

# A disk of the machine there, where ATA goes without DMA.
bochs_disk_test() {
	command -v bochs >/dev/null || return 0
	attach=$(disk bochs-ATA 16)
	for job in diskwrite diskread; do
		guest t 64M do=$job '--set disk=hda'
		also --attach "'$attach'" --emulator bochs
		test_ "bochs-ATA-$job" 580 0 "RESULT $job ok"
	done
}
