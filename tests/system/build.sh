# SPDX-License-Identifier: GPL-2.0-or-later
# The image is the same bytes wherever it is built, and other compilers build it without warning.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# In a folder whose name has what make, shells and emulators stumble over; its tools run there too.
there="$work/else where, it's \$x"
mkdir "$there"
git ls-files -z | xargs -0 cp --parents -t "$there"
env -u BUILD make -C "$there" all
cmp "${BUILD:-build}/ringone" "$there/build/ringone"
cmp "$stubs/hello" "$there/build/guest-stubs/hello"
env -u BUILD "$there/tests/run" 'hello@qemu' 'hello@iso' >"$work/log"
sed 's/^/there: /' "$work/log"

# A warning ends the build of who checks it, not the one of who has a newer compiler.
echo 'static int surprise(void) { return 1; }' >>"$there/lib/div64.c"
env -u BUILD -u CI make -C "$there" build/obj/lib/div64.c.o
if CI=true make -C "$there" BUILD=strict strict/obj/lib/div64.c.o; then exit 1; fi

# compiler NAME CC: an image, and a guest for it.
compiler() {
	CI=true make BUILD="$work/$1" CC="$2" "$work/$1/ringone" "$work/$1/guest-stubs/hello"
	BUILD="$work/$1" tools/run --cpu pentium --timeout 900 --guest a --kernel "$work/$1/guest-stubs/hello" </dev/null >"$work/log"
	cat "$work/log"
	grep -q 'Hello from ring 1' "$work/log"
}
newest=$(find /usr/bin -name 'clang-[0-9]*' | sed 's|.*/||' | sort -V | tail -n 1)
same() {
	[ "$(readlink -f "$(command -v "$1")")" = "$(readlink -f "$(command -v "$2")")" ]
}
if [ -n "$newest" ] && same "$newest" clang; then newest=''; fi
for cc in clang $newest 'gcc -m32'; do
	command -v "${cc%% *}" >/dev/null || continue
	compiler "${cc%% *}" "$cc"
done

# All there is, by the compiler least like the usual one, in another build folder, which all that runs something must find.
CI=true make BUILD="$work/clang" CC=clang all
CI=true make BUILD="$work/clang" CC=clang run </dev/null >"$work/log"
cat "$work/log"
grep -q '^.alpha. started' "$work/log"
CI=true make BUILD="$work/clang" CC=clang iso
[ -s "$work/clang/ringone.iso" ]
