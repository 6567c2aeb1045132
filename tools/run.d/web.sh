# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # what is shared with the other parts: see tools/run
# The page of docs/web.md as the machine's terminal and screen.

# relay_web: serve the page, and the machine's two sockets to it. The page's address holds a secret, since any page that
# the browser shows could otherwise connect.
relay_web() {
	token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	printf '%s-%s: unix_socket:%s\n' "$token" line "$work/line" "$token" screen "$work/screen" >"$work/tokens"
	websockify --web "$page" --token-plugin TokenFile --token-source "$work/tokens" \
		"127.0.0.1:$web" >"$work/relay.log" 2>&1 &
	relay=$!
	tries=0
	until grep -q 'proxying from' "$work/relay.log"; do
		tries=$((tries + 1))
		if [ "$tries" -gt 300 ] || ! kill -0 "$relay" 2>/dev/null; then
			cat "$work/relay.log" >&2
			die "cannot serve the page at port $web"
		fi
		sleep 0.1
	done
	echo "tools/run: open http://127.0.0.1:$web/#machine=$token; the machine starts then" >&2
}
