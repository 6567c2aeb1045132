/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes in on a framed line: keys for guests and for the prompt, and a program's commands. */
#include "hv/console/console.h"
#include "hv/console/frames.h"
#include "hv/console/guest_side.h"
#include "hv/guest/guest.h"
#include "lib/string.h"

#define LINE 80u

static struct {
	bool escaped; /* ESCAPE came last */
	char channel; /* 0: none yet; what comes first may have lost its head, and is for nobody */
	u32 len;
	char line[LINE]; /* the program's command so far */
} in;

/* `channels` is for programs that come late, the rest are the monitor's commands. */
static void carry_out(void)
{
	char command[LINE];

	in.line[in.len] = '\0';
	in.len = 0;
	memcpy(command, in.line, LINE);
	frames_answer_begin();
	if (strcmp(command, "channels") == 0)
		for (u32 i = 0; i < guest_count; i++)
			frames_name(&guests[i]);
	else
		console_prompt_run(command);
	frames_answer_end(in.line);
}

static void program_key(char c)
{
	if (c == '\n')
		carry_out();
	else if (in.len < LINE - 1)
		in.line[in.len++] = c;
}

static bool deliver(char c)
{
	u32 n = (u32)(in.channel - FRAMES_GUESTS);

	if (in.channel == FRAMES_PROGRAM)
		program_key(c);
	else if (in.channel == FRAMES_SELF)
		(void)console_prompt_key(c);
	else
		return n < guest_count && guests[n].console && guest_key(&guests[n], c);
	return false;
}

bool frames_take(char c)
{
	if (c == FRAMES_ESCAPE && !in.escaped) {
		in.escaped = true;
		return false;
	}
	if (in.escaped && c != FRAMES_ESCAPE) {
		in.channel = c;
		in.escaped = false;
		return false;
	}
	in.escaped = false;
	return deliver(c);
}
