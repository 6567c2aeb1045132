# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2153,SC2154 # what is shared with the other parts: see tests/linux/run
# Debian's gdb with a kernel's own symbols.

# Debian's gdb with the kernel's own symbols: a system call, who made it, a variable that is watched.
gdb_test() {
	wanted gdb && [ -n "$VMLINUX" ] && command -v gdb >/dev/null || return 0
	started=$(date +%s)
	port=$((20000 + $$ % 12000))
	cat >"$logs/gdb.script" <<END
set pagination off
set confirm off
set tcp connect-timeout 600
set remotetimeout 600
target remote 127.0.0.1:$port
break start_kernel
continue
delete
hbreak sys_getpid
continue
backtrace 2
printf "ring %d\\n", \$cs & 3
delete
watch *(unsigned long *)&jiffies
continue
delete
monitor stop-at user
continue
printf "ring %d\\n", \$cs & 3
monitor stop-at none
monitor list
detach
END
	"$RUN" --timeout 1000 --gdb "$port" --guest t --kernel "$KERNEL" --initrd "$initrd" --mem 64M \
		--set wait=gdb --append 'console=hvc0 quiet rdinit=/ringone/init do=poweroff' </dev/null \
		>"$logs/gdb.log" 2>&1 &
	booted=$!
	timeout 900 gdb -nx -batch -x "$logs/gdb.script" "$VMLINUX" >"$logs/gdb.out" 2>&1
	status=0 problem=
	wait "$booted" || status=$?
	[ $status -eq 0 ] || problem="exit status $status"
	for regex in 'in start_kernel' 'in sys_getpid|sys_getpid \(' '#1 .* in do_' '^ring 1$' 'Old value = ' \
		'^in ring 3$' '^ring 3$' ' t +paused'; do
		grep -Eq -e "$regex" "$logs/gdb.out" || problem="gdb did not say: $regex"
	done
	tr -d '\r' <"$logs/gdb.log" | grep -q "$up" || problem="missing: $up"
	verdict gdb "$problem"
}
