# SPDX-License-Identifier: GPL-2.0-or-later
# each: tests/bounds/run --list
# What must hold for all inputs holds for every one of a table of them, and faults that are planted
# are found: docs/testing.md.
set -eu
tests/bounds/run "${each:?tests/run sets it}"
