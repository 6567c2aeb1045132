# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2153,SC2154 # what is shared with the other parts: see tests/linux/run
# What a test is made of: guests, the machine, what must be printed. Each says its result in a line.

make_initrd() {
	tree=$logs/tree
	mkdir -p "$tree/ringone" "$tree/dev"
	cp "$root/tests/linux/init" "$stubs/torture" "$tree/ringone/"
	chmod 755 "$tree/ringone/init" "$tree/ringone/torture"
	: >"$logs/initrd"
	if [ -n "$INITRD" ]; then
		cat "$INITRD" >"$logs/initrd"
	else
		mkdir -p "$tree/bin"
		cp "$BUSYBOX" "$tree/bin/busybox"
		[ "$(id -u)" -ne 0 ] || mknod "$tree/dev/console" c 5 1
	fi
	(cd "$tree" && find . | cpio -o -H newc -R 0:0 2>/dev/null | gzip -n) >>"$logs/initrd"
	initrd=$logs/initrd
}

wanted() {
	[ -n "$patterns" ] || return 0
	for pattern in $patterns; do
		# shellcheck disable=SC2254 # a pattern it is
		case $1 in $pattern) return 0 ;; esac
	done
	return 1
}

options=
machine= # what QEMU is told beside
# guest NAME MEM WORDS [OPTIONS]: one more Linux of $kernel.
guest() {
	options="$options --guest $1 --kernel '$kernel' --initrd '$initrd' --mem $2 ${4-} \
		--append 'console=hvc0 quiet rdinit=/ringone/init $3'"
}

# also OPTIONS: of the machine, or another kind of guest.
also() {
	options="$options $*"
}

verdict() {
	took=$(($(date +%s) - started))
	if [ -z "$2" ]; then
		echo "ok $1 ($took s)"
		passed=$((passed + 1))
	else
		echo "not ok $1 ($took s): $2, see $logs/$1.log"
		failed=$((failed + 1))
	fi
}

# test NAME LIMIT STATUS REGEX...: run the guests collected by guest() and also(); every REGEX
# must match a line, no line may say that something failed.
test_() {
	name=$1 limit=$2 want=$3 problem=
	shift 3
	eval "set -- \"\$#\" \"\$@\" $options"
	options=
	count=$1
	shift
	regexes=
	while [ "$count" -gt 0 ]; do
		regexes="$regexes$1
"
		count=$((count - 1))
		shift
	done
	wanted "$name" || return 0
	started=$(date +%s) status=0
	QEMU_EXTRA=$machine "$RUN" --timeout "$limit" "$@" >"$logs/$name.raw" 2>&1 </dev/null || status=$?
	tr -d '\r\000' <"$logs/$name.raw" >"$logs/$name.log"
	rm -f "$logs/$name.raw"
	[ "$status" -eq "$want" ] || problem="exit status $status instead of $want"
	while read -r regex; do
		[ -z "$regex" ] || grep -Eq -e "$regex" "$logs/$name.log" || problem="missing: $regex"
	done <<END
$regexes
END
	[ "$name" = panic ] || [ "$name" = oom ] || ! bad=$(grep -Em 1 'FAILED|Oops|BUG:|Call Trace|ringone: panic' \
		"$logs/$name.log") || problem=$bad
	verdict "$name" "$problem"
}

# disk NAME MIB: an empty image.
disk() {
	dd if=/dev/zero of="$logs/$1" bs=1024k count="$2" 2>/dev/null
	echo "$logs/$1"
}

script() {
	cat >"$logs/script"
}

up='LINUX-UP'
off='powered off'

