# SPDX-License-Identifier: GPL-2.0-or-later
# The page in headless Chromium: guests in v86, keys, lessons, a crash, the screen's pixels, the visitor's own kernels.
set -eu
: "${stubs:?tests/run sets it}"
build=${BUILD:-build}
[ -e "$build/web/index.html" ] || {
	echo "$build/web is missing: run make web first"
	exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${HOSTCC:-gcc} -O2 -I. -o "$work/pixels" tests/system/pixels.c guest-stubs/mandel/picture.c
node tests/web/page.mjs "$build" "$work/pixels" "${TESTS_LOGS:-$build}"
