# SPDX-License-Identifier: GPL-2.0-or-later
# `make lab` and `make grade` whatever surrounds them, and what labs/cut, labs/grade and labs/prove say when something is wrong.
set -eu
root=$PWD
build=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
work="$work/a student's folder" # blanks and a quote
mkdir "$work"
tree="$work/tree of A3"

# result NAME CONDITION...: a command.
result() {
	name=$1
	shift
	if "$@"; then
		echo "ok labs-tools/$name"
	else
		cat "$work/log"
		echo "not ok labs-tools/$name: $* (see above)"
	fi
}

# run COMMAND...: what it printed is in $work/log, how it ended in $status.
run() {
	status=0
	"$@" >"$work/log" 2>&1 </dev/null || status=$?
}
says() {
	grep -Eq -e "$1" "$work/log"
}
# ends STATUS [REGEX]...
ends() {
	[ "$status" -eq "$1" ] || return 1
	shift
	for pattern; do says "$pattern" || return 1; done
}

# ---- A tree ------------------------------------------------------------------------------

mkdir -p "$build/tmp"
trap 'cd "$root" && rm -rf "${work%/*}" "$build/tmp"' EXIT
run env CDPATH=.:/tmp TMPDIR="$build/tmp" make --no-print-directory lab LAB=A3 DIR="$tree"
result lab ends 0 '^A3, Hypercalls: ' 'hc_init'
result no-git test ! -e "$tree/.git"

# What is made already serves here too: names in it are relative.
case $build in
/*) ;;
*)
	mkdir -p "$tree/build"
	for part in obj guest-stubs command linker.ld linker.ld.d; do
		cp -a "$build/$part" "$tree/build/"
	done
	;;
esac

# grade [VARIABLE=VALUE]...: as an ordinary user without a network, where this is root.
grade() {
	if [ "$(id -u)" -eq 0 ] && unshare -n true 2>/dev/null; then
		chown -R 65534:65534 "$tree"
		chmod 755 "${work%/*}" "$work"
		set -- unshare -n setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent CCACHE_DISABLE=1 \
			make --no-print-directory -C "$tree" grade "$@"
	else
		set -- make --no-print-directory -C "$tree" grade "$@"
	fi
	run env -u MAKEFLAGS -u BUILD CDPATH=.:/tmp TMPDIR=labs "$@"
}

grade 'T=copies dispatch'
result grade ends 0 '^A3 copies 0/20 ' '^A3 dispatch 0/15 ' '^A3 total 0/35$' '^    expected: ' \
	'^    seen: .*guest_write\(\) is not written yet' '^    read:     labs/A3/README.md#3-dispatch$' \
	'^    again:    tools/run --icount --guest .* --kernel build/guest-stubs/labs-A3-'
cat >"$work/forms.py" <<'END'
import json, sys, xml.etree.ElementTree as tree
out = sys.argv[1] + '/build/grade/'
results = json.load(open(out + 'results.json'))
suite = tree.parse(out + 'junit.xml').getroot()
assert results['score'] == 0 and sum(test['max_score'] for test in results['tests']) == 35
assert all(test['status'] == 'failed' and 'expected:' in test['output'] for test in results['tests'])
assert suite.get('tests') == '2' and suite.get('failures') == '2' and len(suite.findall('testcase/failure')) == 2
assert 'A3 total 0/35' in open(out + 'grade.txt').read()
END
result forms python3 "$work/forms.py" "$tree"

# Of a test that failed the check that failed is shown, not a line that resembles it.
cat >"$work/nearest.py" <<'END'
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, 'labs/lib')
from run import nearest
lines = ['[a] flush: ok', '[a] x: expected 1, seen 0', '[a] flush moved: expected 2, seen 1', '[a] not ok bits: expected 3, seen 4', '[a] powered off']
assert nearest('flush moved: ok$', lines) == lines[2]
assert nearest('ok bits', lines) == lines[3]
assert nearest('part divide 983769$', lines) == lines[1]
assert nearest('end$', ['[a] begin', '[a] killed: x']) == '[a] killed: x'
assert nearest('x: ok 7f1b2b91$', ['[a] x: ok 12345678']) == '[a] x: ok 12345678 (another number: something that went into it is wrong)'
quiet = ['[a] loaded kernel=1', '[a] started: 8 MiB', '[a] powered off', '[a] stats exits.port=1', 'ringone: verdict 0']
assert nearest('x: ok$', quiet) == '[a] powered off (no guest printed anything)'
assert nearest('x: ok$', ['[a] x: begin', 'tools/run: not finished after 120 seconds']) == '[a] x: begin'
assert nearest('the end$', ['[a] the beginning', '[a] the middle']) == '[a] the middle'
END
run python3 "$work/nearest.py"
result nearest ends 0

# The solution in its place has the points.
cp mm/gmem.c "$tree/mm/"
grade T=copies
result points ends 0 '^A3 copies 20/20 ' '^A3 total 20/20$'

# The archive for Gradescope: what a student submits is graded in a fresh tree, and only the files of the lab count.
at="$work/autograder"
mkdir -p "$at/source" "$at/submission"
run labs/gradescope A3 "$work/a3.zip"
result gradescope ends 0 'students submit .*mm/gmem.c'
python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])' "$work/a3.zip" "$at/source"
tar -C "$at/source" -xzf "$at/source/tree.tar.gz"
[ ! -d "$tree/build" ] || cp -a "$tree/build" "$at/source/tree/"
run env -u MAKEFLAGS -u BUILD AUTOGRADER="$at" sh "$at/source/setup.sh"
result gradescope-setup ends 0
cp mm/gmem.c "$at/submission/" # without its folder
echo 'not C' >"$at/submission/walk.c"
run env -u MAKEFLAGS -u BUILD AUTOGRADER="$at" sh "$at/source/run_autograder" T=copies
result gradescope-run ends 0 '^A3 copies 20/20 '
run cat "$at/results/results.json"
result gradescope-results ends 0 '"score": 20' '"max_score": 20' '"status": "passed"'

# Hidden tests, with a guest of their own.
mkdir "$tree/hidden"
printf '#include "labs/check.h"\nvoid guest_main(void)\n{\n\tcheck_eq("it", 1, 1);\n\tpower_off();\n}\n' >"$tree/hidden/secret.c"
printf '%s\n' 'points: 7' 'what: x' 'expect: it' 'page: x' "run: --guest t --kernel \$guests/labs-A3-secret --mem 4M" 'must: ok it' \
	>"$tree/hidden/secret.test"
grade TESTS=hidden T=secret
result hidden ends 0 '^A3 secret 0/7 x' '^A3 total 0/7$' 'hypercall_first\(\) is not written yet'
rm -r "$tree/hidden"

# ---- What a student may do to it ---------------------------------------------------------

# Another system's line ends, in all that is text.
for file in tools/run labs/A3/lab labs/A3/tests/copies.test labs/A3/tests/test_copies.c labs/labs.mk mm/gmem.c hv/vcpu/ring.c; do
	sed -i 's/$/\r/' "$tree/$file"
done
grade T=copies
result crlf ends 0 '^A3 copies 20/20 ' '^tools/run was changed: .* yours is tools/run.yours'

printf 'points: 20\nwhat: x\nexpect: x\npage: x\nrun: --help\nmust: usage\n' >"$tree/labs/A3/tests/copies.test"
rm "$tree/labs/A3/tests/test_copies.c"
sed -i 's/guest_write/guest_wrote/' "$tree/labs/grade"
grade T=copies
result pristine ends 0 '^A3 copies 20/20 copies from and to' '^labs/A3/tests/copies.test was changed: ' \
	'^labs/A3/tests/test_copies.c was gone: '

echo 'int broken(void) { return nothing_like_that; }' >>"$tree/mm/walk.c"
grade
result no-build ends 2 '^mm/walk.c:.*nothing_like_that' '^A3 total 0/100$' '^It does not build:'
cp mm/walk.c "$tree/mm/"

# ---- Errors ------------------------------------------------------------------------------

grade T=nothing
result no-such-test ends 2 'has no test "nothing": it has copies'
run make --no-print-directory lab LAB=A99 DIR="$work/no"
result no-such-lab ends 2 'there is no lab "A99": there are A0 '
run make --no-print-directory lab LAB=A3 DIR="$tree"
result not-empty ends 2 'is there already, and not empty'
run make --no-print-directory lab
result usage ends 2 'make lab LAB=A4 DIR=../a4'
run make --no-print-directory grade
result which-lab ends 2 'which lab\? Say LAB='

# ---- The lecturer's mistakes -------------------------------------------------------------

mkdir "$work/copy"
git ls-files -z abi boot devices docs guest-stubs hv labs lib mm switcher tests/unit tools Makefile linker.ld README.md |
	xargs -0 cp --parents -t "$work/copy"
cd "$work/copy"
sed -i 's/push_frame(/push_a_frame(/' hv/vcpu/reflect.c
run labs/cut A2 "$work/renamed"
result renamed-function ends 2 'labs/A2/lab: there is no function push_frame in hv/vcpu/reflect.c'
cp "$root/hv/vcpu/reflect.c" hv/vcpu/

sed -i 's/^points: .*/points: 99/' labs/A2/tests/frames.test
run labs/cut A2 "$work/sum"
result sum-of-points ends 2 'parts do not make 99 points'
cp "$root/labs/A2/tests/frames.test" labs/A2/tests/

# A line of the solution in a document: found by what labs/prove looks with.
labs/cut --solution A2 | awk 'length > length(longest) { longest = $0 } END { print "    " longest }' >>docs/tour.md
cat >"$work/leak.py" <<'END'
import subprocess, sys
sys.dont_write_bytecode = True
sys.path.insert(0, 'labs/lib')
import leak
tree = sys.argv[1]
subprocess.run(['labs/cut', 'A2', tree], check=True, stdout=subprocess.DEVNULL)
lines = subprocess.run(['labs/cut', '--solution', 'A2'], check=True, stdout=subprocess.PIPE, encoding='utf-8').stdout
print('\n'.join(leak.leaks(tree, lines.split('\n'))))
END
run python3 "$work/leak.py" "$work/leaky"
result leak ends 0 '^docs/tour.md:[0-9]+: a line of the solution: '
