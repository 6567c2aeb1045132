# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # what is shared with the other parts: see tools/run
# The command line: what usage.sh tells, into variables, and what cannot be together.

emulator=qemu boot=multiboot firmware='' cpu='' smp=1 ram='' icount='' hv=''         # the machine
screen='' display='' web='' gfxmode='' graphics=''                                   # what shows it
timeout='' script='' gdb='' debug='' iso_out='' tree_out='' dry_run=''               # the run

# size_kib SIZE: sets $kib.
size_kib() {
	digits=${1%[KkMmGg]}
	case $digits in
	'' | *[!0-9]* | ????????*) die "not a size: $1" ;;
	esac
	case $1 in
	*[Kk]) kib=$digits ;;
	*[Mm]) kib=$((digits * 1024)) ;;
	*[Gg]) kib=$((digits * 1024 * 1024)) ;;
	*) kib=$(((digits + 1023) / 1024)) ;;
	esac
}

number() {
	case $2 in
	'' | *[!0-9]*) die "$1 wants a number, not \"$2\"" ;;
	esac
}

one_line() {
	case $1 in
	*'
'*) die 'a command line cannot hold a line break' ;;
	esac
}

# guest_option OPTION VALUE: of the guest named last.
guest_option() {
	[ "$1" = --guest ] || [ -n "$guest" ] || die "$1 before any --guest"
	case $1 in
	--guest) begin_guest "$2" ;;
	--kernel) kernel=$2 ;;
	--initrd) initrd=$2 ;;
	--mem) size_kib "$2" && mem=$2 ;;
	--append) append=$2 ;;
	--disk) guest_disk "$2" ;;
	--net) keys="$keys net=$2" ;;
	--set)
		keys="$keys $2"
		case $2 in
		display=*) graphics=${graphics:-${2#display=}x32} ;;
		esac
		;;
	esac
}

# machine_option OPTION VALUE
machine_option() {
	case $1 in
	--emulator) emulator=$2 ;;
	--boot) boot=$2 ;;
	--firmware) firmware=$2 ;;
	--medium) set_medium "$2" ;;
	--gfxmode) set_gfxmode "$2" ;;
	--cpu) cpu=$2 ;;
	--smp) number --smp "$2" && smp=$2 ;;
	--ram) size_kib "$2" && ram=$(((kib + 1023) / 1024)) ;;
	--attach) attach "$2" ;;
	--nic) nic "$2" ;;
	--cable) cable "$2" ;;
	--device) device "$2" ;;
	--hv) one_line "$2" && hv="$hv $2" ;;
	esac
}

set_gfxmode() {
	case $1 in
	*[!0-9x]*) ;;
	[0-9]*x*[0-9]) gfxmode=$1 && return ;;
	esac
	die '--gfxmode is WIDTHxHEIGHT or WIDTHxHEIGHTxBITS'
}

# run_option OPTION VALUE: of this run. What may be left out has an empty value then.
run_option() {
	case $1 in
	--timeout) number --timeout "$2" && timeout=$2 ;;
	--script) script=$2 ;;
	--iso-out) iso_out=$2 ;;
	--tree-out) tree_out=$2 ;;
	--icount) icount=1 ;;
	--screen) screen=1 ;;
	--display) display=1 screen=1 ;;
	--web) web=${2:-8000} ;;
	--gdb) gdb=${2:-1235} ;;
	--debug) debug=1 ;;
	--dry-run) dry_run=1 ;;
	-h | --help) usage && exit 0 ;;
	esac
}

# read_options WORD...: a function, so that the demonstration can be written as options too.
read_options() {
	while [ $# -gt 0 ]; do
		option=$1 value='' read=run_option
		shift
		case $option in
		--guest | --kernel | --initrd | --mem | --append | --disk | --net | --set) read=guest_option ;;
		--emulator | --boot | --firmware | --medium | --gfxmode | --cpu | --smp | --ram | \
			--attach | --nic | --cable | --device | --hv) read=machine_option ;;
		--timeout | --script | --iso-out | --tree-out) ;;
		--web | --gdb) # a number behind it is its value
			case ${1-} in
			'' | *[!0-9]*) ;;
			*) value=$1 && shift ;;
			esac
			run_option "$option" "$value"
			continue
			;;
		--icount | --screen | --display | --debug | --dry-run | -h | --help)
			run_option "$option" ''
			continue
			;;
		*) die "unknown option $option (--help lists them)" ;;
		esac
		[ $# -ge 1 ] || die "$option wants a value"
		value=$1
		shift
		case $option:$value in # not to be taken for an option by those who get it
		--kernel:-* | --initrd:-* | --disk:-* | --attach:-* | --script:-* | --iso-out:-* | --tree-out:-*)
			value=./$value
			;;
		esac
		$read "$option" "$value"
	done
	end_guest
}

# check_options: what cannot be, or not together.
check_options() {
	case $emulator in
	qemu | bochs) ;;
	*) die "--emulator is qemu or bochs, not $emulator" ;;
	esac
	case $firmware in
	'') ;;
	efi32 | efi64) [ "$emulator" = qemu ] || die '--firmware needs QEMU' ;;
	*) die "--firmware is efi32 or efi64, not $firmware" ;;
	esac
	[ -z "$firmware" ] || [ -n "$medium" ] || boot=iso
	case $medium:$boot in
	:multiboot | :iso | ?*:*) ;;
	*) die "--boot is multiboot or iso, not $boot" ;;
	esac
	[ -z "$medium" ] || [ "$guests" -eq 0 ] || die '--medium has its own guests; give none'
	if [ -n "$script" ]; then
		[ -r "$script" ] || die "cannot read $script"
		check_script
	fi
	[ -z "$debug" ] || [ "$emulator" = qemu ] || die '--debug needs QEMU'
	if [ -n "$web" ]; then
		if [ "$emulator" != qemu ] || [ -n "$script$debug" ]; then die '--web goes with QEMU, without --script and --debug'; fi
		[ -r "$page/index.html" ] || die "$page is missing: run make web first"
		hv="$hv frames"
	fi
	[ -z "$tree_out" ] || [ ! -e "$tree_out" ] || die "--tree-out: there is a $tree_out already"
}
