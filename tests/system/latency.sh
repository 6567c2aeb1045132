# SPDX-License-Identifier: GPL-2.0-or-later
# each: sed -n 's/^\([a-z-]*\)|.*/\1/p' tests/system/latency.sh
# Beside each attacker of a list a guest that computes keeps nine tenths of its fair share of the CPU,
# and one that sleeps is woken within the bound of docs/limits.md: a million instructions, which are
# 1 ms where QEMU counts them as 1 ns each and 5 ms in Bochs at 200 MIPS.
set -eu
: "${stubs:?tests/run sets it}" "${each:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
truncate -s 2064384 "$work/disk"
truncate -s 16M "$work/initrd"

# name | emulator | attackers | guests that want the CPU, the victim among them | options of each attacker
row=$(grep "^$each|" <<'LIST'
spin|qemu|spin|2|
calls|qemu|calls|2|
storm|qemu|storm storm storm storm storm storm storm storm|9|
requests|qemu|requests|2|--set disk=hda
kicks|qemu|kicks|2|--disk $work/disk
burst|qemu|burst|2|--disk $work/disk
flood|qemu|flood pieces pieces pieces|5|--net lan
cuts|qemu|cuts pieces pieces pieces|5|--mem 16M --net lan
wholes|qemu|wholes takes|3|--mem 16M --set net=lan,mac=02:00:00:00:00:0$n
bars|qemu|bars|2|--set shm=here,16M
pmd|qemu|pmd|2|
pmd-ring|qemu|pmd-ring|2|
hoard|qemu|hoard|2|--mem 64M
restarts|qemu|restarts|2|--mem 64M --initrd "$work/initrd"
newlines|bochs|newlines|2|
emergency|bochs|emergency|2|
LIST
)
IFS='|' read -r name emulator attackers guests options <<ROW
$row
ROW
ms=300
bound=1000
set -- --icount
if [ "$emulator" = bochs ]; then
	ms=400
	bound=5000
	set -- --emulator bochs
fi
[ "$name" != requests ] || set -- "$@" --attach "$work/disk"
set -- "$@" --guest share --kernel "$stubs/victim" --mem 4M --append "want=share ms=$ms after=60" \
	--guest time --kernel "$stubs/victim" --mem 4M --append "want=time ms=$ms after=20"
n=0
for attack in $attackers; do
	n=$((n + 1))
	image=attacker
	case $attack in pmd* | hoard) image=attacker-pae ;; esac
	eval "set -- \"\$@\" --guest a$n --kernel \"\$stubs/$image\" --mem 8M --append mode=$attack $options"
done
tools/run --timeout 900 "$@" </dev/null >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
grep -a -v '^\[a[0-9]*\] *.\{0,1\}$' "$work/log"
number() { tr -d '\r\000' <"$work/log" | sed -n "s/$1/\1/p"; }
share=$(number '^\[share\] victim: share \([0-9]*\) per mille.*')
late=$(number '^\[time\] victim: latest wake-up \([0-9]*\) us.*')
fair=$((900 / guests))
echo "$each: share $share of $fair per mille at least, latest wake-up $late of $bound us at most"
[ "$share" -ge "$fair" ]
[ "$late" -le "$bound" ]
case $name in
cuts | wholes) [ "$(number '^\[a1\] attacker: \([0-9]*\) whole frames sent.*')" -ge 20 ] ;;
esac
if [ "$name" = restarts ]; then
	[ "$(grep -c '^\[a1\] restarts' "$work/log")" -ge 10 ]
fi
if [ "$name" = wholes ]; then
	[ "$(number '^\[a2\] attacker: \([0-9]*\) whole frames taken.*')" -ge 20 ]
fi
if [ "$name" = burst ]; then
	[ "$(number '^\[a1\] attacker: 80 requests in \([0-9]*\) us.*')" -le 1000 ]
fi
