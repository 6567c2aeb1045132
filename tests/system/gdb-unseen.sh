# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016 # names with a dollar are gdb's
# each: printf '%s\n' qemu pae pentium bochs
# A guest that sums its own code, compares and patches it, steps through it itself, runs it in ring 3 and under
# interrupts finds nothing of gdb's breakpoints there: of a few in each page and of many in one. Each of them is
# hit as often as its instruction is executed.
set -eu
: "${stubs:?tests/run sets it}"
. tests/system/gdb.inc

guest=selftest
[ "$each" != pae ] || guest=selftest-pae
boot --guest own --kernel "$stubs/$guest" --mem 16M --append only=text_is --set wait=gdb

settings >"$work/script"
cat >>"$work/script" <<END
target remote 127.0.0.1:$port
tbreak text_begin
continue
set \$row = 0
set \$flags = 0
set \$patched = 0
set \$user = 0
set \$other = 0
break *((unsigned long)&own_flags + 4) if \$flags++ < 0
break *(unsigned long)&own_patched if \$patched++ < 0
break *0x08048000 if \$user++ < 0
break *0x10000003 if \$other++ < 0
END
i=0
while [ $i -lt 12 ]; do
	echo "break *((unsigned long)&own_ones + $i) if \$row++ < 0"
	i=$((i + 1))
done >>"$work/script"
cat >>"$work/script" <<END
tbreak text_end
continue
printf "ended %d\n", \$pc == &text_end
printf "hits %d %d %d %d %d\n", \$row, \$flags, \$patched, \$user, \$other
delete
continue
END
status=0
timeout 900 gdb -nx -batch -x "$work/script" "$stubs/$guest.elf" >"$work/gdb" 2>&1 || status=$?
outcome
[ "$status" -le 1 ] && [ $ended = 0 ]
console '^\[own\] PASS text_is_what_was_written$'
# Twelve for each call, and once more when the guest steps itself.
gdb_said '^ended 1$' '^hits 24 1 3 1 1$'
