# SPDX-License-Identifier: GPL-2.0-or-later
# each: printf '%s\n' qemu pentium bochs
# A guest under Debian's gdb: stopped before its first instruction, at a breakpoint, by steps over
# instructions of each kind, before it is killed; while another guest runs to its end undisturbed.
set -eu
: "${stubs:?tests/run sets it}"
. tests/system/gdb.inc
for name in shell penguin penguin-pae torture; do
	gdb -nx -batch -ex 'info line _start' -ex 'info line guest_main' "$stubs/$name.elf" 2>&1 | grep -q '^Line [0-9]' || {
		echo "$name.elf has no symbols for gdb"
		exit 1
	}
done

boot --guest stack --kernel "$stubs/mistakes" --mem 4M --append do=stack --set wait=gdb \
	--guest other --kernel "$stubs/spinner" --mem 4M \
	--guest heart --kernel "$stubs/heartbeat" --mem 4M --append rounds=100

settings >"$work/script"
cat >>"$work/script" <<END
target remote 127.0.0.1:$port
printf "entry %d %#x\n", \$pc == &guest_start, \$cs
info threads
break stack_runs_out
continue
printf "stopped %d\n", \$pc == &stack_runs_out
printf "unseen %#x\n", *(unsigned char *)&stack_runs_out
delete
print mistakes[0].name
set var mistakes[0].name = (char *)7
printf "written %d\n", (int)mistakes[0].name
tbreak deeper
continue
printf "stack %d\n", \$esp > 0x50002000 && \$esp < 0x50003000
set \$was = \$pc
stepi
stepi
printf "stepped %d\n", \$pc > \$was && \$pc < \$was + 32
monitor list
monitor regs stack
continue
printf "held %d\n", \$esp < 0x50001200
bt 2
monitor why stack
monitor kill other
continue
END
status=0
timeout 900 gdb -nx -batch -x "$work/script" "$stubs/mistakes.elf" >"$work/gdb" 2>&1 || status=$?
outcome
gdb_said '^entry 1 0x61$' 'Thread 1 \(stack, stopped here\)' 'Thread 2 \(other, (running|starting)\)' \
	'^stopped 1$' '^unseen 0x[0-9a-f]+$' '"large-page"' '^written 7$' '^stack 1$' '^stepped 1$' \
	'^ *stack +paused' 'eip=[0-9a-f]+ eflags=' 'SIGSEGV' '^held 1$' 'deeper \(n=' \
	'^why: it is paused' 'terminated with signal SIGKILL'
if grep -q '^unseen 0xcc$' "$work/gdb"; then exit 1; fi
[ "$status" -le 1 ] && [ $ended = 1 ]
console '^\[heart\] heartbeat: checksum c3b663e3 ok$'
console '^\[stack\] killed: bad stack: '
