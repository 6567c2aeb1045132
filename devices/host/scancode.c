/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scan codes of set 1 (IBM PS/2 technical reference, keyboards) made what a terminal sends:
 * characters of a layout as UTF-8, and the sequences of xterm for keys without a character. Alt
 * puts Esc before, as there. Lock keys count, but nothing is written to the keyboard: their lights
 * stay as they are.
 */
#include "devices/host/scancode.h"
#include "lib/string.h"

#define SC_EXTENDED 0xe0u
#define SC_PAUSE    0xe1u /* and two bytes more, which look like Ctrl and Num Lock */
#define SC_RELEASE  0x80u
#define SC_TAB	    0x0fu
#define SC_CTRL	    0x1du
#define SC_LSHIFT   0x2au
#define SC_RSHIFT   0x36u
#define SC_ALT	    0x38u
#define SC_CAPS	    0x3au
#define SC_F1	    0x3bu /* to F10 */
#define SC_NUM	    0x45u
#define SC_PAD	    0x47u /* the numeric pad, up to and with SC_PAD_END */
#define SC_PGUP	    0x49u
#define SC_PGDN	    0x51u
#define SC_PAD_END  0x53u
#define SC_F11	    0x57u

_Static_assert(SC_F1 + 10 <= SC_NUM && SC_PAD_END < SC_F11, "one code, one key");

#define ESC	  0x1b
#define DEL	  0x7f
#define QUEUE	  64u
#define PAGES_MAX 16

/* Keys that write the same in each layout. */
static const struct {
	u8 code, writes;
} fixed[] = {
	{0x01, ESC}, {0x0e, DEL}, {SC_TAB, '\t'}, {0x1c, '\r'},
	{0x37, '*'}, {0x39, ' '}, {0x4a, '-'},	  {0x4e, '+'},
};

static const char pad[] = "789-456+1230.";
_Static_assert(sizeof(pad) - 1 == SC_PAD_END - SC_PAD + 1, "a character for each key of the pad");

/* Keys that send ESC [ NUMBER FINAL; a number 1 is left out, and ESC O is before P to S. */
static const struct {
	u8 code, number;
	char final;
} sequences[] = {
	{0x47, 1, 'H'},	 {0x48, 1, 'A'},  {SC_PGUP, 5, '~'}, {0x4b, 1, 'D'},	{0x4c, 1, 'E'},
	{0x4d, 1, 'C'},	 {0x4f, 1, 'F'},  {0x50, 1, 'B'},    {SC_PGDN, 6, '~'}, {0x52, 2, '~'},
	{0x53, 3, '~'},	 {0x3b, 1, 'P'},  {0x3c, 1, 'Q'},    {0x3d, 1, 'R'},	{0x3e, 1, 'S'},
	{0x3f, 15, '~'}, {0x40, 17, '~'}, {0x41, 18, '~'},   {0x42, 19, '~'},	{0x43, 20, '~'},
	{0x44, 21, '~'}, {0x57, 23, '~'}, {0x58, 24, '~'},
};

static struct {
	const struct keymap *map;
	bool extended, lshift, rshift, ctrl, rctrl, alt, altgr;
	bool caps, num, caps_held, num_held;
	u32 skip; /* bytes of a sequence that mean nothing */
	u8 queue[QUEUE];
	u32 head, count;
	u32 hot_key;
	s32 pages;
} kbd;

/* All of it or nothing: half a sequence would be something else. */
static void emit(const char *bytes, u32 n)
{
	if (n > QUEUE - kbd.count)
		return;
	for (u32 i = 0; i < n; i++)
		kbd.queue[(kbd.head + kbd.count++) % QUEUE] = (u8)bytes[i];
}

static bool shift(void)
{
	return kbd.lshift || kbd.rshift;
}

static bool ctrl(void)
{
	return kbd.ctrl || kbd.rctrl;
}

/* Where no key writes anything more the right one is the second Alt. */
static bool altgr(void)
{
	return kbd.altgr && keymap_has_altgr(kbd.map);
}

static bool alt(void)
{
	return kbd.alt || (kbd.altgr && !altgr());
}

/* ---- Characters ------------------------------------------------------------------------------ */

static void emit_character(u32 c)
{
	char out[4];
	u32 n = 0;

	if (alt())
		out[n++] = ESC;
	if (c < 0x80) {
		out[n++] = (char)c;
	} else if (c < 0x800) {
		out[n++] = (char)(0xc0u | c >> 6);
		out[n++] = (char)(0x80u | (c & 0x3fu));
	} else {
		out[n++] = (char)(0xe0u | c >> 12);
		out[n++] = (char)(0x80u | (c >> 6 & 0x3fu));
		out[n++] = (char)(0x80u | (c & 0x3fu));
	}
	emit(out, n);
}

/* Caps lock concerns letters only: those whose capital is 32 before them, in ASCII and Latin-1. */
static bool letter(u32 plain, u32 capital)
{
	return plain == capital + 32 && (plain >= 0xe0 || (plain >= 'a' && plain <= 'z'));
}

static u32 with_ctrl(u32 c, u32 plain)
{
	if (plain >= 'a' && plain <= 'z')
		return plain & 0x1fu;
	if (c >= '@' && c <= '_')
		return c & 0x1fu;
	return c == ' ' ? 0 : c;
}

static void layout_key(u8 code)
{
	u32 plain = keymap_character(kbd.map, code, KEYMAP_PLAIN);
	u32 shifted = keymap_character(kbd.map, code, KEYMAP_SHIFT);
	u32 c = (shift() != (kbd.caps && letter(plain, shifted))) ? shifted : plain;

	if (altgr()) {
		c = keymap_character(kbd.map, code, KEYMAP_ALTGR);
		plain = 0;
	}
	if (c)
		emit_character(ctrl() ? with_ctrl(c, plain) : c);
}

/* ---- The other keys -------------------------------------------------------------------------- */

static bool fixed_key(u8 code)
{
	for (u32 i = 0; i < ARRAY_LEN(fixed); i++) {
		if (fixed[i].code != code)
			continue;
		if (code == SC_TAB && shift())
			emit("\x1b[Z", 3);
		else
			emit_character(ctrl() ? with_ctrl(fixed[i].writes, 0) : fixed[i].writes);
		return true;
	}
	return false;
}

static bool sequence_key(u8 code)
{
	u32 with = (shift() ? 1u : 0) + (alt() ? 2u : 0) + (ctrl() ? 4u : 0), i = 0;
	char text[12];
	char final;
	int n;

	while (i < ARRAY_LEN(sequences) && sequences[i].code != code)
		i++;
	if (i == ARRAY_LEN(sequences))
		return false;
	final = sequences[i].final;
	if (with)
		n = snprintf(text, sizeof(text), "\x1b[%u;%u%c", sequences[i].number, with + 1,
			     final);
	else if (sequences[i].number > 1)
		n = snprintf(text, sizeof(text), "\x1b[%u%c", sequences[i].number, final);
	else
		n = snprintf(text, sizeof(text), "\x1b%c%c", final >= 'P' ? 'O' : '[', final);
	emit(text, (u32)n);
	return true;
}

/* The number of a function key, 0 for any other. */
static u32 function_key(u8 code)
{
	if (code >= SC_F1 && code < SC_F1 + 10)
		return code - SC_F1 + 1u;
	return code == SC_F11 || code == SC_F11 + 1 ? code - SC_F11 + 11u : 0;
}

static void pad_key(u8 code)
{
	if (kbd.num != shift() || !sequence_key(code))
		emit_character((u8)pad[code - SC_PAD]);
}

static void pressed(u8 code, bool extended)
{
	bool page = code == SC_PGUP || code == SC_PGDN;

	if (ctrl() && (kbd.alt || kbd.altgr) && !extended && function_key(code)) {
		kbd.hot_key = function_key(code);
	} else if (page && shift() && (extended || kbd.num)) {
		kbd.pages += code == SC_PGUP ? 1 : -1;
		kbd.pages = MAX(MIN(kbd.pages, PAGES_MAX), -PAGES_MAX);
	} else if (extended) {
		if (code == 0x1c || code == 0x35)
			emit_character(code == 0x1c ? '\r' : '/');
		else if (code >= SC_PAD && code <= SC_PAD_END && code != 0x4c)
			(void)sequence_key(code);
	} else if (!fixed_key(code)) {
		if (code >= SC_PAD && code <= SC_PAD_END)
			pad_key(code);
		else if (!sequence_key(code))
			layout_key(code);
	}
}

/* Held down it repeats, and counts once. */
static void lock_key(bool *lock, bool *held, bool down)
{
	if (down && !*held)
		*lock = !*lock;
	*held = down;
}

/* True: it was a key that changes what others mean. */
static bool modifier(u8 code, bool extended, bool down)
{
	if (code == SC_CTRL)
		*(extended ? &kbd.rctrl : &kbd.ctrl) = down;
	else if (code == SC_ALT)
		*(extended ? &kbd.altgr : &kbd.alt) = down;
	else if (extended)
		return code == SC_LSHIFT || code == SC_RSHIFT; /* not pressed by anybody */
	else if (code == SC_LSHIFT)
		kbd.lshift = down;
	else if (code == SC_RSHIFT)
		kbd.rshift = down;
	else if (code == SC_CAPS)
		lock_key(&kbd.caps, &kbd.caps_held, down);
	else if (code == SC_NUM)
		lock_key(&kbd.num, &kbd.num_held, down);
	else
		return false;
	return true;
}

void scancode_take(u8 byte)
{
	bool extended = kbd.extended, down = !(byte & SC_RELEASE);
	u8 code = byte & (u8)~SC_RELEASE;

	if (kbd.skip) {
		kbd.skip--;
		return;
	}
	if (byte == SC_PAUSE)
		kbd.skip = 2;
	kbd.extended = byte == SC_EXTENDED;
	if (kbd.extended || byte == SC_PAUSE)
		return;
	if (!modifier(code, extended, down) && down)
		pressed(code, extended);
}

void scancode_reset(bool num_lock, bool caps_lock)
{
	memset(&kbd, 0, sizeof(kbd));
	kbd.map = keymap_find("us");
	kbd.num = num_lock;
	kbd.caps = caps_lock;
}

void scancode_layout(const struct keymap *m)
{
	kbd.map = m;
}

int scancode_typed(void)
{
	u8 c;

	if (!kbd.count)
		return -1;
	c = kbd.queue[kbd.head];
	kbd.head = (kbd.head + 1) % QUEUE;
	kbd.count--;
	return c;
}

u32 scancode_hot_key(void)
{
	u32 n = kbd.hot_key;

	kbd.hot_key = 0;
	return n;
}

s32 scancode_pages(void)
{
	s32 n = kbd.pages;

	kbd.pages = 0;
	return n;
}
