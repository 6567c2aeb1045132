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

/* ---- Characters of several bytes ----------------------------------------------------------- */

/* Well-formed ones (The Unicode Standard, table 3-7): how long one is that begins so, 0 where none
 * does, and what its second byte may be; each further one is 80 to BF. */
static const struct {
	u8 first, last, bytes, low, high;
} utf8[] = {
	{0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf}, {0xe1, 0xec, 3, 0x80, 0xbf},
	{0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf}, {0xf0, 0xf0, 4, 0x90, 0xbf},
	{0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

/* Characters that do something instead of being shown: control functions, which are those of an
 * 8-bit terminal, marks that turn the direction of writing, and ends of lines. */
static const struct {
	u8 bytes[2], low, high; /* the last byte's range */
	u8 len;			/* before that one */
} acting[] = {
	{{0xc2}, 0x80, 0x9f, 1},       {{0xd8}, 0x9c, 0x9c, 1},	      {{0xe2, 0x80}, 0x8e, 0x8f, 2},
	{{0xe2, 0x80}, 0xa8, 0xae, 2}, {{0xe2, 0x81}, 0xa6, 0xa9, 2},
};

static bool acts(const struct filter *f)
{
	u8 last = f->character[f->have - 1];

	for (u32 i = 0; i < ARRAY_LEN(acting); i++)
		if (f->have == acting[i].len + 1 && last >= acting[i].low &&
		    last <= acting[i].high && !memcmp(f->character, acting[i].bytes, acting[i].len))
			return true;
	return false;
}

static void begin_character(struct filter *f, u8 b, u32 row)
{
	f->character[0] = b;
	f->have = 1;
	f->need = utf8[row].bytes;
	f->low = utf8[row].low;
	f->high = utf8[row].high;
}

/* What was begun and does not go on is one mark. */
static u32 cut_character(struct filter *f, char *out)
{
	if (!f->need)
		return 0;
	f->need = 0;
	*out = '?';
	return 1;
}

/* One byte from 80 on; how many bytes of `out` it makes: a whole character, or marks. */
static u32 utf8_byte(struct filter *f, u8 b, char *out)
{
	u32 n = 0;

	if (f->need && b >= f->low && b <= f->high) {
		f->character[f->have++] = b;
		f->low = 0x80;
		f->high = 0xbf;
		if (f->have < f->need)
			return 0;
		if (acts(f))
			return cut_character(f, out);
		f->need = 0;
		memcpy(out, f->character, f->have);
		return f->have;
	}
	n = cut_character(f, out);
	for (u32 i = 0; i < ARRAY_LEN(utf8); i++) {
		if (b >= utf8[i].first && b <= utf8[i].last) {
			begin_character(f, b, i);
			return n;
		}
	}
	out[n++] = '?';
	return n;
}

/* ---- The two filters ------------------------------------------------------------------------ */

u32 filter_line(struct filter *f, char c, char out[FILTER_LINE])
{
	u8 b = (u8)c;
	u32 n;

	if (b > DEL && f->state == FILTER_TEXT)
		return utf8_byte(f, b, out);
	n = cut_character(f, out);
	if (f->state != FILTER_TEXT || b == ESC) {
		bool broken = b == '\n' && f->state != FILTER_STRING;

		sequence_byte(f, b);
		if (!broken)
			return n;
	}
	if (b == DEL || (b < ' ' && !in_set("\n\r\t\b", b)))
		return n;
	out[n++] = c;
	return n;
}

/* How wide a character of several bytes is, the row does not know. */
static u32 put_characters(struct row *r, const char *out, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		if (out[i] == '?')
			(void)row_put(r, '?');
		else if (utf8_begins(out[i]))
			row_odd(r);
	}
	return n;
}

u32 filter_screen(struct filter *f, char c, char out[FILTER_SEQUENCE])
{
	u8 b = (u8)c;
	u32 n;

	if (b > DEL && f->state == FILTER_TEXT)
		return put_characters(&f->row, out, utf8_byte(f, b, out));
	n = put_characters(&f->row, out, cut_character(f, out));
	if (f->state != FILTER_TEXT || b == ESC) {
		bool broken = b < ' ' && b != ESC && f->state != FILTER_STRING;

		if (sequence_byte(f, b)) {
			memcpy(out, f->sequence, f->len);
			return row_sequence(&f->row, f->sequence, f->len) ? f->len : 0;
		}
		if (!broken)
			return n;
	}
	if (b == DEL || (b < ' ' && !in_set("\n\r\t\b", b)))
		return n;
	if (b < ' ')
		row_control(&f->row, c);
	else
		c = row_put(&f->row, c);
	out[n++] = c;
	return n;
}
