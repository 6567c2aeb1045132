# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # what is shared with the other parts: see tools/run
# Bochs: its configuration, and a run of it.

bochs_medium() {
	case $boot in
	floppy) printf 'floppya: 1_44=medium, status=inserted\nboot: floppy' ;;
	disk) printf 'ata0-master: type=disk, path=medium, mode=flat, cylinders=0\nboot: disk' ;;
	cd) printf 'ata1-master: type=cdrom, path=medium, status=inserted\nboot: cdrom' ;;
	*) printf 'ata1-master: type=cdrom, path=ringone.iso, status=inserted\nboot: cdrom' ;;
	esac
}

# bochs_config LINE: the file it reads; LINE is what COM1 is.
bochs_config() {
	case $cpu in
	'' | pentium3) model=p3_katmai ;;
	pentium2) model=p2_klamath ;;
	pentium) model=pentium_mmx ;;
	n270) model=atom_n270 ;;
	*) model=$cpu ;;
	esac
	ips=200000000
	[ "$boot" != floppy ] || ips=20000000 # a drive is as slow as a real one, in emulated time
	cat <<END
config_interface: textconfig
display_library: sdl2
plugin_ctrl: unmapped=1, biosdev=1, extfpuirq=1, serial=1, iodebug=1, speaker=0
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
memory: guest=$ram, host=$ram
cpu: model=$model, count=$smp, ips=$ips, reset_on_triple_fault=0
clock: sync=none, time0=1577836800
pci: enabled=1, chipset=i440fx, slot1=pcivga
vga: extension=vbe, update_freq=5
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata1: enabled=1, ioaddr1=0x170, ioaddr2=0x370, irq=15
$(bochs_medium)
com1: enabled=1, $1
${gdb:+com2: enabled=1, mode=socket-server, dev=127.0.0.1:$gdb}
sound: driver=dummy
log: bochs.log
panic: action=fatal
error: action=report
info: action=report
debug: action=ignore
END
	[ "$ide_disks" -lt 1 ] || echo 'ata0-master: type=disk, path=disk-ide1, mode=flat, cylinders=0'
	[ "$ide_disks" -lt 2 ] || echo 'ata0-slave: type=disk, path=disk-ide2, mode=flat, cylinders=0'
	[ -z "$disc" ] || echo "ata1-slave: type=cdrom, path=$disc, status=inserted"
}

# bochs_line: $line, how COM1 reaches the world. Typing needs a terminal for Bochs to open; without it a file is enough.
bochs_line() {
	if [ -n "$script" ] || [ -t 0 ]; then
		line='mode=term, dev=com1'
	else
		line='mode=file, dev=serial'
	fi
}

# start_reader: what shows the line, and types on it; makes the file shown once it has shown everything. It ends by
# itself: tail when the watcher has gone, socat when the typist has, half a second later.
start_reader() {
	watcher=
	if [ "${line#mode=term}" = "$line" ]; then
		until over; do sleep 0.1; done &
		watcher=$!
		{ tail -n +1 -f -s 0.1 --pid=$watcher serial && : >shown; } &
	elif [ -n "$script" ]; then
		{ typist | socat - PTY,link=com1,raw,echo=0 | tee serial && : >shown; } &
	else
		terminal=$(stty -g)
		stty raw -echo
		mkfifo printed
		{ tee serial <printed && : >shown; } &
		socat - PTY,link=com1,raw,echo=0 <&3 >printed &
	fi
	reader=$!
	if [ "${line#mode=term}" != "$line" ]; then
		await_file com1 || {
			echo 'tools/run: socat has made no terminal' >&2
			exit 3
		}
	fi
}

# end_reader: once all was shown.
end_reader() {
	[ -z "$watcher" ] || wait "$watcher" # a dead child counts as alive for tail until then
	if [ -n "$terminal" ]; then
		# This socat still reads the terminal: ended once the last line is there, if one comes.
		tries=0
		until grep -q 'ringone: verdict [013]' serial || [ "$tries" -ge 20 ]; do
			tries=$((tries + 1))
			sleep 0.1
		done
		kill "$reader" 2>/dev/null || :
	fi
	await_file shown || echo 'tools/run: the last lines may be missing' >&2
	kill "$reader" 2>/dev/null || :
	wait "$reader" 2>/dev/null || :
}

bochs_run() {
	bochs_line
	set -- bochs -q -f bochsrc -rc bochs.rc
	if [ -n "$dry_run" ]; then
		list_files
		grub_config 0 "$hv"
		bochs_config "$line"
		show "$@"
		exit 0
	fi
	[ -n "$medium" ] || make_iso "$work/ringone.iso" 0 "$hv"
	cd "$work" || exit 3
	bochs_config "$line" >bochsrc
	# Debian's Bochs has a debugger, which wants to be told to begin, and to quit at the end.
	printf 'continue\nquit\n' >bochs.rc
	[ -n "$screen" ] || export SDL_VIDEODRIVER=dummy
	: >serial
	start_reader
	limited "$@" </dev/null >bochs.out 2>&1
	end_reader
	expected_0=0 expected_1=1 expected_3=1
}
