# SPDX-License-Identifier: GPL-2.0-or-later
# The Linux suite skips itself without kernels; with them (KERNEL=, INITRD=) it is run by hand.
set -eu
said=$(KERNEL='' INITRD='' tests/linux/run)
echo "$said"
case $said in
*skipped*) ;;
*) exit 1 ;;
esac
# The program that tortures those kernels is an ordinary executable of i386 Linux: where such a
# program can run, it runs here, so that its own checks are known to be right.
"$stubs/torture" nothing >/dev/null 2>&1 && exit 1
"$stubs/torture" mmap >/dev/null 2>&1 || exit 0
for test in storm pipe signal preempt mmap cow fpu tls fault; do
	timeout 60 "$stubs/torture" "$test"
done
