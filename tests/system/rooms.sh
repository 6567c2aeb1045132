# SPDX-License-Identifier: GPL-2.0-or-later
# Includes and calls keep to docs/rooms.txt, and functions to their length; and faults planted into a
# copy of the tree are found by tools/lint-rooms and tools/lint-shape, each with its place.
set -eu
build=${BUILD:-build}
tools/lint-rooms "$build"
tools/lint-shape

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git ls-files -z docs/rooms.txt lib abi switcher mm devices hv boot guest-stubs labs tools | xargs -0 cp --parents -t "$work"
mkdir -p "$work/build/guest-stubs"
cp -r "$build/obj" "$work/build/"
[ ! -e "$build/labs" ] || cp -r "$build/labs" "$work/build/"
cp -r "$build/guest-stubs/obj" "$build/guest-stubs/native" "$work/build/guest-stubs/"
compile=$(cat "$build/command")
root=$PWD
case $build in
/*) ;;
*) build=$root/$build ;;
esac
cd "$work"
tools() {
	tool=$1
	shift
	"$root/tools/$tool" "$@"
}
tools lint-rooms

# plant FILE OBJECT TEXT: a file of its own, or lines at the end of one.
plant() {
	printf '%b' "$3" >>"$1"
	$compile -Wno-error -ffunction-sections -c -o "$2" "$1"
}

# found PATTERN: what is planted is reported.
found() {
	if tools lint-rooms >out; then
		echo "not found: $1"
		exit 1
	fi
	grep -Eq "$1" out || { echo "not found: $1, but:" && cat out && exit 1; }
}

# restore FILE...: back to what it was, which is right.
restore() {
	for file; do
		case $file in
		build/*) from=$build/${file#build/} ;;
		*) from=$root/$file ;;
		esac
		if [ -e "$from" ]; then cp "$from" "$file"; else rm "$file"; fi
	done
	tools lint-rooms
}

# The last room but one has no header for mm/, and mm/ calls nothing of hv/.
header=$(find hv/monitor -name '*.h' | head -n 1)
plant mm/frame.c build/obj/mm/frame.c.o "#include \"$header\"\n"
lines=$(wc -l <mm/frame.c)
found "^mm/frame\\.c:$lines: mm includes $header of hv/monitor, which it may not use$"
restore mm/frame.c build/obj/mm/frame.c.o

name=$(nm -g build/obj/hv/run.c.o | sed -n 's/^[0-9a-f]* T //p' | head -n 1)
plant lib/string.c build/obj/lib/string.c.o "void $name(void);\nvoid planted(void);\nvoid planted(void)\n{\n\t$name();\n}\n"
found "^lib/string\\.c:[0-9]*: lib uses $name of hv \\(hv/run\\.c\\), which it may not use$"
restore lib/string.c build/obj/lib/string.c.o

# A variable is not better than a call.
plant mm/planted.c build/obj/mm/planted.c.o 'int planted_high;\n'
plant lib/string.c build/obj/lib/string.c.o 'extern int planted_high;\nint planted(void);\nint planted(void)\n{\n\treturn planted_high;\n}\n'
found '^lib/string\.c:[0-9]*: lib uses planted_high of mm \(mm/planted\.c\)'
restore lib/string.c build/obj/lib/string.c.o mm/planted.c build/obj/mm/planted.c.o

circle() {
	plant "$1/planted_a.c" "$2/planted_a.$3" 'void planted_b(void);\nvoid planted_a(void);\nvoid planted_a(void)\n{\n\tplanted_b();\n}\n'
	plant "$1/planted_b.c" "$2/planted_b.$3" 'void planted_a(void);\nvoid planted_b(void);\nvoid planted_b(void)\n{\n\tplanted_a();\n}\n'
	found "^$1/planted_a\\.c:1: a circle of files in $1:$"
	grep -q "^	$1/planted_a\\.c:1: uses planted_b of $1/planted_b\\.c" out
	grep -q "^	$1/planted_b\\.c:1: uses planted_a of $1/planted_a\\.c" out
	restore "$1/planted_a.c" "$2/planted_a.$3" "$1/planted_b.c" "$2/planted_b.$3"
}
circle mm build/obj/mm c.o
circle guest-stubs/penguin build/guest-stubs/obj/penguin o

# Headers: one that is private to its room, and one that says nothing.
printf '/* SPDX-License-Identifier: GPL-2.0-or-later */\n/* Words. Private to this room. */\n' >lib/planted.h
plant mm/frame.c build/obj/mm/frame.c.o '#include "lib/planted.h"\n'
found '^mm/frame\.c:[0-9]*: mm includes lib/planted\.h of lib, which is private to lib/$'
printf '/* SPDX-License-Identifier: GPL-2.0-or-later */\n/* Words. */\n' >lib/planted.h
found '^lib/planted\.h:1: the first comment does not say whom it is for'
restore lib/planted.h mm/frame.c build/obj/mm/frame.c.o

# Files in no room, sources that were never compiled, and a table that points upwards.
mkdir devices/planted hv/planted
printf '/* For nobody. */\n' >hv/planted/planted.h
sed -i 's/^hv:/hv\/run.c:/' docs/rooms.txt
found '^hv/planted/planted\.h:1: stands in no room of docs/rooms\.txt$'
rm hv/planted/planted.h
restore docs/rooms.txt
echo 'int planted;' >mm/planted.c
found '^mm/planted\.c: no object of it in build: run make first$'
restore mm/planted.c
sed -i 's/^abi:/abi: lib/' docs/rooms.txt
found '^docs/rooms\.txt:[0-9]*: abi may use lib, but does not$'
restore docs/rooms.txt
sed -i 's/^abi:/nowhere:/' docs/rooms.txt
found '^docs/rooms\.txt:[0-9]*: nowhere is no room: no file stands there$'
restore docs/rooms.txt
sed -i 's/^lib:/lib: hv/' docs/rooms.txt
found '^docs/rooms\.txt:[0-9]*: lib may use hv, which does not stand below it$'
restore docs/rooms.txt

# Shape: 61 lines with the braces, and one less.
long() {
	printf 'void planted(void)\n{\n'
	yes '	planted();' | head -n "$1"
	printf '}\n'
}
long 57 >mm/planted.c
tools lint-shape mm/planted.c >out && exit 1
grep -q '^static assertions: 0 in 60 lines, at least 1$' out
{ echo '_Static_assert(1, "");' && echo && long 57; } >mm/planted.c
tools lint-shape mm/planted.c
{ echo '_Static_assert(1, "");' && echo && long 58; } >mm/planted.c
tools lint-shape mm/planted.c >out && exit 1
grep -q '^mm/planted\.c:3: a function of 61 lines, at most 60$' out
printf '_Static_assert(1, "");\n#ifdef __i386__\n#endif\n#ifdef CONFIG_PAE\n#endif\n' >mm/planted.c
tools lint-shape mm/planted.c >out && exit 1
[ "$(cat out)" = 'mm/planted.c:4: a variant by #ifdef: let it be a value, or a file of its own' ]
{ echo '_Static_assert(1, "");' && echo '_Static_assert(1, "");' && yes '' | head -n 399; } >mm/planted.c
tools lint-shape mm/planted.c >out && exit 1
grep -q '^mm/planted\.c:400: a file of 401 lines, at most 400$' out
echo 'everything planted was found'
