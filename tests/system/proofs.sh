# SPDX-License-Identifier: GPL-2.0-or-later
# each: tests/bounds/prove/run --list
# What holds for all inputs there are is proved, and with a planted fault it is not: docs/testing.md.
set -eu
for tool in frama-c why3 cvc4; do
	command -v $tool >/dev/null || {
		echo "there is no $tool here: tools/install-deps proofs, 200 MB to fetch"
		exit 77
	}
done
tests/bounds/prove/run "${each:?tests/run sets it}"
