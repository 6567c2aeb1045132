/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The monitor's prompt: Ctrl-A opens it, one command line is typed and carried out, then the line
 * goes back to whom it belonged. The guests run on meanwhile.
 */
#include "hv/console/console.h"
#include "hv/monitor/monitor.h"
#include "hv/monitor/private.h"

#define LINE 80u

#define CTRL_A	  0x01
#define CTRL_C	  0x03
#define CTRL_U	  0x15
#define BACKSPACE 0x08
#define ESC	  0x1b
#define DEL	  0x7f
#define NEXT	  'n' /* first on the line, so no command may begin with it */

static const char prompt[] = "(ringone) ";

static struct {
	u32 len;
	char line[LINE];
} mon;

static void redraw(void)
{
	console_prompt(prompt, sizeof(prompt) - 1);
	console_prompt(mon.line, mon.len);
}

static void open_prompt(void)
{
	console_prompt_set(true);
	mon.len = 0;
	redraw();
}

static void leave(void)
{
	console_prompt("\n", 1);
	console_prompt_set(false);
	console_prompt_closed();
}

static void enter_line(void)
{
	mon.line[mon.len] = 0;
	console_prompt("\n", 1);
	console_prompt_set(false); /* what the command prints needs no prompt behind it */
	monitor_command(mon.line);
	console_prompt_closed();
}

static void erase(u32 n)
{
	for (; n && mon.len; n--, mon.len--)
		console_prompt("\b \b", 3);
}

static void key(char c)
{
	switch (c) {
	case '\r':
	case '\n':
		enter_line();
		break;
	case CTRL_A:
		leave();
		if (!mon.len)
			console_type(CTRL_A);
		break;
	case CTRL_C:
	case ESC:
		leave();
		break;
	case BACKSPACE:
	case DEL:
		erase(1);
		break;
	case CTRL_U:
		erase(mon.len);
		break;
	case NEXT:
		if (!mon.len) {
			leave();
			screen_turn();
			break;
		}
		/* fall through */
	default:
		if (c < ' ' || c > '~' || mon.len == LINE - 1)
			break;
		mon.line[mon.len++] = c;
		console_prompt(&c, 1);
	}
}

void monitor_init(void)
{
	static const struct prompt_ops ops = {
		.open = open_prompt, .key = key, .redraw = redraw, .run = monitor_command};

	console_prompt_hook(&ops);
}
