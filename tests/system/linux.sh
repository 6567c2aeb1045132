# SPDX-License-Identifier: GPL-2.0-or-later
# The Linux suite skips itself without kernels; with them (KERNEL=, INITRD=) it is run by hand.
# shellcheck shell=sh
set -eu
: "${stubs:?tests/run sets it}"
said=$(KERNEL='' INITRD='' tests/linux/run)
echo "$said"
case $said in
*skipped*) ;;
*) exit 1 ;;
esac
# The program that tortures those kernels is an ordinary executable of i386 Linux: where such a
# program can run, it runs here, so that its own checks are known to be right. (Not "fault": below a
# 64-bit kernel addresses are a program's that are the kernel's or the hypervisor's elsewhere.)
"$stubs/torture" nothing >/dev/null 2>&1 && exit 1
"$stubs/torture" mmap >/dev/null 2>&1 || exit 0
for test in storm pipe signal preempt mmap cow fpu tls; do
	timeout 600 "$stubs/torture" "$test"
done
