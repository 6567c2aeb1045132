/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the text screen has and a serial line has not: memory for what has scrolled away, and a
 * status line with the guests, who of them has the focus, and what to press. It is written anew
 * when a guest's state or the focus has changed, at most twenty times a second.
 */
#include "hv/console/status.h"
#include "devices/host/textscreen.h"
#include "devices/host/vga.h"
#include "hv/config/config.h"
#include "hv/console/console.h"
#include "hv/console/terminal.h"
#include "hv/guest/guest.h"
#include "hv/time/time.h"
#include "lib/string.h"

#define AGAIN_NS 50000000ull

/* Of the machine's memory a 512th is for what has scrolled away, and not more than this: 800 rows
 * of 80 columns. */
#define SHARE	     512u
#define CELLS_A_PAGE (PAGE_SIZE / sizeof(u16))
#define HISTORY	     (KIB(128) / sizeof(u16))

_Static_assert(HISTORY % CELLS_A_PAGE == 0, "whole pages");

static struct {
	bool on;
	/* what the line says now */
	u32 changes;
	const struct guest *focus;
	u32 back;
	struct timer timer;
} status;

static const char *state_of(const struct guest *g)
{
	static const char *const ended[GUEST_ENDS] = {
		[END_NONE] = "ended",	   [END_OFF] = "off",	    [END_RESTART] = "restarts",
		[END_CRASHED] = "crashed", [END_KILLED] = "killed",
	};

	return g->state == GUEST_ENDED ? ended[g->end] : guest_state_name[g->state];
}

/* One more guest, if there is room for it. */
static bool add(char *line, u32 *len, u32 room, const struct guest *g)
{
	char text[GUEST_NAME_MAX + 16];
	int n = snprintf(text, sizeof(text), " %s%s %s ", g == status.focus ? "*" : " ", g->name,
			 state_of(g));

	if (*len + (u32)n > room)
		return false;
	memcpy(line + *len, text, (u32)n);
	*len += (u32)n;
	return true;
}

/* The guest with the focus comes first: it is always seen. */
static void write_line(struct timer *t)
{
	char line[TEXT_COLUMNS_MAX + 1], hint[40];
	u32 columns, len = 0, room, out = 0;

	(void)t;
	status.on = text_size(&columns) != 0; /* pictures may have taken its place */
	if (!status.on)
		return;
	status.changes = guest_changes;
	status.focus = console_focus();
	status.back = text_rows_back();
	if (status.back)
		snprintf(hint, sizeof(hint), "%u lines back, Shift-PgDn ", status.back);
	else
		snprintf(hint, sizeof(hint), "Ctrl-A: monitor ");
	memset(line, ' ', sizeof(line));
	room = columns - MIN(columns, (u32)strlen(hint) + 5); /* "+31" and blanks */
	if (status.focus)
		out += !add(line, &len, room, status.focus);
	for (u32 i = 0; i < guest_count; i++)
		if (&guests[i] != status.focus)
			out += out || !add(line, &len, room, &guests[i]);
	if (out)
		line[len + (u32)snprintf(line + len, 5, " +%u", out)] = ' ';
	snprintf(line + columns - MIN(columns, strlen(hint)), strlen(hint) + 1, "%s", hint);
	text_status(line);
	terminal_show();
}

void console_screen_open(void)
{
	const struct hv_options *o = &config.opt;
	static struct frame_owner owner = {.name = "text screen"};
	u32 cells;
	pfn_t first;

	if (!o->vga || o->frames || !text_wants())
		return;
	if (o->fifty_rows && !vga_fifty_rows())
		log_line(LOG_WARN, NULL,
			 "screen=80x50: it stays as it is, since this needs a VGA in a colour text "
			 "mode "
			 "and its BIOS");
	cells = text_wants();
	cells += MIN(frame_total_count() / SHARE * CELLS_A_PAGE, HISTORY);
	cells = ALIGN_UP(cells, CELLS_A_PAGE);
	if (frame_alloc_run(&owner, cells / CELLS_A_PAGE, &first) == HV_OK)
		text_grow(frame_ptr(first), cells, o->status);
	else
		text_grow(NULL, 0, o->status);
	status.on = o->status;
	status.changes = guest_changes - 1;
	status.timer.fire = write_line;
}

void status_poll(void)
{
	if (!status.on || status.timer.armed)
		return;
	if (status.changes != guest_changes || status.focus != console_focus() ||
	    status.back != text_rows_back())
		timer_arm(&status.timer, now_ns() + AGAIN_NS);
}
