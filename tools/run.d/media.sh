# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC2016 # what is shared with the other parts: see tools/run; some $ are GRUB's
#
# What a boot loader is given: a folder with the image, the guests' files and GRUB's menu, and the ISO made
# of it. Sourced by tools/run. $work/modules has the modules' lines, $work/names how each file is
# called where people see it.

# A command line for grub.cfg. Words that GRUB's shell could change stand in single quotes, and two blanks have
# an empty word between them: so GRUB 2 adds no quotes of its own, only the backslashes that
# boot/grub.c takes away again.
grub_words() {
	printf '%s\n' "$1" | awk -v q="'" '{
		n = split($0, word, / /)
		for (i = 1; i <= n; i++) {
			w = word[i]
			if (w !~ /^[A-Za-z0-9_.\/=,:+-]+$/) {
				gsub(q, q "\\\\" q q, w)
				w = q w q
			}
			printf "%s%s", (i > 1 ? " " : ""), w
		}
		print ""
	}'
}

# name_of mN: what that file is called in the folder.
name_of() {
	sed -n "s/^$1 //p" "$work/names"
}

# grub_entry TITLE OPTIONS
grub_entry() {
	printf 'menuentry "%s" {\n\t$loader /boot/ringone %s\n' "$1" "$(grub_words "$2")"
	# Behind that line, which sets it to what the image asks for.
	[ -z "$gfxmode$graphics" ] || printf '\tset gfxpayload=%s,auto\n' "${gfxmode:-$graphics}"
	while read -r name arguments; do
		printf '\t$module /boot/%s %s\n' "$(name_of "$name")" "$(grub_words "$arguments")"
	done <"$work/modules"
	echo '}'
}

# grub_config SECONDS OPTIONS: the menu; with 0 seconds there is no choice, so one entry will do.
grub_config() {
	cat <<'END'
# The menu of GRUB 2, to be edited as you like. A line that begins with $loader holds the options of
# ringone, one with $module a guest's; docs/config.md of ringone lists all of them.
if serial --unit=0 --speed=115200; then
	terminal_input serial console
	terminal_output serial console
fi
set loader=multiboot
set module=module
if [ "$grub_platform" = efi ]; then
	# Only this one hands over where ACPI is; and there is no text mode.
	set loader=multiboot2
	set module=module2
	insmod all_video
fi
END
	# For an adapter that only the loader can switch to graphics.
	[ -z "$gfxmode$graphics" ] || echo 'insmod all_video'
	echo "set timeout=$1"
	grub_entry 'ringone' "$2"
	if [ "$1" -ne 0 ]; then
		grub_entry 'ringone, and stay on when all guests have ended' "$2 at-end=stay"
		grub_entry 'ringone, on screen and keyboard only' "$2 console=none"
		grub_entry 'What this machine is: a report, in pages' "$2 report at-end=stay"
		grub_entry 'ringone, as if the CPU were a plain Pentium' "$2 no=pae,sep,pge"
	fi
}

# want_graphics IMAGE: set bit 2 in its multiboot header's flags, and take it off the checksum.
want_graphics() {
	header=$(od -An -tx1 -j 4096 -N 12 "$1" | tr -d ' \n')
	[ "$header" = 02b0ad1b03000000fb4f52e4 ] || die "the image has no multiboot header at 4096"
	printf '\007\000\000\000\367' | dd of="$1" bs=1 seek=4100 conv=notrunc 2>/dev/null
}

# make_tree FOLDER SECONDS OPTIONS: boot/ with all files, and boot/grub/grub.cfg.
make_tree() {
	mkdir -p "$1/boot/grub"
	cp "$image" "$1/boot/ringone"
	[ -z "$gfxmode$graphics" ] || want_graphics "$1/boot/ringone"
	while read -r number name; do
		[ -e "$1/boot/$name" ] || cp -L "$work/$number" "$1/boot/$name"
	done <"$work/names"
	grub_config "$2" "$3" >"$1/boot/grub/grub.cfg"
}

# make_iso FILE SECONDS OPTIONS: the same bytes for the same contents and the same loaders.
make_iso() {
	make_tree "$work/iso" "$2" "$3"
	SOURCE_DATE_EPOCH=1577836800 grub-mkrescue -o "$1" --compress=xz \
		--install-modules="multiboot multiboot2 serial terminal normal test all_video part_acorn part_amiga part_bsd part_dfly part_dvh part_plan part_sun part_sunpc" \
		--fonts= --themes= --locales= "$work/iso" -- \
		-volume_date all_file_dates 2020010100000000 -volume_date uuid 2020010100000000 \
		-alter_date_r a-c 2020.01.01.000000 / -- >"$work/mkrescue.log" 2>&1 || {
		cat "$work/mkrescue.log" >&2
		echo 'tools/run: grub-mkrescue failed' >&2
		exit 3
	}
	# The serial number of the file system for EFI, which mformat makes up.
	at=$(xorriso -indev "$1" -find /efi.img -exec report_lba -- 2>/dev/null | awk '/data lba/ { print $6 }')
	[ -z "$at" ] || printf 'RING' | dd of="$1" bs=1 seek=$((at * 2048 + 39)) conv=notrunc 2>/dev/null
}
