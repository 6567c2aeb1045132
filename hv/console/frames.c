/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Channels on one serial line. Both ways: ESCAPE and a channel's letter say whose the bytes are
 * that follow, until the next such pair; ESCAPE twice is that byte itself. So nobody can leave its
 * channel, a lost byte spoils no more than the piece it was in, and no length has to be known in
 * advance.
 */
#include "hv/console/frames.h"
#include "devices/host/uart.h"
#include "hv/guest/guest.h"
#include "lib/string.h"

#define NOTE 64u

_Static_assert(FRAMES_GUESTS + GUESTS_MAX <= 0x7f, "a channel for each guest");

static struct {
	bool on, answering;
	char channel; /* 0: none yet */
} out;

bool frames_on(void)
{
	return out.on;
}

void frames_start(void)
{
	out.on = true;
}

static void send(char channel, const char *text, u32 len)
{
	const char change[] = {FRAMES_ESCAPE, channel}, twice[] = {FRAMES_ESCAPE, FRAMES_ESCAPE};
	u32 from = 0;

	if (!len)
		return;
	if (out.channel != channel)
		uart_write(change, sizeof(change));
	out.channel = channel;
	for (u32 i = 0; i < len; i++) {
		if (text[i] != FRAMES_ESCAPE)
			continue;
		uart_write(text + from, i - from);
		uart_write(twice, sizeof(twice));
		from = i + 1;
	}
	uart_write(text + from, len - from);
}

void frames_write(const char *text, u32 len)
{
	send(FRAMES_SELF, text, len);
}

static char channel_of(const struct guest *g)
{
	return (char)(FRAMES_GUESTS + (g - guests));
}

void frames_guest_out(const struct guest *g, const char *text, u32 len)
{
	send(channel_of(g), text, len);
}

void frames_answer(const char *line)
{
	send(FRAMES_PROGRAM, line, (u32)strlen(line));
	send(FRAMES_PROGRAM, "\n", 1);
}

void frames_name(const struct guest *g)
{
	char note[NOTE];

	snprintf(note, sizeof(note), "channel %c %s", channel_of(g), g->name);
	frames_answer(note);
}

void frames_answer_begin(void)
{
	out.answering = true;
}

/* With the command, so that the answer to something mutilated is not mistaken for another. */
void frames_answer_end(const char *command)
{
	out.answering = false;
	send(FRAMES_PROGRAM, "end ", 4);
	frames_answer(command);
}

bool frames_answering(void)
{
	return out.answering;
}
