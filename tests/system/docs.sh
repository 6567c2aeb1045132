# SPDX-License-Identifier: GPL-2.0-or-later
# What the documents name is there; and mistakes planted into copies of them are found by
# tools/lint-docs, each with its place.
# shellcheck disable=SC2016 # backticks are those of the documents
set -eu
tools/lint-docs

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/docs"

# found LINE PATTERN TEXT: a tour that ends with this text is complained about at that line of it.
found() {
	{ echo '# A tour' && echo && printf '%b\n' "$3"; } >"$work/docs/tour.md"
	if tools/lint-docs "$work/docs/tour.md" >"$work/out"; then
		echo "not found: $2"
		exit 1
	fi
	grep -Eq "^$work/docs/tour\\.md:$1: $2$" "$work/out" || { echo "not found: $2, but:" && cat "$work/out" && exit 1; }
}

right() {
	{ echo '# A tour' && echo && printf '%b\n' "$1"; } >"$work/docs/tour.md"
	tools/lint-docs "$work/docs/tour.md"
}

# Each of these as it is, and with one letter more.
right 'See `shadow_fault()` in `mm/shadow_fault.c`.'
found 3 'mm/shadow_fault\.c does not define shadow_faults\(\)' 'See `shadow_faults()` in `mm/shadow_fault.c`.'
found 3 'mm/shadow_faults\.c is not there' 'See `mm/shadow_faults.c`.'
right '## One\n`mm/shadow_fault.c`\n\n`shadow_fault()`'
found 6 'no file of this chapter defines shadow_faults\(\)' '## One\n`mm/shadow_fault.c`\n\n`shadow_faults()`'
right '`switcher_enter()` in `switcher/entry.S`'
found 3 'no file of this chapter defines switcher_leave\(\)' '`switcher_leave()`, `switcher/entry.S`'
right '`struct regs` (`switcher/switcher.h`), `SWITCHER_CODE`'
found 3 'no file of this chapter defines struct register' '`struct register`, `switcher/switcher.h`'
found 3 'no file of this chapter defines SWITCHER_COD' '`SWITCHER_COD`, `switcher/switcher.h`'
right '`HC_COUNT` (`abi/lguest.h`)'
right '`map_one_byte[]` (`hv/vcpu/emulate/opcodes.c`)'
found 3 'no file of this chapter defines map_one_bit\[\]' '`map_one_bit[]`, `hv/vcpu/emulate/opcodes.c`'

# A declaration is no definition, and a file counts in its own chapter only, but for the answers.
found 3 'mm/pager\.h does not define shadow_fault\(\)' '`shadow_fault()` in `mm/pager.h`'
found 5 'no file of this chapter defines shadow_fault\(\)' '## One\n`mm/shadow_fault.c`\n## Two, `shadow_fault()`'
right '## One\n`mm/shadow_fault.c`\n## Answers\n`shadow_fault()`'

# Links.
echo '# Of bees, and `wax`' >"$work/docs/bees.md"
right '[bees](bees.md), [wax](bees.md#of-bees-and-wax), [here](#a-tour), [out](https://example.com/x)'
found 3 'the link to .*/docs/wasps\.md leads nowhere' '[wasps](wasps.md)'
found 3 '.*/docs/bees\.md has no heading for #honey' '[honey](bees.md#honey)'
echo 'everything planted was found'
