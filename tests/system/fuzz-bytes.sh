# SPDX-License-Identifier: GPL-2.0-or-later
# each: printf '%s\n' lines images devices network emulate
# A short run of each fuzzer, of always the same inputs; `make fuzz` is the long one.
set -eu
command -v clang >/dev/null || { echo 'no clang here' && exit 77; }
tests/fuzz/run --seconds 0 "${each:?tests/run sets it}"
