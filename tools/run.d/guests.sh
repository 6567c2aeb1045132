# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # what is shared with the other parts: see tools/run
# The guests, and what a boot loader hands over for them. $work/modules gets the modules' lines, $work/names
# how each file is called where people see it; both go to media.sh and to the emulator.

files=0 guests=0 sum_kib=0                                       # so far
guest='' kernel='' initrd='' mem='' append='' keys='' disks='' # the one whose options are read
: >"$work/modules"
: >"$work/names"

# give FILE NAME: to the emulator, under that name.
give() {
	ln -s "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")" "$work/$2"
}

# name_file FILE: the one that is $work/m$files, for people and boot loaders: its own name without odd characters;
# a file that is there already keeps its name, another one of the same name gets a number.
name_file() {
	name=$(basename "$1" | tr -c 'A-Za-z0-9_.\n-' _)
	while read -r other taken; do
		if [ "$(readlink "$work/m$files")" = "$(readlink "$work/$other")" ]; then
			echo "$taken" && return
		fi
		[ "$taken" != "$name" ] || name=$files-$name
	done <"$work/names"
	[ "$name" != ringone ] && [ "$name" != grub ] || name=$files-$name
	echo "$name"
}

# module FILE ARGUMENTS: the next file for the boot loader.
module() {
	if [ ! -f "$1" ] || [ ! -r "$1" ]; then die "cannot read $1"; fi
	one_line "$2"
	files=$((files + 1))
	give "$1" "m$files"
	printf 'm%s %s\n' "$files" "$2" >>"$work/modules"
	printf 'm%s %s\n' "$files" "$(name_file "$1")" >>"$work/names"
	sum_kib=$((sum_kib + ($(wc -c <"$1") + 1023) / 1024))
}

begin_guest() {
	end_guest
	case $1 in
	'' | *[!A-Za-z0-9_.-]* | ????????????????*) die "not a guest name: \"$1\"" ;;
	esac
	guest=$1 disk_count=0
}

# guest_disk FILE[,ro]
guest_disk() {
	read_only='' file=$1
	case $1 in
	*,ro) read_only=,ro file=${1%,ro} ;;
	esac
	disk_count=$((disk_count + 1))
	keys="$keys disk=$guest.$disk_count$read_only"
	disks="$disks$guest.$disk_count:$file/////"
}

# The guest whose options were read is complete.
end_guest() {
	[ -n "$guest" ] || return 0
	[ -n "$kernel" ] || die "guest $guest has no --kernel"
	module "$kernel" "guest=$guest${mem:+ mem=$mem}$keys${append:+ -- $append}"
	[ -z "$initrd" ] || module "$initrd" "initrd=$guest"
	while [ -n "$disks" ]; do
		one=${disks%%/////*}
		disks=${disks#*/////}
		module "${one#*:}" "disk=${one%%:*}"
	done
	size_kib "${mem:-64M}"
	sum_kib=$((sum_kib + kib))
	guests=$((guests + 1))
	guest='' kernel='' initrd='' mem='' append='' keys=''
}
