# SPDX-License-Identifier: GPL-2.0-or-later
# ringone boots under v86 alone, without a browser: guests, channels of the line, screen, both table formats.
set -eu
node tests/web/node.mjs "${BUILD:-build}"
