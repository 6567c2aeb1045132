# SPDX-License-Identifier: GPL-2.0-or-later
# A guest that cannot be started has its reason in one line; a disk that is not there, with what is. With
# at-end=stay it is said when all guests have ended.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
truncate -s 1M "$work/disk"

# refused REASON OPTION...: of tools/run, for the guest a.
refused() {
	reason=$1 status=0
	shift
	tools/run --timeout 900 --guest a --kernel "$stubs/hello" "$@" >"$work/log" 2>&1 </dev/null || status=$?
	cat "$work/log"
	[ "$status" -eq 1 ]
	[ "$(grep -c '^.a. not started' "$work/log")" -eq 1 ]
	tr -d '\r' <"$work/log" | grep -q "^.a. not started: $reason"
}

refused 'disk=hda: the machine has no disk hda; it has sda; disks of the ahci controller at [0-9a-f:.]* are sda, sdb' \
	--mem 2M --set disk=hda --attach "$work/disk,ahci"
refused 'disk=vda: the machine has no disk vda; disks of the ata controller at 00:01.1 are hda, hdb' --mem 2M --set disk=vda
refused 'disk=hda: the machine has no disk hda$' --mem 2M --set disk=hda
refused 'kernel: ELF segment 0 needs memory' --mem 1M
refused 'out of memory (wants 65536 KiB' --ram 32M
refused 'it cannot have a device of its configuration, see above$' --mem 2M --set pci=1f:1f.7
grep -q '^.a. pci=1f:1f.7: ' "$work/log"

printf 'wait all guests have ended\nmonitor list\nwait a .*ended\nmonitor off\n' >"$work/script"
tools/run --timeout 900 --hv at-end=stay --script "$work/script" --guest a --kernel "$stubs/hello" --mem 2M
