# SPDX-License-Identifier: GPL-2.0-or-later
# With counted instructions two runs print the same bytes, time stamps and interrupts included.
set -eu
: "${stubs:?tests/run sets it}"
once() {
	tools/run --icount --timeout 900 --guest a --kernel "$stubs/heartbeat" --mem 8M --append rounds=60 \
		--guest b --kernel "$stubs/fputest" --mem 8M --append rounds=40 --hv stats </dev/null
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
once >"$work/1"
once >"$work/2"
diff "$work/1" "$work/2"
grep -q 'checksum .* ok' "$work/1"
