# SPDX-License-Identifier: GPL-2.0-or-later
# A lab on the machines of students, beside what labs-tools tries: scripts by symlinks, another build folder, a checkout by a git
# that converts line ends; labs/check says what is missing and what to do.
set -eu
: "${stubs:?tests/run sets it}"
root=$PWD
build=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree="$work/my lab, it's \$5"

# run NAME REGEX COMMAND...: it ends with status 0, and prints such a line.
run() {
	name=$1 regex=$2 status=0
	shift 2
	env -u BUILD -u MAKEFLAGS -u MAKELEVEL "$@" >"$work/log" 2>&1 </dev/null || status=$?
	if [ "$status" -eq 0 ] && grep -q "$regex" "$work/log"; then
		echo "ok labs-surroundings/$name"
	else
		cat "$work/log"
		echo "not ok labs-surroundings/$name: status $status, expected $regex"
	fi
}
there() (
	cd "$work" && "$@"
)
fails() {
	if "$@"; then return 1; fi
}

# By symlinks, from elsewhere.
ln -s "$root/labs/cut" "$work/cut it"
there run symlinked-cut 'A5, Time and fairness' './cut it' --whole A5 "$tree"
ln -s "$tree/labs/grade" "$work/grade it"
ln -s "$root/labs/check" "$work/check it"
there run symlinked-check 'All is here' './check it'

# In another build folder. What is made already goes along, or a tree would take a minute.
mkdir "$tree/other" "$work/elsewhere"
for part in obj guest-stubs command linker.ld linker.ld.d; do
	[ ! -e "$build/$part" ] || cp -a "$build/$part" "$tree/other/"
done
good='^A5 total 18/18$'
cd "$root"
run other-build "$good" make -C "$tree" BUILD=other grade T=event
there run symlinked-grade "$good" env BUILD=other './grade it' --test event
# All of it, as pages say: `make && tools/run`.
# shellcheck disable=SC2016 # the inner shell expands it
run all-builds 'demo.tar$' sh -c 'make BUILD=other -C "$0" all >&2 && ls "$0/other/demo.tar"' "$tree"
cp -a "$tree/other" "$work/elsewhere/build"
run build-elsewhere "$good" make -C "$tree" BUILD="$work/elsewhere/build" grade T=event
run results-elsewhere '"score": 18' cat "$work/elsewhere/build/grade/results.json"

# A checkout with the line ends of Windows where git may.
git clone -q -c core.autocrlf=true "$root" "$work/clone"
cp -a labs "$work/clone/" # what is not committed yet, too
run crlf-clone 'A5, Time and fairness' make -C "$work/clone" lab LAB=A5 DIR=../cloned

# A machine on which much is missing.
mkdir "$work/bin"
for tool in sh dirname readlink uname sed grep; do
	ln -s "$(command -v "$tool")" "$work/bin/$tool"
done
sh=$(command -v sh)
printf '#!%s\n' "$sh" >"$work/bin/apt-get" && chmod +x "$work/bin/apt-get"
missing() {
	PATH="$work/bin" fails "$sh" labs/check "$@" >"$work/said" 2>&1
}
missing || echo 'not ok labs-surroundings/missing: its status was 0'
run check-missing 'missing: qemu-system-i386 or qemu-system-x86_64, to run guests' cat "$work/said"
run check-how 'apt-get install .*gcc-i686-linux-gnu' cat "$work/said"
missing --packages || :
run check-names '^make gcc-i686-linux-gnu binutils-i686-linux-gnu qemu-system-x86' cat "$work/said"
rm "$work/bin/uname"
printf '#!%s\necho Darwin\n' "$sh" >"$work/bin/uname" && chmod +x "$work/bin/uname"
missing || :
run check-macos 'brew install .*i686-elf-gcc i686-elf-binutils qemu' cat "$work/said"
# What labs/check asks for is enough: this machine without the rest (no Bochs, nothing that makes ISOs) and without apt-get.
mkdir "$work/enough"
ln -s /bin/* /usr/bin/* /usr/sbin/* /usr/local/bin/* "$work/enough/" 2>/dev/null || : # some names are there twice
for tool in bochs grub-mkrescue mformat xorriso xz mkfs.fat node npm websockify chromium clang cpio apt-get sudo git; do
	rm -f "$work/enough/$tool"
done
run enough "$good" env PATH="$work/enough" make -C "$tree" BUILD=other grade T=event
run enough-check 'All is here' env PATH="$work/enough" "$root/labs/check"

# The container and tools/install-deps get what labs/check looks for.
sed -n "/^table='/,/^'/s/^[^|]*|[^|]*|\([^|]*\)|.*/\1/p" labs/check | grep -v coreutils | sort >"$work/wanted"
sed -n 's/^\(build\|qemu\|labs\) .* //p' tools/install-deps | grep -v libc6-dev | sort >"$work/installed" # comes with gcc elsewhere
sed -n '/apt-get install/,/&&/p' labs/Dockerfile | xargs -n 1 >"$work/contained"
if diff "$work/wanted" "$work/installed" && ! grep -vxF -f "$work/contained" "$work/wanted"; then echo same; fi >"$work/packages"
run same-packages '^same$' cat "$work/packages"
