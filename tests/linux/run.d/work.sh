# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2153,SC2154 # what is shared with the other parts: see tests/linux/run
# What every kernel must do, and what one does that is looked at closely.

# boot_and_work NAME SECONDS [OPTIONS]
boot_and_work() {
	who=$1 patience=$2
	shift 2
	guest t 64M do=poweroff
	also "$@"
	test_ "$who-boot" "$patience" 0 "$up" "$off"
	guest t 64M do=storm,pipe,signal,preempt,mmap,cow,fpu,tls,fault,rng,disk "--disk '$(disk d16 16)'"
	also "$@"
	test_ "$who-work" "$patience" 0 'RESULT storm ok' 'RESULT pipe ok' 'RESULT signal ok' \
		'RESULT preempt ok' 'RESULT mmap ok' 'RESULT cow ok' 'RESULT fpu ok' 'RESULT tls ok' \
		'RESULT fault ok' 'RESULT rng ok' 'RESULT disk ok'
}

short_list() {
	boot_and_work "$1" 200
	guest a 96M do=serve '--net lan'
	guest b 96M do=fetch '--net lan'
	test_ "$1-network" 200 0 'RESULT serve ok' 'RESULT fetch ok' 'fetched 33554432 bytes'
}

long_list() {
	guest t 64M 'do=cmdline quoted="two words" last'
	test_ cmdline 90 0 'RESULT cmdline ok'
	for mib in 32 64 256 512 900 1000; do
		guest t ${mib}M "do=mem mem_mib=$mib"
		also --ram $((mib + 64))M
		test_ "mem-$mib" 200 0 'RESULT mem ok'
	done
	guest t 64M 'mem=32M do=poweroff'
	test_ mem-option 90 0 "$up" "$off"
	script <<'END'
wait TYPE NOW
send The quick brown fox jumps over 0123456789 lazy dogs
END
	guest t 64M do=type
	also --script "'$logs/script'"
	test_ type 90 0 'RESULT type ok'
	# What is waited for is never what was typed, which the line gives back.
	script <<'END'
wait linux#
send echo $((6*7))
wait ^(\[t\] )?42$
send tty; cat | tr a-z A-Z; echo status-$?
wait /dev/hvc0
keys end of input\r\004
wait END OF INPUT
wait status-0
send echo as""leep; sleep 100
wait asleep
keys \003
wait linux#
send echo status-$?
wait status-130
send poweroff -f
wait powered off
END
	guest t 64M do=shell
	also --script "'$logs/script'"
	test_ shell 90 0 '^(\[t\] )?42$' 'END OF INPUT' 'status-130' "$off"
	script <<END
count 2 $up
monitor kill t
END
	guest t 64M do=reboot
	also --script "'$logs/script'"
	test_ reboot 120 1 'restart'
	guest t 64M do=panic
	test_ panic 90 1 'Attempted to kill init! exitcode=0x00000300'
	guest t 64M do=clocks
	also --icount
	test_ clocks 120 0 'RESULT clocks ok'
	guest t 64M do=poweroff
	also --hv stats
	test_ exits 90 0 'exits.before_user=[1-9]'
	! wanted exits || sed -n 's/.*exits.before_user=/# exits before the first user instruction: /p' "$logs/exits.log"
	guest t 32M 'do=swap swap_mib=40' "--disk '$(disk d64 64)'"
	test_ swap 300 0 'RESULT swap ok'
	guest t 32M do=oom
	test_ oom 300 0 'RESULT oom ok'
	guest a 64M 'do=fpu rounds=3'
	guest b 64M 'do=fpu rounds=3'
	also --guest f --kernel "'$stubs/fputest'" --mem 8M --append seed=9
	test_ fpu-guests 200 0 '\[a\] RESULT fpu ok' '\[b\] RESULT fpu ok' 'fputest: seed 9, .* ok'
}

# A display changes nothing for a kernel without a driver; one with it draws on it.
display_test() {
	guest t 64M do=poweroff '--set display=800x600'
	test_ display-none 90 0 "$up" "$off"
	[ -n "$KERNEL_FB" ] || return 0
	script <<'END'
wait \[t\] DISPLAY drawn
monitor screen 300
wait screen: 300 switches done
wait \[t\] RESULT display ok
monitor focus m
wait ^mandel: seed 1 frame
keys q
END
	kernel=$KERNEL_FB
	guest t 64M 'do=display rounds=20' '--set display=800x600'
	also --guest m --kernel "'$stubs/mandel'" --mem 8M --set display=800x600
	also --script "'$logs/script'"
	test_ display 200 0 'RESULT display ok' \
		'mandel: seed 1, .* all pixels right'
	kernel=$KERNEL
}
