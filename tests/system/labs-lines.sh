#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The solution of track B stays small: the files in which students write have 2500 lines at most together.
set -eu
cd "$(dirname "$0")/../.."

files=$(sed -n 's/^cut: \(labs\/kernel\/[^ ]*\) .*/\1/p' labs/B*/lab | sort -u)
# shellcheck disable=SC2086 # file names of ours hold no blanks
lines=$(cat $files | wc -l)
# shellcheck disable=SC2086
set -- $files
echo "$lines lines in $# files"
[ $# -gt 10 ] && [ "$lines" -le 2500 ]
