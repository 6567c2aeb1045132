/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Channels on one serial line. Both ways: ESCAPE and a channel's letter say whose the bytes are
 * that follow, until the next such pair; ESCAPE twice is that byte itself. So nobody can leave its
 * channel, a lost byte spoils no more than the piece it was in, and no length has to be known in
 * advance.
 */
#include "hv/console/frames.h"
#include "devices/host/uart.h"
#include "hv/console/console.h"
#include "hv/guest/guest.h"
#include "lib/string.h"

#define ESCAPE	 0x10 /* DLE */
#define SELF	 '@'  /* log and monitor */
#define PROGRAM	 '!'  /* commands of a program, and the answers */
#define GUESTS	 'A'  /* the first guest's, the next letter is the second's and so on */
#define LINE	 80u
#define NOTE	 64u
#define LAST_ONE (GUESTS + GUESTS_MAX - 1)

_Static_assert(LAST_ONE < 0x7f, "a channel for each guest");

static struct {
	bool on, answering;
	bool escaped; /* ESCAPE came last */
	char out, in; /* channels; 0: none yet */
	u32 len;
	char line[LINE]; /* the program's command so far */
} fr;

bool frames_on(void)
{
	return fr.on;
}

bool frames_answering(void)
{
	return fr.answering;
}

/* ---- To the line -------------------------------------------------------------------------- */

static void send(char channel, const char *text, u32 len)
{
	const char change[] = {ESCAPE, channel}, twice[] = {ESCAPE, ESCAPE};
	u32 from = 0;

	if (!len)
		return;
	if (fr.out != channel)
		uart_write(change, sizeof(change));
	fr.out = channel;
	for (u32 i = 0; i < len; i++) {
		if (text[i] != ESCAPE)
			continue;
		uart_write(text + from, i - from);
		uart_write(twice, sizeof(twice));
		from = i + 1;
	}
	uart_write(text + from, len - from);
}

void frames_write(const char *text, u32 len)
{
	send(SELF, text, len);
}

static char channel_of(const struct guest *g)
{
	return (char)(GUESTS + (g - guests));
}

void frames_guest_out(const struct guest *g, const char *text, u32 len)
{
	send(channel_of(g), text, len);
}

void frames_answer(const char *line)
{
	send(PROGRAM, line, (u32)strlen(line));
	send(PROGRAM, "\n", 1);
}

void frames_name(const struct guest *g)
{
	char note[NOTE];

	snprintf(note, sizeof(note), "channel %c %s", channel_of(g), g->name);
	frames_answer(note);
}

/* ---- From the line ------------------------------------------------------------------------ */

/* Carry out the program's line. `channels` is for those who come late, the rest are the monitor's
 * commands. The last line of every answer is "end" and the command, so that the answer to something
 * mutilated is not mistaken for another. */
static void carry_out(void)
{
	char end[LINE + 8];

	fr.line[fr.len] = '\0';
	fr.len = 0;
	snprintf(end, sizeof(end), "end %s", fr.line);
	fr.answering = true;
	if (strcmp(fr.line, "channels") == 0)
		for (u32 i = 0; i < guest_count; i++)
			frames_name(&guests[i]);
	else
		console_prompt_run(fr.line);
	fr.answering = false;
	frames_answer(end);
}

static void program_key(char c)
{
	if (c == '\n')
		carry_out();
	else if (fr.len < LINE - 1)
		fr.line[fr.len++] = c;
}

static void deliver(char c)
{
	if (fr.in == PROGRAM)
		program_key(c);
	else if (fr.in == SELF)
		(void)console_prompt_key(c);
	else if (fr.in >= GUESTS && (u32)(fr.in - GUESTS) < guest_count)
		console_type_at(&guests[fr.in - GUESTS], c);
}

void frames_take(char c)
{
	if (c == ESCAPE && !fr.escaped) {
		fr.escaped = true;
		return;
	}
	if (fr.escaped && c != ESCAPE)
		fr.in = c;
	else
		deliver(c);
	fr.escaped = false;
}

void frames_start(void)
{
	fr.on = true; /* what comes in before the first pair may have lost its head: it is for
			 nobody */
}
