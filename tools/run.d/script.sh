# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # what is shared with the other parts: see tools/run
# Typing on the serial line what --script says. $position is how much of the line's output is older than what was typed last.

# check_script: what could never come true is said before anything is started.
check_script() {
	while read -r verb text; do
		count=1
		case $verb in
		wait | ever) ;;
		count) count=${text%% *} text=${text#* } ;;
		pause)
			number "$script: pause" "$text"
			continue
			;;
		send | keys | qemu | monitor | '' | '#'*) continue ;;
		*) die "$script: what is \"$verb\"?" ;;
		esac
		number "$script: count" "$count"
		status=0
		grep -Eq -e "$text" /dev/null 2>/dev/null || status=$?
		[ "$status" -le 1 ] || die "$script: not a regular expression: $text"
	done <"$script"
}

# await N REGEX: until N lines with it were printed since $position, where the last line was typed; false
# when the emulator ended first.
await() {
	while :; do
		# Asked before counting: all that was printed up to the end is counted then.
		last=
		! over || last=1
		{ true >"$work/looked"; } 2>/dev/null || :
		seen=$(tail -c +$((position + 1)) "$work/serial" | tr -d '\r' | grep -Ec -e "$2") || :
		[ "$seen" -lt "$1" ] || return 0
		if [ -n "$last" ]; then
			echo "tools/run: the script still waited for: $2" >&2
			: >"$work/script-left"
			return 1
		fi
		# Counting takes more than waiting does: not again before something new was printed.
		sleep 0.1
		# shellcheck disable=SC3013 # every sh that is in use has -nt
		while [ "$work/looked" -nt "$work/serial" ] && ! over; do sleep 0.1; done
	done
}

# type_text TEXT: backslashes as in printf.
type_text() {
	position=$(wc -c <"$work/serial")
	printf '%b' "$1"
}

# ask_qemu COMMAND: returns when it was carried out, which is when QEMU's monitor shows its second
# prompt. A command may also end QEMU.
ask_qemu() {
	position=$(wc -c <"$work/serial")
	rm -f "$work/hung-up"
	: >"$work/qemu.log"
	{
		echo "$1"
		tries=0
		until over || [ -e "$work/hung-up" ] || [ "$(grep -ao '(qemu)' "$work/qemu.log" | wc -l)" -ge 2 ]; do
			tries=$((tries + 1))
			if [ "$tries" -gt 600 ]; then
				echo "tools/run: QEMU's monitor does not answer: $1" >&2
				: >"$work/script-left"
				break
			fi
			sleep 0.1
		done
	} | {
		socat - "UNIX-CONNECT:$work/qemu" >"$work/qemu.log" || :
		: >"$work/hung-up"
	}
}

# Type what the script says, until it ends or the emulator has ended.
typist() {
	position=0
	while read -r verb text; do
		case $verb in
		wait) await 1 "$text" || return 0 ;;
		count) await "${text%% *}" "${text#* }" || return 0 ;;
		ever) position=0 && await 1 "$text" || return 0 ;;
		send) type_text "$text\\r" ;;
		keys) type_text "$text" ;;
		qemu) ask_qemu "$text" ;;
		pause) sleep "$text" ;;
		monitor)
			type_text '\001'
			await 1 '\(ringone\) ' || return 0
			type_text "$text\\r"
			;;
		esac
	done <"$script"
	# An end of input is not typed: keep the line open.
	until over; do sleep 0.1; done
}
