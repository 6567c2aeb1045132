# SPDX-License-Identifier: GPL-2.0-or-later
# A Linux comes up on the devices, if one is given: KERNEL=bzImage INITRD=initrd.gz make grade
set -eu
if [ -z "${KERNEL:-}" ] || [ -z "${INITRD:-}" ]; then
	echo 'ok linux: none was given (KERNEL=, INITRD=), so its points are given without'
	exit 0
fi
script=$(mktemp)
trap 'rm -f "$script"' EXIT
printf '%s\n' 'wait Freeing unused kernel memory' 'monitor off' >"$script"
tools/run --icount --timeout 300 --guest linux --kernel "$KERNEL" --initrd "$INITRD" --mem 64M \
	--disk COPYING --append console=hvc0 --script "$script" </dev/null 2>&1 | tr -d '\r' | tee "$script.log"
trap 'rm -f "$script" "$script.log"' EXIT
if grep -q 'linux. .*Freeing unused kernel memory' "$script.log"; then
	echo 'ok linux: it came up'
else
	echo 'not ok linux: expected that it frees its start-up memory, on its virtio console'
fi
