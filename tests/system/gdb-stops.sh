# SPDX-License-Identifier: GPL-2.0-or-later
# each: printf '%s\n' qemu pentium
# What stops a guest under gdb beside a breakpoint in its memory: debug registers, `monitor stop-at`,
# Ctrl-C, a restart, and a gdb that comes after another one was killed. Its neighbour runs on.
# Not in Bochs, whose serial line takes one connection in its life.
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
qemu) set -- ;;
*) set -- --cpu "$each" ;;
esac
tools/run "$@" --timeout 400 --gdb $port \
	--guest beat --kernel "$stubs/heartbeat" --mem 4M --append rounds=1000000 --set wait=gdb \
	--guest user --kernel "$stubs/selftest" --mem 8M --set wait=gdb \
	--guest heart --kernel "$stubs/heartbeat" --mem 4M --append 'rounds=100 ticks=1000' \
	</dev/null >"$work/log" 2>&1 &
machine=$!

cat >"$work/begin" <<END
set pagination off
set confirm off
set tcp connect-timeout 120
set remotetimeout 40
target remote 127.0.0.1:$port
END

cat >"$work/user" <<END
thread 2
monitor stop-at user
continue
printf "user %d %#x\n", \$cs & 3, \$pc
monitor stop-at none
monitor stop-at window
continue
printf "window %d\n", \$cs & 3
monitor stop-at none
thread 1
END
# Held for as long as 1000 ticks of 10 ms take the neighbour.
cat >"$work/hold" <<END
printf "held at %#x\n", \$pc
shell n=0; until grep -q 'heart. heartbeat: checksum' "$work/log" || [ \$n = 200 ]; do sleep 1; n=\$((n + 1)); done
monitor list
printf "still at %#x\n", \$pc
set var \$cr2 = 0x1234
printf "cr2 %#x\n", \$cr2
END
case $each in
qemu)
	cat >>"$work/hold" <<END
set var \$mxcsr = 0xffff1fa0
set var \$st0 = 1.5
set var \$xmm7.v4_int32[2] = 77
maintenance flush register-cache
printf "mxcsr %#x xmm7 %d\n", \$mxcsr, \$xmm7.v4_int32[2]
print \$st0
END
	;;
esac
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
printf "irq %#x\n", \$cs
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
monitor restart
maintenance flush register-cache
printf "restarted %d\n", \$pc == (long)&guest_start
tbreak make_pattern
continue
printf "at it again %d\n", \$pc >= (long)&make_pattern && \$pc < (long)&make_pattern + 16
shell kill -KILL \$PPID
END
cat >"$work/second" <<END
info threads
printf "still there %d\n", \$pc >= (long)&make_pattern && \$pc < (long)&make_pattern + 16
monitor kill user
kill
END
cat "$work/begin" "$work/hold" "$work/user" "$work/registers" "$work/stops" >"$work/script"
timeout 300 gdb -nx -batch -x "$work/script" "$stubs/heartbeat.elf" >"$work/gdb" 2>&1 || true
cat "$work/begin" "$work/second" >"$work/script"
timeout 60 gdb -nx -batch -x "$work/script" "$stubs/heartbeat.elf" >>"$work/gdb" 2>&1 || true
fpu=.
[ "$each" = pentium ] || fpu='^mxcsr 0x1fa0 xmm7 77$'
ended=0
wait $machine || ended=$?
cat "$work/gdb"
echo '---'
tr -d '\r' <"$work/log"
for text in '^in ring 3$' '^user 3 0x8048000$' "^behind an access to a device's memory$" '^hbreak 1$' \
	'^Hardware watchpoint 2: last_us$' '^Old value = [1-9]' '^Hardware read watchpoint 3' '^Value = ' \
	'^physical 1$' '^interrupt 0$' '^irq 0x61$' '^before hypercall 9$' '^hypercall 9 0x1fcd$' '^again 9$' \
	'^stop-at: an exception' 'received signal SIGINT' '^restarted 1$' '^at it again 1$' 'beat, stopped here' \
	'^still there 1$' 'heart +ended' 'beat +paused' '^cr2 0x1234$' \
	"$fpu"; do
	grep -Eq -e "$text" "$work/gdb" || {
		echo "gdb did not say: $text"
		exit 1
	}
done
[ "$(sed -n 's/^held at //p' "$work/gdb")" = "$(sed -n 's/^still at //p' "$work/gdb")" ]
[ $ended = 1 ]
tr -d '\r' <"$work/log" | grep -q '^\[heart\] heartbeat: checksum [0-9a-f]* ok$'
