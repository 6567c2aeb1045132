# SPDX-License-Identifier: GPL-2.0-or-later
# The recipes of docs/boot.md: the block of commands below each heading is run as it stands, and what it makes is booted.
# each: sed -n 's/ /_/g; s/,//g; s/^###_//p' docs/boot.md | grep -v kexec
set -eu
: "${stubs:?tests/run sets it}" "${each:?tests/run sets it}"
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tools/run --hv debug-exit=0xf4 --tree-out "$work/tree" --guest hello --kernel "$stubs/hello" --mem 2M \
	--guest alpha --kernel "$stubs/shell" --mem 8M --append run=poweroff
sed -i 's/^set timeout=.*/set timeout=0/' "$work/tree/boot/grub/grub.cfg"
cd "$work"
awk -v want="### $each" '
	{ line = $0; gsub(/,/, "", line); gsub(/ /, "_", line); sub(/^###_/, "### ", line) }
	line ~ /^#/ { on = line == want }
	/^```/ { block = on && !block; next }
	block' "$root/docs/boot.md" >recipe
[ -s recipe ] || { echo "docs/boot.md has no recipe $each"; exit 1; }
if [ "$each" = GRUB_2_installed_already ]; then
	# A menu as Debian makes it, in short: 41_custom's part.
	export boot="$PWD/disk/boot"
	mkdir -p disk/boot/grub
	# shellcheck disable=SC2016 # GRUB's variables
	printf 'set timeout=0\nif [ -f ${config_directory}/custom.cfg ]; then\nsource ${config_directory}/custom.cfg\nfi\n' \
		>disk/boot/grub/grub.cfg
fi
sh -eu recipe
[ ! -d disk ] || grub-mkrescue -o cd.iso disk >log 2>&1 || { cat log; exit 1; }

if [ -e cd.iso ]; then
	set -- -cdrom cd.iso -boot d
elif [ -e floppy.img ]; then
	set -- -drive file=floppy.img,format=raw,if=floppy -boot a
else
	for file in grub.0 pxelinux.0 boot.ipxe; do
		[ ! -e "tftp/$file" ] || set -- -boot n -nic "user,model=e1000,tftp=tftp,bootfile=$file"
	done
fi
status=0
timeout 900 qemu-system-i386 -accel tcg -m 64 -display none -no-reboot -serial file:serial \
	-device isa-debug-exit,iobase=0xf4,iosize=4 "$@" || status=$?
cat serial
[ "$status" -eq 33 ]
grep -q '^.hello. Hello from ring 1' serial
grep -q '^.alpha. powered off' serial
