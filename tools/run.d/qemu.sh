# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # what is shared with the other parts: see tools/run
# QEMU: its command line, and a run of it.

# qemu_view: $view_words, by which the machine's screen is seen.
qemu_view() {
	view_words=
	if [ -n "$web" ]; then
		view_words='-vnc unix:screen'
	elif [ -z "$screen" ]; then
		view_words='-display none'
	elif [ -z "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then
		echo 'tools/run: no window system here: point a VNC viewer at 127.0.0.1:5900' >&2
		view_words='-vnc 127.0.0.1:0,to=99'
	fi
}

# qemu_firmware: $firmware_words; none for the BIOS that QEMU brings.
qemu_firmware() {
	ovmf=/usr/share/OVMF pflash='-drive if=pflash,format=raw' firmware_words=
	case $firmware in
	efi64) firmware_words="$pflash,readonly=on,file=$ovmf/OVMF_CODE_4M.fd" ;;
	efi32) # as Debian builds it, it wants SMM
		cp "$ovmf/OVMF32_VARS_4M.fd" "$work/variables"
		firmware_words="-M q35,smm=on $pflash,readonly=on,file=$ovmf/OVMF32_CODE_4M.secboot.fd $pflash,file=variables"
		;;
	esac
}

qemu_run() {
	program=qemu-system-i386
	[ -z "$firmware" ] || program=qemu-system-x86_64
	command -v $program >/dev/null 2>&1 || program=qemu-system-x86_64
	asked=none
	if [ -n "$script" ] && grep -q '^qemu ' "$script"; then asked=unix:qemu,server=on,wait=off; fi
	com1=stdio,signal=off
	[ -z "$web" ] || com1=socket,path=line,server=on,wait=on
	qemu_view
	qemu_firmware
	# shellcheck disable=SC2086 # words
	set -- $program -accel tcg -m "$ram" -smp "$smp" -no-reboot -nic none -monitor "$asked" \
		-chardev "$com1,id=com1,logfile=serial" -serial chardev:com1 ${gdb:+-serial "tcp:127.0.0.1:$gdb,server=on,wait=off,nodelay=on"} \
		-device isa-debug-exit,iobase=0xf4,iosize=4 $view_words
	[ -z "$cpu" ] || set -- "$@" -cpu "$cpu"
	[ -z "$icount" ] || set -- "$@" -icount shift=0,sleep=off -rtc base=2020-01-01,clock=vm
	[ -z "$debug" ] || set -- "$@" -S -gdb tcp:127.0.0.1:1234
	case $boot in
	iso) set -- "$@" -cdrom ringone.iso -boot d ;;
	cd) set -- "$@" -cdrom medium -boot d ;;
	floppy) set -- "$@" -drive file=medium,format=raw,if=floppy -boot a ;;
	disk) set -- "$@" -drive file=medium,format=raw,if=ide -boot c ;;
	*) set -- "$@" -kernel ringone -append "$hv" -initrd "$(sed 's/,/,,/g' "$work/modules" | paste -sd, -)" ;;
	esac
	# shellcheck disable=SC2086 # words, and those of QEMU_EXTRA, for odd experiments
	set -- "$@" $firmware_words $disk_words $nic_words $device_words ${QEMU_EXTRA-}
	if [ -n "$dry_run" ]; then
		list_files
		[ "$boot" != iso ] || grub_config 0 "$hv"
		show "$@"
		exit 0
	fi
	[ "$boot" != iso ] || make_iso "$work/ringone.iso" 0 "$hv"
	[ -z "$web" ] || relay_web
	cd "$work" || exit 3
	: >serial
	if [ -n "$script" ]; then
		typist | limited "$@"
	else
		limited "$@"
	fi
	expected_0=33 expected_1=35 expected_3=39
}
