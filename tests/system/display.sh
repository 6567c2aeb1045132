# SPDX-License-Identifier: GPL-2.0-or-later
# Two guests share the screen. Dumps of it through QEMU's monitor are compared pixel by pixel with
# what must be seen: before, between and after changes by key, hot key, command and death, with
# pictures of one size and of two; 1000 changes under load lose no frame.
set -eu
: "${stubs:?tests/run sets it}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${HOSTCC:-gcc} -O2 -I. -o "$work/pixels" tests/system/pixels.c guest-stubs/mandel/picture.c

# dump N of the script is $work/N.ppm
dumps() {
	sed "s|^dump \(.*\)|qemu screendump $work/\1.ppm|" >"$work/script"
}

# boot NAME OPTIONS...: guest a holds its second picture, b draws for ever.
boot() {
	name=$1
	shift
	status=0
	tools/run --timeout 900 --script "$work/script" "$@" </dev/null >"$work/raw" 2>&1 || status=$?
	tr -d '\r' <"$work/raw" >"$work/log"
	grep -v 'verified' "$work/log"
	echo "$name: status $status"
}

# held N SEED FRAME: exactly this. drawn N SEED: what it is drawing.
held() {
	"$work/pixels" "$work/$1.ppm" "$2" "$3"
}
drawn() {
	"$work/pixels" "$work/$1.ppm" "$2"
}

dumps <<'END'
wait \[a\] mandel: seed 1 holds, verified 2 times
wait \[b\] mandel: seed 2 frame 2
dump a-first
keys \001n
wait \[b\] mandel: seed 2 frame
dump b-by-key
qemu sendkey ctrl-alt-f1
wait \[a\] mandel: seed 1 holds
dump a-by-hot-key
monitor screen b
wait \[b\] mandel: seed 2 frame
dump b-by-command
monitor screen a
wait \* a
count 2 \[a\] mandel: seed 1 holds
monitor maps a
wait slot 2 placed=300 in=device mapped=300
monitor mem
wait mem total
monitor screen 1000
wait screen: 1000 switches done
monitor mem
wait mem total
count 2 \[a\] mandel: seed 1 holds
dump a-after-1000
monitor focus b
wait mandel: seed 2 frame
dump b-by-focus
monitor focus a
wait mandel: seed 1 holds
keys q
wait \[a\] powered off
monitor focus none
count 2 \[b\] mandel: seed 2 frame
dump b-inherits
monitor mem
wait mem total
monitor restart b
wait \[b\] mandel: seed 2, 640x480
monitor list
wait b +running
count 2 \[b\] mandel: seed 2 frame
dump b-restarted
monitor focus b
wait mandel: seed 2 frame
keys q
END
boot 'one size' --guest a --kernel "$stubs/mandel" --mem 8M --set display=640x480 \
	--append 'seed=1 frames=2 move=1' \
	--guest b --kernel "$stubs/mandel" --mem 8M --set display=640x480 --append seed=2
[ "$status" = 0 ]
held a-first 1 2
drawn b-by-key 2
held a-by-hot-key 1 2
drawn b-by-command 2
held a-after-1000 1 2
drawn b-by-focus 2
drawn b-inherits 2
drawn b-restarted 2
grep -q '^mandel: seed 1, 2 frames, all pixels right' "$work/log"
grep -q '^mandel: seed 2, .* frames, all pixels right' "$work/log"
# Frames before and after the thousand, and of the dead.
[ "$(grep -c '^mem owner=a frames=[1-9]' "$work/log")" = 2 ]
[ "$(grep '^mem owner=[ab] frames=[1-9]' "$work/log" | head -n 4 | sort -u | wc -l)" = 2 ]
[ "$(grep '^mem total=' "$work/log" | head -n 2 | sort -u | wc -l)" = 1 ]
grep -q '^mem owner=a frames=0 ' "$work/log"

dumps <<'END'
wait \[a\] mandel: seed 3 holds
wait \[b\] mandel: seed 4 holds
dump small
keys \001n
wait \[b\] mandel: seed 4 holds
dump large
keys \001n
wait \[a\] mandel: seed 3 holds
dump small-again
monitor screen 50
wait screen: 50 switches done
wait \[a\] mandel: seed 3 holds
dump small-after-50
monitor kill a
wait \[a\] killed
wait \[b\] mandel: seed 4 holds
dump large-inherits
monitor off
END
boot 'two sizes' --guest a --kernel "$stubs/mandel" --mem 8M --set display=640x400 \
	--append 'seed=3 frames=1' \
	--guest b --kernel "$stubs/mandel" --mem 8M --set display=800x600 --append 'seed=4 frames=1'
[ "$status" = 1 ]
held small 3 1
held large 4 1
held small-again 3 1
held small-after-50 3 1
held large-inherits 4 1
head -c 15 "$work/small.ppm" | grep -q '640 400'
head -c 15 "$work/large.ppm" | grep -q '800 600'
