# SPDX-License-Identifier: GPL-2.0-or-later
# What tools/install writes boots: a disk from a BIOS in both emulators and by EFI, a floppy, an ISO. Its menu is edited first, as
# people do. What is no disk, or is in use, is refused, and nothing is lost without a yes.
# each: printf '%s\n' disk disk-bochs disk-efi32 disk-efi64 floppy floppy-bochs device refusals
set -eu
: "${stubs:?tests/run sets it}" "${each:?tests/run sets it}"
work=$(mktemp -d)
loop=
trap '[ -z "$loop" ] || losetup -d "$loop"; rm -rf "$work"' EXIT
file=$work/image

# install OPTION... TARGET: with a guest.
install() {
	tools/install "$@" --hv 'debug-exit=0xf4 bochs-exit' --guest hello --kernel "$stubs/hello" --mem 2M </dev/null
}

# edit IMAGE: the guest gets another MiB, and there is no wait for a choice.
edit() {
	mcopy -n -i "$1" ::/boot/grub/grub.cfg "$work/menu"
	sed -i 's/^set timeout=.*/set timeout=0/; s/mem=2M/mem=3M/' "$work/menu"
	mcopy -o -i "$1" "$work/menu" ::/boot/grub/grub.cfg
}

# boots OPTION...
boots() {
	tools/run --timeout 900 "$@" </dev/null >"$work/log"
	cat "$work/log"
	grep -q '^.hello. started: 3 MiB' "$work/log"
	grep -q '^.hello. Hello from ring 1' "$work/log"
}

# refused REASON COMMAND...
refused() {
	reason=$1 status=0
	shift
	"$@" >"$work/log" 2>&1 || status=$?
	cat "$work/log"
	[ "$status" -eq 2 ]
	grep -q "^tools/[a-z]*: .*$reason" "$work/log"
}

case $each in
disk*)
	install "$file"
	edit "$file@@1M"
	case $each in
	*-bochs) boots --medium "$file,disk" --emulator bochs ;;
	*-efi*) boots --medium "$file,disk" --firmware "${each#*-}" ;;
	*) boots --medium "$file,disk" ;;
	esac
	;;
floppy*)
	install --floppy "$file"
	edit "$file"
	[ "$(wc -c <"$file")" -eq 1474560 ]
	case $each in
	*-bochs) boots --medium "$file,floppy" --emulator bochs ;;
	*) boots --medium "$file,floppy" ;;
	esac
	;;
device)
	# A block device that was full of something else, larger than what is written.
	yes ringone | head -c 67108864 >"$file"
	if ! loop=$(losetup --show -f "$file" 2>/dev/null); then
		echo 'no loop device here, or no right to it'
		exit 77
	fi
	refused 'nothing was written' install "$loop"
	[ "$(head -c 7 "$file")" = ringone ]
	install --yes "$loop"
	losetup -d "$loop" && loop=
	edit "$file@@1M"
	boots --medium "$file,disk"
	;;
refusals)
	refused 'neither a disk nor a file' install --yes /dev/null
	refused 'neither a disk nor a file' install --yes "$work"
	refused 'there is no /dev/no-such-disk' install --yes /dev/no-such-disk
	refused 'cannot make' install --yes "$work/no/such/folder"
	refused 'unknown option' install --nonsense "$file"
	refused 'unknown option --nonsense' tools/install "$file" --nonsense
	refused 'not a size' install --size much "$file"
	refused 'too little: at least [0-9]*M' install --size 1M "$file"
	refused 'on which disk' tools/install --yes
	[ ! -e "$file" ]
	echo precious >"$file"
	refused 'the answer was not yes' install "$file"
	[ "$(cat "$file")" = precious ]
	head -c 2000000 /dev/urandom >"$work/large"
	refused 'the files do not fit' tools/install --yes --floppy "$file" --guest a --kernel "$stubs/hello" --initrd "$work/large"
	[ "$(cat "$file")" = precious ]
	# A disk of this machine that is in use, if one is to be seen: never with --yes.
	disk=$(awk '{ for (i = 7; i <= NF; i++) if ($i == "-") print $(i + 2) }' /proc/self/mountinfo | grep '^/dev/[a-z]*$' | head -n 1)
	[ ! -b "$disk" ] || refused 'is in use: .* is mounted at' install "$disk"
	;;
esac
