# SPDX-License-Identifier: GPL-2.0-or-later
# each: printf '%s\n' qemu pentium bochs
# What stops a guest under gdb beside a breakpoint in its memory: debug registers, `monitor stop-at`,
# Ctrl-C, a restart, and a gdb that comes after another one was killed. Its neighbour runs on.
set -eu
: "${stubs:?tests/run sets it}" "${each:?}"
command -v gdb >/dev/null || {
	echo 'no gdb here'
	exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
port=$((20000 + $$ % 20000))

case $each in
bochs) set -- --emulator bochs ;;
qemu) set -- ;;
*) set -- --cpu "$each" ;;
esac
tools/run "$@" --timeout 400 --gdb $port \
	--guest beat --kernel "$stubs/heartbeat" --mem 4M --append rounds=1000000 --set wait=gdb \
	--guest user --kernel "$stubs/selftest" --mem 8M --set wait=gdb \
	--guest heart --kernel "$stubs/heartbeat" --mem 4M --append rounds=100 \
	</dev/null >"$work/log" 2>&1 &
machine=$!

cat >"$work/begin" <<END
set pagination off
set confirm off
set tcp connect-timeout 120
set remotetimeout 40
target remote 127.0.0.1:$port
END

# An emulator may have no debug registers: that is said, and the rest is as everywhere.
cat >"$work/registers" <<END
hbreak make_pattern
continue
printf "hbreak %d\n", \$pc >= (long)&make_pattern && \$pc < (long)&make_pattern + 16
delete
watch last_us
continue
continue
delete
rwatch table[7]
continue
delete
END
cat >"$work/stops" <<END
tbreak make_pattern
continue
monitor memory physical
set \$code = *(unsigned char *)((long)&make_pattern & 0x0fffffff)
monitor memory virtual
printf "physical %d\n", \$code == *(unsigned char *)&make_pattern
monitor stop-at irq 0
continue
printf "irq %d\n", \$cs == 0x61
monitor stop-at none
monitor stop-at hypercall set_clockevent
continue
printf "hypercall %d %#x\n", \$eax, *(unsigned short *)\$pc
continue
printf "again %d\n", \$eax
monitor stop-at none
monitor stop-at nonsense
shell (sleep 2; kill -INT \$PPID) &
continue
printf "interrupted %d\n", \$pc != 0
monitor restart
maintenance flush register-cache
printf "restarted %d\n", \$pc == (long)&guest_start
tbreak make_pattern
continue
printf "again there %d\n", \$pc >= (long)&make_pattern && \$pc < (long)&make_pattern + 16
thread 2
monitor stop-at user
monitor stop-at window
continue
printf "ring %d\n", \$cs & 3
monitor stop-at none
monitor stop-at user
continue
printf "ring %d\n", \$cs & 3
shell kill -KILL \$PPID
END
status=0
cat "$work/begin" "$work/registers" "$work/stops" >"$work/script"
timeout 380 gdb -nx -batch -x "$work/script" "$stubs/heartbeat.elf" 2>&1 | tee "$work/gdb" || status=$?
cat "$work/gdb"
