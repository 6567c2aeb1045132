/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of the other end, and the way there. */
#include "devices/host/uart.h"
#include "hv/gdb/private.h"
#include "hv/time/time.h"

struct session session;
bool gdb_on;

static void wake(struct timer *t)
{
	(void)t;
}

void session_wake(struct timer *t, u64 when)
{
	t->fire = wake;
	timer_arm(t, when);
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
	session.heard = now_ns(); /* from here it has as long to say something */
	uart_debug_write(session.out.data, session.out.len);
}
