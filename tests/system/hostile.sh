# SPDX-License-Identifier: GPL-2.0-or-later
# each: tests/hostile-end groups
# Attacks, several guests in one boot, each ends the way its list says; a neighbour that computes
# meanwhile gets it right. Every attack is a result.
set -eu
: "${stubs:?tests/run sets it}" "${each:?}"
on=${each%-*}
attacks=$(tests/hostile-end group "${each##*-}")
log=$(mktemp)
trap 'rm -f "$log"' EXIT

set -- --timeout 1500 --guest heart --kernel "$stubs/heartbeat" --mem 8M --append rounds=100
case $on in
bochs) set -- --emulator bochs "$@" ;;
qemu) ;;
*) set -- --cpu "$on" "$@" ;;
esac
for attack in $attacks; do
	set -- "$@" --guest "$attack" --kernel "$stubs/hostile" --mem 16M --append "attack=$attack"
done
status=0
tools/run "$@" </dev/null >"$log" 2>&1 || status=$?
tr -d '\r\000' <"$log" | sed 's/^ok /> ok /; s/^not ok /> not ok /' # a guest's words are no result
printed() {
	tr -d '\r\000' <"$log" | grep -Eq -e "$1"
}
for attack in $attacks; do
	line=$(tests/hostile-end line "$attack")
	if printed "$line"; then
		echo "ok hostile/$attack@$on"
	else
		echo "not ok hostile/$attack@$on: missing $line"
	fi
done
printed '^\[heart\] heartbeat: checksum c3b663e3 ok$' || exit 1
[ "$status" -le 1 ]
