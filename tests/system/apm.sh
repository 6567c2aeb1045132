# SPDX-License-Identifier: GPL-2.0-or-later
# Power-off by the APM BIOS. Without -no-reboot a crash on the way would boot again and run into the
# time-out, so that status 0 means that the machine went off.
set -eu
: "${stubs:?tests/run sets it}"
timeout 600 qemu-system-i386 -accel tcg -m 64 -display none -serial stdio -kernel "${BUILD:-build}/ringone" \
	-append at-end=apm -initrd "$stubs/hello guest=a mem=4M" </dev/null
