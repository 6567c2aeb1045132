# SPDX-License-Identifier: GPL-2.0-or-later
# One machine of tests/system/matrix.rows: guests boot there and do work that is verified. A guest computes a
# checksum over time, one looks after its FPU's registers, one fills a disk of the machine, whose bytes are then
# compared here, and one gets answers from the gateway behind a network card.
# each: tests/matrix --names "${MATRIX:-ci}"
set -eu
: "${stubs:?tests/run sets it}" "${each:?a row, as tests/matrix --names gives them}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What disktest leaves on a disk of this size.
DISK_BYTES=2064384
DISK_SUM=2176518f566063c6

echo "$each" | tr + ' ' >"$work/row"
read -r machine cpu ram loader disk card rest <"$work/row"
fpu=there sse=1 tiny='' hv='' extra=''
set --
case $machine in
bochs) set -- --emulator bochs ;;
*) extra="-M $machine" ;;
esac
for word in $rest; do
	case $word in
	smp=*) set -- "$@" --smp "${word#smp=}" ;;
	vga=*) extra="$extra -vga ${word#vga=}" ;;
	fpu=none) fpu=none ;;
	sse=none) sse=0 ;;
	tiny) tiny=1 ;;
	-) ;;
	*) hv="$hv $word" ;;
	esac
done
[ "$cpu" = - ] || set -- "$@" --cpu "$cpu"
[ "$loader" != iso ] || [ "$machine" = bochs ] || set -- "$@" --boot iso
[ "$card" = - ] || set -- "$@" --nic "$card" && hv="$hv bridge=lan0:nic0"
[ "$card" != - ] || hv=${hv% bridge=lan0:nic0}
kind=''
case $disk in
sda) kind=,ahci ;;
vda) kind=,virtio ;;
vda1) kind=,virtio1 disk=vda ;;
esac
[ "$disk" = - ] || {
	truncate -s $DISK_BYTES "$work/disk"
	set -- "$@" --attach "$work/disk$kind"
}

if [ -n "$tiny" ]; then
	set -- "$@" --guest hello --kernel "$stubs/hello" --mem 2M
else
	set -- "$@" --guest heart --kernel "$stubs/heartbeat" --mem 2M --append 'rounds=10' \
		--guest fpu --kernel "$stubs/fputest" --mem 4M --append "seed=3 rounds=50 sse=$sse"
	[ "$disk" = - ] || set -- "$@" --guest disk --kernel "$stubs/disktest" --mem 4M --set "disk=$disk" --append do=write
	[ "$card" = - ] || set -- "$@" --guest net --kernel "$stubs/shell" --mem 3M --net lan0 \
		--append 'ip=10.0.2.15 run="ping 10.0.2.2 3; poweroff"'
fi
QEMU_EXTRA=$extra tools/run --timeout 900 --ram "$ram" --hv "$hv" "$@" </dev/null >"$work/log" || {
	cat "$work/log"
	exit 1
}
cat "$work/log"
tr -d '\r' <"$work/log" >"$work/printed"

# must REGEX
must() {
	grep -Eq -e "$1" "$work/printed" || {
		echo "missing: $1"
		exit 1
	}
}
must '^ringone: verdict 0$'
if grep -Eq 'ringone: panic|BUG' "$work/printed"; then exit 1; fi
if [ -n "$tiny" ]; then
	must '^\[hello\] Hello from ring 1$'
	exit 0
fi
must '^\[heart\] heartbeat: checksum .* ok$'
if [ $fpu = none ]; then
	must '^\[fpu\] fputest: no FPU answers$'
else
	must '^\[fpu\] fputest: seed 3, 50 rounds, .* ok$'
fi
[ "$card" = - ] || must '^\[net\] ping: 3 sent, 3 answered'
[ "$disk" = - ] || {
	must '^\[disk\] disktest: [0-9]+ sectors written'
	[ "$(sha256sum <"$work/disk" | cut -c 1-16)" = $DISK_SUM ]
}
