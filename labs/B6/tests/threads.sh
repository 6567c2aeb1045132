#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Several threads and a disk of the machine, which takes its time: each has to wait, and others run meanwhile.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
head -c 122880 /dev/zero >"$work/disk.img"
tools/run --timeout 60 --attach "$work/disk.img" --guest k --kernel "$BUILD/labs/kernel" --mem 8M --set disk=hda --append test=b6_threads
