/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of the other end, and the way there. */
#include "devices/host/uart.h"
#include "hv/gdb/private.h"
#include "hv/time/time.h"

struct session session;
bool gdb_on;

/* So long a machine whose guests have all ended waits for an extended gdb to start one again. */
#define REST_NS (60 * 1000000000ull)

/* That it is not armed any more is all there is to know. */
static void rested(struct timer *t)
{
	(void)t;
}

void session_heard(void)
{
	session.heard = now_ns();
	if (!session.over)
		return;
	session.rest.fire = rested;
	timer_arm(&session.rest, session.heard + REST_NS);
}

bool say(const char *text)
{
	reply_text(&session.out, text);
	return true;
}

bool take_guest(const char **at, struct guest **g)
{
	u32 n;

	if (!take_number(at, &n) || !n || n > guest_count)
		return false;
	*g = &guests[n - 1];
	return true;
}

void session_send(void)
{
	reply_end(&session.out);
	session_heard(); /* from here it has as long to say something */
	uart_debug_write(session.out.data, session.out.len);
}
