/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest printed last, for the report of its end: a ring of raw bytes, made lines when asked.
 */
#include "hv/console/console.h"
#include "hv/console/guest_side.h"
#include "hv/guest/guest.h"
#include "lib/string.h"

#define SHOWN 100u /* characters of a line */

_Static_assert((GUEST_RECENT & (GUEST_RECENT - 1)) == 0, "the index wraps by masking");

void guest_remember(struct console *con, const char *text, u32 len)
{
	u32 skip = len > GUEST_RECENT ? len - GUEST_RECENT : 0, left = len - skip;

	text += skip;
	con->recent_len += skip;
	while (left) {
		u32 at = con->recent_len % GUEST_RECENT, n = MIN(left, GUEST_RECENT - at);

		memcpy(con->recent + at, text, n);
		con->recent_len += n;
		text += n;
		left -= n;
	}
}

static char byte_at(const struct console *con, u32 at)
{
	return con->recent[at % GUEST_RECENT];
}

/* Where the last n lines begin. */
static u32 begin(const struct console *con, u32 n)
{
	u32 oldest = con->recent_len - MIN(con->recent_len, GUEST_RECENT), at = con->recent_len;

	if (at != oldest && byte_at(con, at - 1) == '\n')
		at--; /* the end of the last line is not one more */
	for (; at != oldest; at--)
		if (byte_at(con, at - 1) == '\n' && !--n)
			break;
	return at;
}

void console_recent(const struct guest *g, u32 n, void (*line)(void *ctx, const char *text),
		    void *ctx)
{
	const struct console *con = g->console;
	char text[SHOWN + 1];
	u32 len = 0;

	if (!con || !n)
		return;
	for (u32 at = begin(con, n); at != con->recent_len; at++) {
		char c = byte_at(con, at);

		if (c == '\n') {
			text[len] = '\0';
			line(ctx, text);
			len = 0;
		} else if (c != '\r' && len < SHOWN) {
			text[len++] = (char)(c >= ' ' && c <= '~' ? c : '.');
		}
	}
	text[len] = '\0';
	if (len)
		line(ctx, text);
}
