# SPDX-License-Identifier: GPL-2.0-or-later
# Network cards of the machine: a guest pings QEMU's gateway through each kind, and two guests
# with a card each exchange messages over a cable and verify every byte: more than the thousand interrupts
# after which a line that nobody quietens is switched off.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# boot OPTIONS...: to the end, which must be a good one.
boot() {
	status=0
	tools/run "$@" </dev/null >"$work/log" || status=$?
	cat "$work/log"
	[ "$status" -eq 0 ]
}

for model in virtio virtio1 e1000 e1000-82544gc e1000e rtl8139 pcnet ne2k i8255x tulip; do
	boot --timeout 900 --nic "$model" --hv bridge=lan0:nic0 \
		--guest a --kernel "$stubs/shell" --mem 16M --net lan0 \
		--append 'ip=10.0.2.15 run="ping 10.0.2.2 5; poweroff"'
	grep -q 'ping: 5 sent, 5 answered' "$work/log"
	boot --timeout 900 --cable "$model" --hv 'bridge=lan0:nic0 bridge=lan1:nic1' \
		--guest a --kernel "$stubs/pingpong" --mem 8M --net lan0 --append 'role=a count=1200' \
		--guest b --kernel "$stubs/pingpong" --mem 8M --net lan1 --append role=b
	grep -q '\[a\] pingpong a: 1200 messages each way.* all verified' "$work/log"
	grep -q '\[b\] pingpong b: [0-9]* messages answered, all verified' "$work/log"
done

# On the ISA bus, where a name says the place; a place where nothing is, and another line than the jumpers'.
export QEMU_EXTRA='-M isapc -cpu pentium -netdev user,id=n -device ne2k_isa,iobase=0x320,irq=10,netdev=n'
boot --timeout 900 --hv bridge=lan0:isa320-10 --guest a --kernel "$stubs/shell" --mem 16M --net lan0 \
	--append 'ip=10.0.2.15 run="ping 10.0.2.2 5; poweroff"'
grep -q 'network card isa320-10: ne2k at port 0x320, irq 10' "$work/log"
grep -q 'ping: 5 sent, 5 answered' "$work/log"
status=0
tools/run --timeout 900 --hv 'bridge=lan0:isa300-9 bridge=lan1:isa320-5' --guest a --kernel "$stubs/hello" --mem 2M --net lan0 \
	</dev/null >"$work/log" || status=$?
cat "$work/log"
[ "$status" -eq 1 ]
grep -q 'not bridged to isa300-9, the card does not work, or is not there' "$work/log"
grep -q 'network card isa320-5: it comes on line 10, so say isa320-10' "$work/log"
unset QEMU_EXTRA

# A card that is not there: said, and the network works inside all the same.
status=0
tools/run --timeout 900 --hv bridge=lan0:nic0 \
	--guest a --kernel "$stubs/pingpong" --mem 8M --net lan0 --append 'role=a count=20' \
	--guest b --kernel "$stubs/pingpong" --mem 8M --net lan0 --append role=b </dev/null >"$work/log" || status=$?
cat "$work/log"
[ "$status" -eq 1 ]
grep -q 'not bridged to nic0, there is no such card' "$work/log"
grep -q '\[a\] pingpong a: 20 messages each way.* all verified' "$work/log"
