# SPDX-License-Identifier: GPL-2.0-or-later
# The frames that the hypervisor counts on machines of three sizes. QEMU's firmware keeps 128 KiB at the end of the memory;
# the share of the first megabyte, of the image and of its lists is the same on all of them but for a few frames.
set -eu
: "${guests:?}"
script=$(mktemp)
trap 'rm -f "$script"' EXIT
printf 'wait running\nmonitor mem\nwait total\nmonitor kill t\n' >"$script"
first=
for size in 40 64 200; do
	sh tools/run --icount --timeout 25 --ram "${size}M" --script "$script" \
		--guest t --kernel "$guests/spinner" --mem 4M --append hot=1 >"$script.log" 2>&1 || :
	cat "$script.log"
	total=$(sed -n 's/.*mem total=\([0-9]*\) .*/\1/p' "$script.log")
	rm -f "$script.log"
	most=$((size * 256 - 32))
	image=$((most - ${total:-0}))
	: "${first:=$image}"
	if [ -z "$total" ]; then
		echo "not ok ${size}M: expected a count of frames, seen none"
		break # nor will the others
	elif [ "$image" -lt 0 ] || [ "$image" -gt 512 ] || [ $((image - first)) -gt 4 ] || [ $((first - image)) -gt 4 ]; then
		echo "not ok ${size}M: expected about $((most - first)) frames of $((size * 256)), seen $total"
	else
		echo "ok ${size}M ($((total * 4096)) bytes)"
	fi
done
