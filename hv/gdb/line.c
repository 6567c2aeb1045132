/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of the other end, and the way there. */
#include "devices/host/uart.h"
#include "hv/gdb/private.h"

struct session session;

void session_send(void)
{
	reply_end(&session.out);
	uart_debug_write(session.out.data, session.out.len);
}
