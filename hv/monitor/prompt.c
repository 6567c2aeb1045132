/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The monitor's prompt: Ctrl-A opens it, one command line is typed and carried out, then the line
 * goes back to whom it belonged. The guests run on meanwhile.
 */
#include "hv/console/console.h"
#include "hv/monitor/edit.h"
#include "hv/monitor/monitor.h"
#include "hv/time/time.h"

#define CTRL_A	  0x01
#define CTRL_C	  0x03
#define CTRL_U	  0x15
#define BACKSPACE 0x08
#define ESC	  0x1b
#define DEL	  0x7f
#define NEXT	  'n' /* first on the line, so no command may begin with it */

/* Esc alone leaves; a key that sends a sequence sends the rest of it at once, or nearly: ten bytes
 * of a line of 2400 baud. */
#define ESC_NS 50000000u

/* Keys that send ESC [ or ESC O, perhaps a number, and a letter or ~ (ECMA-48, 5.4; xterm). */
static struct {
	enum { KEY_PLAIN, KEY_ESC, KEY_SEQUENCE } state;
	u32 number;
	struct timer alone; /* fires when nothing followed the Esc */
} keys;

static void open_prompt(void)
{
	console_prompt_set(true);
	keys.state = KEY_PLAIN;
	edit_begin();
}

static void leave(void)
{
	console_prompt("\n", 1);
	console_prompt_set(false);
	console_prompt_closed();
}

static void enter_line(void)
{
	char *line = edit_finish();

	console_prompt("\n", 1);
	console_prompt_set(false); /* what the command prints needs no prompt behind it */
	monitor_command(line);
	console_prompt_closed();
}

static void esc_alone(struct timer *t)
{
	(void)t;
	if (keys.state != KEY_ESC || !console_prompt_open())
		return;
	keys.state = KEY_PLAIN;
	leave();
}

/* A whole line's way is more than any line has. */
#define ALL ((s32)EDIT_LINE)

static void sequence(char c)
{
	if (c >= '0' && c <= '9') {
		keys.number = (keys.number * 10 + (u32)(c - '0')) % 1000;
		return;
	}
	if (c < '@' || c > '~') /* a parameter more, or no sequence */
		return;
	keys.state = KEY_PLAIN;
	if (c == 'A' || c == 'B')
		edit_history(c == 'A');
	else if (c == 'C' || c == 'D')
		edit_move(c == 'C' ? 1 : -1);
	else if (c == 'H' || (c == '~' && (keys.number == 1 || keys.number == 7)))
		edit_move(-ALL);
	else if (c == 'F' || (c == '~' && (keys.number == 4 || keys.number == 8)))
		edit_move(ALL);
	else if (c == '~' && keys.number == 3)
		edit_delete();
}

static void plain(char c)
{
	switch (c) {
	case '\r':
	case '\n':
		enter_line();
		break;
	case CTRL_A: {
		bool empty = edit_empty();

		leave();
		if (empty)
			console_type(CTRL_A);
		break;
	}
	case CTRL_C:
		leave();
		break;
	case ESC:
		keys.state = KEY_ESC;
		keys.alone.fire = esc_alone;
		timer_arm(&keys.alone, now_ns() + ESC_NS);
		break;
	case BACKSPACE:
	case DEL:
		edit_back();
		break;
	case CTRL_U:
		edit_clear();
		break;
	case NEXT:
		if (edit_empty()) {
			leave();
			screen_turn();
			break;
		}
		/* fall through */
	default:
		if (c >= ' ' && c <= '~')
			edit_insert(c);
	}
}

static void key(char c)
{
	if (keys.state == KEY_SEQUENCE) {
		sequence(c);
	} else if (keys.state == KEY_ESC && (c == '[' || c == 'O')) {
		keys.state = KEY_SEQUENCE;
		keys.number = 0;
	} else {
		if (keys.state == KEY_ESC) { /* and another key: it was alone */
			keys.state = KEY_PLAIN;
			leave();
			if (!console_prompt_key(c))
				console_type(c);
			return;
		}
		plain(c);
	}
}

void monitor_init(void)
{
	static const struct prompt_ops ops = {
		.open = open_prompt, .key = key, .redraw = edit_redraw, .run = monitor_command};

	console_prompt_hook(&ops);
}
