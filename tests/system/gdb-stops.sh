# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016 # names with a dollar are gdb's
# each: printf '%s\n' qemu pentium bochs
# What stops a guest under gdb beside a breakpoint in its memory: debug registers, `monitor stop-at`,
# Ctrl-C, restarts by hand and by `run`, and a gdb that comes after another one was killed. Its
# neighbour runs on. Bochs' serial line takes one connection in its life: there all is one session.
set -eu
: "${stubs:?tests/run sets it}"
. tests/system/gdb.inc

ticks=1000
[ "$each" != bochs ] || ticks=1 # each instruction of a guest's costs ten there
boot --guest beat --kernel "$stubs/heartbeat" --mem 4M --append rounds=1000000 --set wait=gdb --set paused \
	--guest user --kernel "$stubs/selftest" --mem 8M --append from=frame_of_ring3 --set wait=gdb \
	--guest heart --kernel "$stubs/heartbeat" --mem 4M --append "rounds=10 ticks=$ticks"

settings >"$work/begin"
cat >>"$work/begin" <<END
source tools/run.d/guest.gdb
target extended-remote 127.0.0.1:$port
END

cat >"$work/user" <<END
thread 2
monitor stop-at user
continue
printf "user %d %#x\n", \$cs & 3, \$pc
monitor stop-at none
monitor stop-at port
continue
monitor stop-at none
END
cat >"$work/window" <<END
monitor stop-at window
continue
printf "window %d\n", \$cs & 3
monitor stop-at none
END
cat >"$work/back" <<END
monitor kill user
thread 1
END
# Held for as long as the neighbour's ticks of 10 ms take.
cat >"$work/hold" <<END
printf "held at %#x\n", \$pc
shell n=0; until grep -q 'heart. heartbeat: checksum' "$work/log" || [ \$n = 200 ]; do sleep 1; n=\$((n + 1)); done
monitor list
printf "still at %#x\n", \$pc
set var \$cr2 = 0x1234
set var \$mxcsr = 0xffff1fa0
set var \$st0 = 1.5
set var \$xmm7.v4_int32[2] = 77
maintenance flush register-cache
printf "cr2 %#x mxcsr %#x xmm7 %d\n", \$cr2, \$mxcsr, \$xmm7.v4_int32[2]
END
registers='^cr2 0x1234 mxcsr 0x1fa0 xmm7 77$'
if [ "$each" = pentium ]; then # without any of that
	sed -i '/set var .*\(mxcsr\|st0\|xmm\)/d; s/^printf "cr2.*/print $cr2/' "$work/hold"
	registers=' = 4660$'
fi
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
set \$eax = 2
set \$ebx = 0x180000
set \$ecx = 2
continue
printf "rebooted %d\n", \$pc == (long)&guest_start
monitor stop-at nonsense
shell (sleep 4; kill -INT \$PPID) &
continue
monitor restart
printf "restarted %d\n", \$pc == (long)&guest_start
tbreak make_pattern
continue
printf "at it again %d\n", \$pc >= (long)&make_pattern && \$pc < (long)&make_pattern + 16
END
cat >"$work/second" <<END
info threads
printf "still there %d\n", \$pc >= (long)&make_pattern && \$pc < (long)&make_pattern + 16
END
# No command in between that would make gdb forget what it knows of the old life.
cat >"$work/lives" <<END
tbreak make_pattern
run
printf "run %d\n", \$pc >= (long)&make_pattern && \$pc < (long)&make_pattern + 16
starti
printf "starti %d %d\n", \$pc == (long)&guest_start, \$ebp
kill
END
cat >"$work/end" <<END
set remote exec-file beat
starti
printf "after kill %d\n", \$pc == (long)&guest_start
monitor off
END
session() {
	for part; do cat "$work/$part"; done >"$work/script"
	timeout 900 gdb -nx -batch -x "$work/script" "$stubs/heartbeat.elf" >>"$work/gdb" 2>&1 || true
}
window=.
if [ "$each" = bochs ]; then # a window is touched after seconds of its time only
	session begin hold user back registers stops second lives end
else
	echo 'shell kill -KILL $PPID' >"$work/die"
	session begin hold user window back registers stops die
	session begin second lives end
	window="^behind an access to a device's memory$"
fi
outcome
gdb_said '^in ring 3$' '^user 3 0x8048000$' '^behind an access to a port$' "$window" '^hbreak 1$' \
	'^Hardware watchpoint 2: last_us$' '^Old value = [1-9]' '^Hardware read watchpoint 3' '^Value = ' \
	'^physical 1$' '^interrupt 0$' '^irq 0x61$' '^before hypercall 9$' '^hypercall 9 0x1fcd$' '^again 9$' \
	'^stop-at: an exception' 'received signal SIGINT' '^rebooted 1$' '^restarted 1$' '^at it again 1$' 'beat, stopped here' \
	'^still there 1$' 'heart +ended' 'beat +paused' '^run 1$' '^starti 1 0$' '^after kill 1$' \
	'received signal SIGPWR' "$registers"
[ "$(sed -n 's/^held at //p' "$work/gdb")" = "$(sed -n 's/^still at //p' "$work/gdb")" ]
[ $ended = 1 ]
console '^\[heart\] heartbeat: checksum [0-9a-f]* ok$'
