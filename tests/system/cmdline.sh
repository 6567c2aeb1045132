# SPDX-License-Identifier: GPL-2.0-or-later
# A guest's command line arrives as it was given to tools/run, every printable character of it, by
# each loader: QEMU's own, and GRUB from an ISO in both emulators.
# each: printf '%s\n' multiboot iso bochs
set -eu
: "${stubs:?tests/run sets it}" "${each:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $each in
multiboot) set -- --boot multiboot ;;
iso) set -- --boot iso ;;
bochs) set -- --emulator bochs ;;
esac

printable=$(awk 'BEGIN { for (c = 33; c < 127; c++) printf "%c", c }')
cat >"$work/texts" <<END
$printable
it's
back\\slash \\\\ \\n \\x41 \\\\x41 \\
two  blanks   three
a="b c" "d e" 'f g' h='i "j"'
", ,, \$x \${x} \`x\` \$(x) {x} [x] x;y x&y x|y #x !x *? ~
END
names=
while IFS= read -r text; do
	names="x$names"
	set -- "$@" --guest "$names" --kernel "$stubs/echo" --mem 4M --append "$text"
	printf '[%s] <%s>\n' "$names" "$text"
done <"$work/texts" >"$work/want"
tools/run --timeout 900 "$@" </dev/null >"$work/log"
tr -d '\r' <"$work/log" | grep '^\[x*\] <' | sort >"$work/got"
sort "$work/want" | diff - "$work/got"
