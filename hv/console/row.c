/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See row.h. The sequences are those of ECMA-48, 8.3, by their final byte. */
#include "hv/console/row.h"
#include "lib/string.h"

#define TAB	8u
#define NARROW	40u /* from here on a terminal may have begun a new row by itself */
#define FARAWAY 10000u
#define UNKNOWN ~0u /* a saved place: another guest's, perhaps */

/* Guests must not look like us: the starts of our log lines and of the monitor's prompt. */
static const char *const our_words[] = {"ringone:", "(ringone)"};

static bool starts_like_us(const struct row *r)
{
	for (u32 i = 0; i < ARRAY_LEN(our_words); i++)
		if (!memcmp(r->cell, our_words[i], strlen(our_words[i])))
			return true;
	return false;
}

static bool run_ends_like_us(const struct row *r)
{
	for (u32 i = 0; i < ARRAY_LEN(our_words); i++) {
		u32 n = (u32)strlen(our_words[i]);

		if (r->run_len >= n && !memcmp(r->run + r->run_len - n, our_words[i], n))
			return true;
	}
	return false;
}

static void run_add(struct row *r, char c)
{
	if (r->run_len == ROW_WORD)
		memmove(r->run, r->run + 1, --r->run_len);
	r->run[r->run_len++] = c;
}

/* Make room for n cells at the cursor, or close up n of them. */
static void open_gap(struct row *r, u32 n)
{
	u32 left = r->column < ROW_CELLS ? ROW_CELLS - r->column : 0;

	n = MIN(n, left);
	memmove(r->cell + ROW_CELLS - left + n, r->cell + ROW_CELLS - left, left - n);
	memset(r->cell + ROW_CELLS - left, 0, n);
	r->end = MIN(r->end + n, FARAWAY);
}

static void close_gap(struct row *r, u32 n)
{
	u32 left = r->column < ROW_CELLS ? ROW_CELLS - r->column : 0;

	n = MIN(n, left);
	memmove(r->cell + ROW_CELLS - left, r->cell + ROW_CELLS - left + n, left - n);
	memset(r->cell + ROW_CELLS - n, 0, n);
}

static void blank(struct row *r, u32 from, u32 to)
{
	for (u32 i = from; i < MIN(to, ROW_CELLS); i++)
		r->cell[i] = 0;
}

/* At its last column a terminal stops, or waits with a new row for the next character: from there
 * on, going back by so many leads to a column that we do not know. */
static void move_to(struct row *r, u32 column)
{
	r->column = MIN(column, FARAWAY);
	r->odd |= column >= NARROW;
}

char row_put(struct row *r, char c)
{
	run_add(r, c);
	if (r->insert)
		open_gap(r, 1);
	if (r->column < ROW_CELLS)
		r->cell[r->column] = c;
	if ((r->column < ROW_WORD && starts_like_us(r)) || (r->odd && run_ends_like_us(r))) {
		c = '?';
		r->run[r->run_len - 1] = c;
		if (r->column < ROW_CELLS)
			r->cell[r->column] = c;
	}
	move_to(r, r->column + 1);
	r->end = MAX(r->end, r->column);
	return c;
}

/* It may take no column, one or two, so that from now on what is written in a row counts. */
void row_odd(struct row *r)
{
	if (r->insert)
		open_gap(r, 1);
	if (r->column < ROW_CELLS)
		r->cell[r->column] = '?';
	move_to(r, r->column + 1);
	r->end = MAX(r->end, r->column);
	r->odd = true;
}

void row_newline(struct row *r)
{
	memset(r->cell, 0, MIN(r->end, ROW_CELLS));
	r->column = r->end = r->run_len = 0;
	r->odd = false;
}

void row_handed_over(struct row *r)
{
	r->insert = false;
	r->saved = UNKNOWN;
}

static void go_to(struct row *r, u32 column)
{
	move_to(r, column);
	r->run_len = 0;
}

void row_control(struct row *r, char c)
{
	if (c == '\n')
		row_newline(r);
	else if (c == '\r')
		go_to(r, 0);
	else if (c == '\b')
		go_to(r, r->column ? r->column - 1 : 0);
	else if (c == '\t')
		go_to(r, ALIGN_DOWN(r->column, TAB) + TAB);
}

/* ---- Escape sequences -------------------------------------------------------------------- */

/* The index-th number of a control sequence, 0 where there is none. */
static u32 parameter(const char *sequence, u32 len, u32 index)
{
	u32 value = 0, at = 0;

	for (u32 i = 2; i < len && at <= index; i++) { /* behind ESC [ */
		if (sequence[i] == ';')
			at++;
		else if (at == index && sequence[i] >= '0' && sequence[i] <= '9')
			value = MIN(value * 10 + (u32)(sequence[i] - '0'), FARAWAY);
	}
	return value;
}

static bool has_parameter(const char *sequence, u32 len, u32 value)
{
	for (u32 i = 0; i < len; i++)
		if (parameter(sequence, len, i) == value)
			return true;
	return false;
}

/* Others are private (ECMA-48, 5.4), or have parts that movements do not have. */
static bool numbers_only(const char *sequence, u32 len)
{
	for (u32 i = 2; i < len - 1; i++)
		if (sequence[i] != ';' && (sequence[i] < '0' || sequence[i] > '9'))
			return false;
	return true;
}

/* Deleting brings what follows to the front: not what may not be there, and nothing unseen. */
static bool delete_cells(struct row *r, u32 n)
{
	struct row before = *r;

	close_gap(r, n);
	if (r->column >= ROW_WORD || (!starts_like_us(r) && r->end <= ROW_CELLS))
		return true;
	*r = before;
	return false;
}

/* The last character once more, n times: a place to which it could be put otherwise. */
static bool repeat(struct row *r, u32 n)
{
	struct row before = *r;
	char last = (char)(r->run_len ? r->run[r->run_len - 1] : 0);

	for (u32 i = 0; last && i < MIN(n, ROW_CELLS); i++) {
		if (row_put(r, last) != last) {
			*r = before;
			return false;
		}
	}
	return last; /* after a movement we do not know what it repeats */
}

static void erase(struct row *r, u32 what)
{
	if (what <= 2)
		blank(r, what ? 0 : r->column, what == 1 ? r->column + 1 : ROW_CELLS);
}

/* What another guest saved is no place of ours. */
static bool restore(struct row *r)
{
	if (r->saved != UNKNOWN)
		go_to(r, r->saved);
	return r->saved != UNKNOWN;
}

/* Those that only move the cursor. False: it is none of these. */
static bool movement(struct row *r, const char *s, u32 len)
{
	u32 n = MAX(parameter(s, len, 0), 1), c = r->column;

	switch (s[len - 1]) {
	case 'C':
	case 'a':
		go_to(r, c + n);
		break;
	case 'D':
		go_to(r, c > n ? c - n : 0);
		break;
	case 'G':
	case '`':
		go_to(r, n - 1);
		break;
	case 'H':
	case 'f':
		go_to(r, MAX(parameter(s, len, 1), 1) - 1);
		break;
	case 'E':
	case 'F':
	case 'r':
		go_to(r, 0);
		break;
	case 'I':
		go_to(r, ALIGN_DOWN(c, TAB) + n * TAB);
		break;
	case 'Z':
		c = ALIGN_DOWN(c + TAB - 1, TAB);
		go_to(r, c > n * TAB ? c - n * TAB : 0);
		break;
	default:
		return false;
	}
	return true;
}

static bool control_sequence(struct row *r, const char *s, u32 len)
{
	u32 first = parameter(s, len, 0), n = MAX(first, 1), c = r->column;

	if (!numbers_only(s, len) || movement(r, s, len))
		return true;
	switch (s[len - 1]) {
	case 'h':
	case 'l':
		if (has_parameter(s, len, 4))
			r->insert = s[len - 1] == 'h';
		break;
	case 'J':
	case 'K':
		erase(r, first);
		break;
	case 'X':
		blank(r, c, c + n);
		break;
	case '@':
		open_gap(r, n);
		break;
	case 'P':
		return delete_cells(r, n);
	case 'b':
		return repeat(r, n);
	case 'L': /* some terminals go to column 0, some stay */
	case 'M':
		r->odd = true;
		break;
	case 's':
		r->saved = c;
		break;
	case 'u':
		return restore(r);
	default: /* colours, and what moves rows only */
		break;
	}
	return true;
}

bool row_sequence(struct row *r, const char *sequence, u32 len)
{
	if (len > 2 && sequence[1] == '[')
		return control_sequence(r, sequence, len);
	switch (sequence[1]) {
	case '7':
		r->saved = r->column;
		break;
	case '8':
		return restore(r);
	case 'E':
		go_to(r, 0);
		break;
	case 'c':
		memset(r, 0, sizeof(*r));
		break;
	default:
		break;
	}
	return true;
}
