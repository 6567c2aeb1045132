/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two filters of guests' console bytes. Escape sequences are those of ECMA-48 (5.3, 5.4) and
 * of the VT100 family. */
#include "hv/console/filter.h"
#include "lib/string.h"

#define ESC 0x1b
#define BEL 0x07 /* ends a string, else is dropped */
#define DEL 0x7f

/* Final bytes of CSI sequences that draw or set modes; among those left out: c and x (reports of
 * what the terminal is), g (tabs are where row.c thinks they are), i (printer), p, q and y
 * (resets, versions, tests), t (window and its title). The
 * report of the cursor, n, stays: line editors need it, and it holds two numbers only. */
static const char csi_allowed[] = "@ABCDEFGHIJKLMPSTXZ`abdefhlmnrsu";
/* Second bytes of two-byte sequences: cursor save and restore, index, keypad, reset. */
static const char esc_allowed[] = "78DEM=>c";

static bool in_set(const char *set, u8 c)
{
	return c && strchr(set, c) != NULL;
}

/* Where the machine goes from inside a sequence; FILTER_TEXT: `c` was its last byte. */
static enum filter_state sequence_next(struct filter *f, u8 c)
{
	switch (f->state) {
	case FILTER_ESC:
		if (c == '[')
			return FILTER_CSI;
		if (in_set("()*+#% ", c))
			return FILTER_CHARSET; /* one more byte */
		if (in_set("]PX^_", c))
			return FILTER_STRING; /* OSC, DCS, SOS, PM, APC: up to BEL or ESC \ */
		return FILTER_TEXT;
	case FILTER_CSI:
		return c >= 0x40 && c <= 0x7e ? FILTER_TEXT : FILTER_CSI;
	case FILTER_STRING:
		return c == BEL ? FILTER_TEXT : FILTER_STRING;
	default:
		return FILTER_TEXT;
	}
}

/* The complete sequence may go to the terminal. */
static bool sequence_allowed(const struct filter *f, enum filter_state kind)
{
	u8 last = (u8)f->sequence[f->len - 1];

	switch (kind) {
	case FILTER_ESC:
		return in_set(esc_allowed, last);
	case FILTER_CSI:
		return in_set(csi_allowed, last);
	case FILTER_CHARSET:
		return (f->sequence[1] == '(' || f->sequence[1] == ')') && in_set("AB012", last);
	default:
		return false;
	}
}

/* One byte inside an escape sequence; true: the sequence is complete and may be shown. */
static bool sequence_byte(struct filter *f, u8 c)
{
	enum filter_state kind = f->state;
	bool fits;

	if (c == ESC) { /* a new one begins, or a string ends with ESC \ */
		f->state = FILTER_ESC;
		f->sequence[0] = ESC;
		f->len = 1;
		return false;
	}
	if ((c < ' ' || c == DEL) &&
	    kind != FILTER_STRING) { /* never inside: give the sequence up */
		f->state = FILTER_TEXT;
		return false;
	}
	fits = f->len < FILTER_SEQUENCE;
	if (fits)
		f->sequence[f->len++] = (char)c;
	f->state = sequence_next(f, c);
	return f->state == FILTER_TEXT && fits && sequence_allowed(f, kind);
}

char filter_line(struct filter *f, char c)
{
	u8 b = (u8)c;

	if (f->state != FILTER_TEXT || b == ESC) {
		bool broken = b == '\n' && f->state != FILTER_STRING;

		sequence_byte(f, b);
		if (!broken)
			return 0;
	}
	if (b == '\n' || b == '\t' || b == '\b' || b == '\r')
		return c;
	if (b < ' ' || b == DEL)
		return 0;
	if (b > DEL)
		return '?';
	return c;
}

/* Bytes of UTF-8 pass in their order. A lone 80 to 9F would be a control function of an 8-bit
 * terminal, and so is C2 with one of them in UTF-8: a '?' stands for characters that begin so. */
static u32 utf8_byte(struct filter *f, u8 b, char out[FILTER_SEQUENCE])
{
	bool lead = b >= 0xc0;

	if (lead)
		f->more = b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : 1;
	else if (f->more)
		f->more--;
	else
		b = '?';
	if (!lead && f->hidden && b != '?')
		return 0;
	f->hidden = lead && b == 0xc2;
	if (f->hidden)
		b = '?';
	out[0] = (char)b;
	if (lead || b == '?')
		row_odd(&f->row);
	return 1;
}

u32 filter_screen(struct filter *f, char c, char out[FILTER_SEQUENCE])
{
	u8 b = (u8)c;

	if (f->state != FILTER_TEXT || b == ESC) {
		bool broken = b < ' ' && b != ESC && f->state != FILTER_STRING;

		if (sequence_byte(f, b)) {
			memcpy(out, f->sequence, f->len);
			return row_sequence(&f->row, f->sequence, f->len) ? f->len : 0;
		}
		if (!broken)
			return 0;
	}
	if (b == DEL || (b < ' ' && !in_set("\n\r\t\b", b)))
		return 0;
	if (b >= 0x80)
		return utf8_byte(f, b, out);
	f->more = 0;
	if (b < ' ')
		row_control(&f->row, c);
	else
		c = row_put(&f->row, c);
	out[0] = c;
	return 1;
}
