# SPDX-License-Identifier: GPL-2.0-or-later
# The text screen in the graphics modes that GRUB sets, at each depth, and in VGA's text mode: what is seen is
# what the serial line got, after scrolling, while a command is typed at the keyboard. Dumps are read back pixel by
# pixel. A mode with a palette is refused in words. With EFI in place of a BIOS, too, where GRUB always sets a mode.
# each: printf '%s\n' bios efi64 efi32
# shellcheck disable=SC1091,SC2034,SC2154 # $work and $qemu are of screen.inc
set -eu
: "${stubs:?tests/run sets it}" "${each:?tests/run sets it}"
. tests/system/screen.inc

# The machine that it is. Debian's OVMF of 32 bits wants a machine with SMM.
ovmf=/usr/share/OVMF
case $each in
bios) machine=pc ;;
efi64) machine="pc -drive if=pflash,format=raw,readonly=on,file=$ovmf/OVMF_CODE_4M.fd" ;;
efi32)
	cp $ovmf/OVMF32_VARS_4M.fd "$work/vars"
	machine="q35,smm=on -drive if=pflash,format=raw,readonly=on,file=$ovmf/OVMF32_CODE_4M.secboot.fd
		-drive if=pflash,format=raw,file=$work/vars"
	;;
esac

# boot MODE: of GRUB's ISO in that mode, "text" for none.
boot() {
	mode=$1
	set --
	[ "$mode" = text ] || [ "$mode" = any ] || set -- --gfxmode "$mode"
	tools/run "$@" --guest h --kernel "$stubs/hello" --mem 4M --hv 'at-end=stay' --iso-out "$work/iso"
	rm -f "$work/serial" "$work/monitor"
	: >"$work/serial"
	# shellcheck disable=SC2086 # words
	qemu-system-x86_64 -M $machine -accel tcg -cpu qemu64 -m 128 -nic none -display none -no-reboot -cdrom "$work/iso" -serial "file:$work/serial" \
		-monitor "unix:$work/monitor,server=on,wait=off" &
	qemu=$!
	until_true grep -q '^.h. powered off' "$work/serial"
}

# dump: the screen as text. The 80 x 25 words of the text mode, or the pixels.
dump() {
	if [ "$mode" = text ]; then
		dump_words 0xb8000 25
	else
		dump_pixels "$scale"
	fi
}

# seen: the screen shows the end of what was sent, the cursor behind it, and the status line below. The rows are
# as wide as the screen.
seen() {
	transcript "$columns" | tail -n "$((rows - 1))" >"$work/want"
	printf '\n%-*s%s\n' "$((columns - 16))" '  h off' 'Ctrl-A: monitor ' >>"$work/want"
	dump | sed 's/_* *$//' >"$work/seen" || return 1
	sed -i 's/ *$//' "$work/want"
	cmp -s "$work/want" "$work/seen"
}

# shows MODE COLUMNS ROWS SCALE
shows() {
	boot "$1"
	columns=$2 rows=$3 scale=$4
	for _ in 1 2 3; do keys ctrl-a h e l p ret; done
	keys ctrl-a s t a
	until_true grep -q '^(ringone) sta' "$work/serial"
	until_true seen
	grep -q '^(ringone) sta' "$work/seen"
	[ "$(wc -l <"$work/seen")" = "$rows" ]
	stop
	echo "$1: $columns x $rows"
}

if [ "$each" != bios ]; then
	shows any 100 37 1
	shows 1024x768x32 128 48 1
	exit
fi
shows 1024x768x32 128 48 1
shows 800x600x24 100 37 1
shows 640x480x16 80 30 1
shows 640x480x15 80 30 1
machine='pc -vga virtio' # its memory lies above most cards', at 0xfe000000
shows 1600x1200x32 100 37 2
machine=pc
shows text 80 25 1

boot 640x480x8
grep -q 'ringone: the screen stays dark: cannot draw in the loader.s mode, 640x480 with 8 bits a pixel' "$work/serial"
stop
