/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line editor of one line: a cursor, and the last lines to take up again. It uses backspaces and
 * blanks only, so every terminal and the text screen will do.
 */
#include "hv/monitor/edit.h"
#include "hv/console/console.h"
#include "lib/string.h"

#define HISTORY 8u

static const char prompt[] = "(ringone) ";

static struct {
	u32 len, at; /* characters, and those before the cursor */
	char line[EDIT_LINE];
	u32 lines, shown;	      /* ever kept; which of them is shown, `lines`: none */
	char old[HISTORY][EDIT_LINE]; /* a ring */
} edit;

static void step_back(u32 n)
{
	while (n--)
		console_prompt("\b", 1);
}

void edit_begin(void)
{
	edit.len = edit.at = 0;
	edit.shown = edit.lines;
	edit_redraw();
}

void edit_redraw(void)
{
	console_prompt(prompt, sizeof(prompt) - 1);
	console_prompt(edit.line, edit.len);
	step_back(edit.len - edit.at);
}

bool edit_empty(void)
{
	return !edit.len;
}

char *edit_finish(void)
{
	edit.line[edit.len] = '\0';
	if (edit.len &&
	    (!edit.lines || strcmp(edit.old[(edit.lines - 1) % HISTORY], edit.line) != 0))
		memcpy(edit.old[edit.lines++ % HISTORY], edit.line, edit.len + 1);
	return edit.line;
}

/* Show what is behind the cursor again, and `gone` blanks where there was more. */
static void show_rest(u32 gone)
{
	console_prompt(edit.line + edit.at, edit.len - edit.at);
	for (u32 i = 0; i < gone; i++)
		console_prompt(" ", 1);
	step_back(edit.len - edit.at + gone);
}

void edit_insert(char c)
{
	if (edit.len == EDIT_LINE - 1)
		return;
	memmove(edit.line + edit.at + 1, edit.line + edit.at, edit.len - edit.at);
	edit.line[edit.at] = c;
	edit.len++;
	edit.at++;
	console_prompt(&c, 1);
	if (edit.at != edit.len)
		show_rest(0);
}

void edit_delete(void)
{
	if (edit.at == edit.len)
		return;
	edit.len--;
	memmove(edit.line + edit.at, edit.line + edit.at + 1, edit.len - edit.at);
	show_rest(1);
}

void edit_back(void)
{
	if (!edit.at)
		return;
	edit_move(-1);
	edit_delete();
}

void edit_clear(void)
{
	u32 gone = edit.len;

	step_back(edit.at);
	edit.len = edit.at = 0;
	show_rest(gone);
}

void edit_move(s32 distance)
{
	for (; distance < 0 && edit.at; distance++, edit.at--)
		step_back(1);
	for (; distance > 0 && edit.at < edit.len; distance--)
		console_prompt(&edit.line[edit.at++], 1);
}

void edit_history(bool older)
{
	u32 oldest = edit.lines > HISTORY ? edit.lines - HISTORY : 0;

	if (older ? edit.shown == oldest : edit.shown == edit.lines)
		return;
	edit.shown += older ? -1u : 1u;
	edit_clear();
	if (edit.shown == edit.lines)
		return;
	edit.len = edit.at = (u32)strlen(edit.old[edit.shown % HISTORY]);
	memcpy(edit.line, edit.old[edit.shown % HISTORY], edit.len);
	console_prompt(edit.line, edit.len);
}
