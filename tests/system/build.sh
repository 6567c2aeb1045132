# SPDX-License-Identifier: GPL-2.0-or-later
# The image is the same bytes wherever it is built, and other compilers build it without warning.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/elsewhere"
git ls-files -z | xargs -0 cp --parents -t "$work/elsewhere"
make -C "$work/elsewhere" all
cmp build/ringone "$work/elsewhere/build/ringone"
cmp "$stubs/hello" "$work/elsewhere/build/guest-stubs/hello"

compiler() {
	make BUILD="$work/$1" CC="$2" all
	status=0
	timeout 60 qemu-system-i386 -accel tcg -display none -no-reboot -serial stdio -cpu pentium \
		-device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$work/$1/ringone" \
		-append debug-exit=0xf4 -initrd "$work/$1/guest-stubs/hello guest=a" </dev/null >"$work/log" ||
		status=$?
	cat "$work/log"
	[ "$status" -eq 33 ]
}
for cc in clang 'gcc -m32'; do
	command -v "${cc%% *}" >/dev/null || continue
	compiler "${cc%% *}" "$cc"
	grep -q 'Hello from ring 1' "$work/log"
done
