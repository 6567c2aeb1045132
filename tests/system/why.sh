# SPDX-License-Identifier: GPL-2.0-or-later
# each: printf '%s\n' qemu pentium bochs
# Guests with one mistake each: the report of the end says what it was, in at most 40 lines, with the
# function's name; and one that must be asked, since it only does nothing.
set -eu
: "${stubs:?tests/run sets it}" "${each:?}"
log=$(mktemp)
trap 'rm -f "$log" "$log.script"' EXIT

# A mistake, and what its report must say.
mistakes() {
	cat <<'END'
large-page is a large page \(bit 7, PS\)
lgdt executed lgdt, which needs ring 0.*LOAD_GDT_ENTRY
lidt executed lidt, .*LOAD_IDT_ENTRY
ltr executed ltr, .*SET_STACK
null-call EIP is 0: it called through a null pointer
stack stack ran out: 0x50000f.. lies right below its 2 pages, which end at 0x50003000
reserved 0xffc00000 lies in the last 4 MiB
page-fault wrote to 0x50000123, where its page tables have nothing
null-write wrote to 0x4 \(a null pointer\?\)
hypercall EAX was 0x4d at int \$0x1f
ud UD2 is undefined on every CPU
divide exception 0 \(divide error\)
outside names a table at 0x7f000000, but the guest's memory ends at 0x400000
page-outside names a page at 0x7f000000, but the guest's memory ends at 0x400000
END
}

case $each in
bochs) set -- --emulator bochs ;;
*) set -- --cpu "$each" ;;
esac
while read -r name text; do
	set -- "$@" --guest "$name" --kernel "$stubs/mistakes" --mem 4M --append "do=$name"
done <<END
$(mistakes)
END
set -- "$@" --guest asleep --kernel "$stubs/mistakes" --mem 4M --append do=asleep \
	--guest deaf --kernel "$stubs/mistakes" --mem 4M --append do=deaf
# When all reports are printed, but those of the two that wait, five are asked for again, of which four can have been kept.
cat >"$log.script" <<'END'
count 14 ^\[[a-z-]+\] +printed \| mistakes:
monitor why large-page
wait ^why: it was killed
monitor why lgdt
wait ^why: it was killed
monitor why lidt
wait ^why: it was killed
monitor why ltr
wait ^why: it was killed
monitor why stack
wait ^why: it was killed
monitor why asleep
wait waits in HALT, and no timer
wait the way of
monitor regs asleep
wait called from .* guest_main\+
monitor kill asleep
wait \[asleep\] why
monitor why asleep
wait ^why: it was killed after
monitor why deaf
wait has never taken one
monitor walk deaf 0x200000
wait shadow table entry at .* present
monitor peek deaf 0x200000 4
wait 00200000: fc bc
monitor trace deaf 3 hostirq
wait \[deaf\] hostirq vector=32
monitor kill deaf
END
[ "$each" = qemu ] && shift 2
status=0
tools/run --timeout 900 --script "$log.script" "$@" </dev/null >"$log" 2>&1 || status=$?
tr -d '\r' <"$log"
[ "$status" = 1 ]

failed=0
mistakes >"$log.script"
while read -r name text; do
	block=$(tr -d '\r' <"$log" | grep -F "[$name] " | sed '1,/ why: it was killed/!b;/ why: /!d')
	lines=$(printf '%s\n' "$block" | wc -l)
	printf '%s\n' "$block" | grep -Eq -e "$text" || {
		echo "$name: no \"$text\""
		failed=1
	}
	if [ "$lines" -gt 40 ] || [ "$lines" -lt 15 ]; then
		echo "$name: $lines lines"
		failed=1
	fi
done <"$log.script"
# It left no frame of its own, and the one it came from did not push EBP for it.
tr -d '\r' <"$log" | grep -Eq '^\[null-call\] +called from [0-9a-f]+ guest_main\+' || {
	echo 'null-call: the report does not say who called'
	failed=1
}
tr -d '\r' <"$log" | grep -A 1 '^why: it was killed: ' | grep -qx 'Its report was printed then; the last 4 are kept.' || {
	echo 'none of five reports was said to be kept no longer'
	failed=1
}
exit $failed
