# SPDX-License-Identifier: GPL-2.0-or-later
# What the screen has and a serial line has not, in a VGA's text mode of 25 and of 50 rows, in a monochrome one, and in a graphics
# mode: the status line, colours, what has scrolled away. What the keyboard sends, by its layout.
# each: printf '%s\n' text rows mono pixels
# shellcheck disable=SC1091,SC2034,SC2154 # $work and $qemu are of screen.inc
set -eu
: "${stubs:?tests/run sets it}" "${each:?tests/run sets it}"
. tests/system/screen.inc
image=${stubs%/*}/ringone

# Three colours, to be shown by a guest that has the focus; a reset is the end of each.
e=$(printf '\033')
echo "${e}[31mred${e}[0m ${e}[1;33;44mbright${e}[0m ${e}[7mback${e}[0m" >"$work/c"
printf '\303\244\303\234\303\237\n' >>"$work/c" # letters beyond ASCII, in UTF-8
tar --format=ustar -C "$work" -cf "$work/tar" c

boot_options='' rows=25 where=0xb8000
case $each in
rows) boot_options=screen=80x50 rows=50 ;;
mono)
	# A ROM for a slot: the BIOS calls it, and it calls INT 10h for mode 7. The tenth byte makes the sum 0.
	printf '\125\252\001\270\007\000\315\020\313\231' >"$work/rom"
	head -c 502 /dev/zero >>"$work/rom"
	where=0xb0000
	;;
pixels) rows=37 ;;
esac
hv="at-end=stay focus=s keymap=de $boot_options"
append='run="cat c"'
if [ "$each" = pixels ]; then
	columns=100
	tools/run --gfxmode 800x600x32 --guest s --kernel "$stubs/shell" --mem 16M --disk "$work/tar,ro" --append "$append" \
		--guest h --kernel "$stubs/hello" --mem 4M --hv "$hv" --iso-out "$work/iso"
	set -- -cdrom "$work/iso"
else
	columns=80
	cp "$work/tar" "$work/disk" # no commas here
	set -- -kernel "$image" -append "$hv" \
		-initrd "$stubs/shell guest=s mem=16M disk=d,,ro -- $append,$work/disk disk=d,$stubs/hello guest=h mem=4M"
	[ "$each" != mono ] || set -- "$@" -option-rom "$work/rom"
fi
: >"$work/serial"
qemu-system-i386 -accel tcg -m 64 -nic none -display none -no-reboot -serial "file:$work/serial" \
	-monitor "unix:$work/monitor,server=on,wait=off" "$@" &
qemu=$!

# dump [colours]
dump() {
	if [ "$each" = pixels ]; then dump_pixels 1 "$@"; else dump_words $where $rows "$@"; fi
}

# seen BACK HINT: the screen shows what was sent BACK rows ago, and below it the status line with that at its end.
seen() {
	transcript $columns >"$work/all"
	count=$(($(wc -l <"$work/all") + 1)) # the last one is not ended
	head -n $((count - $1)) "$work/all" | tail -n $((rows - 1)) >"$work/want"
	[ "$1" != 0 ] || echo >>"$work/want"
	printf '%-*s%s\n' $((columns - ${#2})) ' *s running   h off' "$2" >>"$work/want"
	dump | sed 's/ *_* *$//' >"$work/seen" || return 1
	sed -i 's/ *$//' "$work/want"
	cmp -s "$work/want" "$work/seen"
}

# colours TEXT ATTRIBUTES: of the row that begins so.
colours() {
	row=$(dump | grep -n "^$1" | head -n 1 | cut -d : -f 1)
	[ -n "$row" ] || return 1
	dump colours | sed -n "${row}p" | grep -q "^$2"
}

until_true grep -q 'h. powered off' "$work/serial"
until_true grep -q red "$work/serial"

# "red bright back" and what is behind it; the status line. A monochrome screen has no colours, but normal and reversed.
red=040404 bright=1e1e1e1e1e1e
[ "$each" != mono ] || { red=070707 bright=707070707070; }
until_true colours 'red bright back' "${red}07${bright}07707070700707"
until_true colours ' \*s running' 70707070
letters() { dump | LC_ALL=C grep -q "^$(printf '\204\232\341') *$"; } # in code page 437
until_true letters
echo "$each: colours and letters"

if [ "$each" = text ]; then
	# sent BYTES: what the keys that were pressed sent to the guest, which prints it.
	sent() {
		keys ret
		until_true grep -q "^$1 *" "$work/serial"
	}
	# A German keyboard: z, u with two dots, the sharp s as a capital it has not, at sign, Ctrl by the letter; Backspace, Alt.
	keys k e z s ret y bracket_left shift-minus alt_r-q ctrl-y backspace alt-x
	sent '7a c3 bc 3f 40 1a 7f 1b 78'
	# Function keys and arrows; the pad before and after Num Lock, which the BIOS has left off.
	keys k e z s ret f1 f5 shift-f12 left ctrl-right shift-tab kp_7 num_lock kp_7 shift-kp_7 num_lock kp_decimal
	sent '1b 4f 50 1b 5b 31 35 7e 1b 5b 32 34 3b 32 7e 1b 5b 44 1b 5b 31 3b 35 43 1b 5b 5a 1b 5b 48 37 1b 5b 31 3b 32 48 1b 5b 33 7e'
	echo keys
fi

# Enough to scroll away, back in two steps, forward in one; a key shows the end again.
helped() { [ "$(grep -c '^programs:' "$work/serial")" = "$1" ]; }
for times in $(seq $((rows / 12 + 1))); do
	keys h e l p ret
	until_true helped "$times"
done
half=$(((rows - 1) / 2))
until_true seen 0 'Ctrl-A: monitor '
keys shift-pgup
until_true seen $half "$half lines back, Shift-PgDn "
keys shift-pgup
until_true seen $((half * 2)) "$((half * 2)) lines back, Shift-PgDn "
keys shift-pgdn
until_true seen $half "$half lines back, Shift-PgDn "
keys x
until_true seen 0 'Ctrl-A: monitor '
echo "$each: what has scrolled away"

if [ "$each" = rows ]; then
	# The status line is the last eight lines of pixels: mostly grey, which those above are not.
	ask "screendump $work/dump"
	bottom() { tail -c $((720 * 3 * $1)) "$work/dump" | head -c $((720 * 3 * 8)) | od -An -v -tx1 | tr ' ' '\n' | grep -c "$2"; }
	[ "$(bottom 8 a[8-b])" -gt 12000 ]
	[ "$(bottom 16 a[8-b])" -lt 4000 ]
fi
stop
