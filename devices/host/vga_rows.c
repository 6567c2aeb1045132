/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fifty rows in place of 25 in a VGA's colour text mode of 400 lines: letters of eight lines, which
 * every BIOS has at F000:FA6E (IBM PC/AT technical reference, BIOS listing), are written into plane
 * 2 and the height of a row is set to eight (IBM VGA technical reference; the clocks stay as they
 * are).
 */
#include "devices/host/bios.h"
#include "devices/host/vga.h"
#include "lib/string.h"
#include "lib/x86.h"

#define ROM_FONT    0xffa6eu
#define ROM_LETTERS 128u
#define LETTERS	    256u
#define LINES	    8u	/* of a letter */
#define LINES_ROOM  32u /* of a letter in plane 2 */
#define PLANE	    0xa0000u
#define TEXT	    0xb8000u
#define SCREEN	    400u /* lines of pixels */
#define BLANK	    0x0720u

#define SEQUENCER 0x3c4
#define GRAPHICS  0x3ce
#define CRTC	  0x3d4

_Static_assert(SCREEN % LINES == 0 && 80 * SCREEN / LINES * sizeof(u16) <= 0x8000,
	       "whole rows, in the memory of a text mode");

enum sequencer { SEQ_RESET, SEQ_MASK = 2, SEQ_LETTERS, SEQ_MEMORY };
enum graphics { GRA_READ = 4, GRA_MODE, GRA_MAP };
enum crtc { CRT_OVERFLOW = 7, CRT_ROW = 9, CRT_CURSOR_FROM, CRT_CURSOR_TO, CRT_LAST_LINE = 0x12 };

struct setting {
	u16 port;
	u8 index, value;
};

/* Plane 2 alone, byte after byte, from 0xa0000 on. */
static const struct setting to_font[] = {
	{SEQUENCER, SEQ_RESET, 1},   {SEQUENCER, SEQ_MASK, 4},	{SEQUENCER, SEQ_MEMORY, 7},
	{SEQUENCER, SEQ_LETTERS, 0}, {SEQUENCER, SEQ_RESET, 3}, {GRAPHICS, GRA_READ, 2},
	{GRAPHICS, GRA_MODE, 0},     {GRAPHICS, GRA_MAP, 4},
};

/* Characters in plane 0 and attributes in plane 1, from 0xb8000 on. */
static const struct setting to_text[] = {
	{SEQUENCER, SEQ_RESET, 1}, {SEQUENCER, SEQ_MASK, 3}, {SEQUENCER, SEQ_MEMORY, 3},
	{SEQUENCER, SEQ_RESET, 3}, {GRAPHICS, GRA_READ, 0},  {GRAPHICS, GRA_MODE, 0x10},
	{GRAPHICS, GRA_MAP, 0x0e},
};

static u8 get(u16 port, u8 index)
{
	outb(port, index);
	return inb((u16)(port + 1));
}

static void set(u16 port, u8 index, u8 value)
{
	outb(port, index);
	outb((u16)(port + 1), value);
}

static void set_all(const struct setting *s, u32 n)
{
	for (u32 i = 0; i < n; i++)
		set(s[i].port, s[i].index, s[i].value);
}

/* Only a VGA's registers can be read back, not those of adapters before it. */
static bool is_vga(void)
{
	bool kept;

	set(SEQUENCER, SEQ_MASK, 0x0f);
	kept = get(SEQUENCER, SEQ_MASK) == 0x0f;
	set(SEQUENCER, SEQ_MASK, 3);
	return kept && get(SEQUENCER, SEQ_MASK) == 3;
}

static u32 screen_lines(void)
{
	u32 overflow = get(CRTC, CRT_OVERFLOW);

	return (get(CRTC, CRT_LAST_LINE) | (overflow & 2u) << 7 | (overflow & 0x40u) << 3) + 1;
}

/* Blanks are blank, letters and digits are not. */
static bool is_font(const u8 *font)
{
	for (u32 c = ' '; c <= 'z'; c++) {
		bool letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c >= 'a',
		     any = false;

		for (u32 i = 0; i < LINES; i++)
			any |= font[c * LINES + i] != 0;
		if ((letter && !any) || (c == ' ' && any))
			return false;
	}
	return true;
}

static void load(const u8 *font)
{
	/* What the BIOS has no letter for. */
	static const u8 box[LINES] = {0x00, 0x7e, 0x42, 0x42, 0x42, 0x42, 0x7e, 0x00};
	volatile u8 *plane = (volatile u8 *)(uintptr_t)PLANE;

	set_all(to_font, ARRAY_LEN(to_font));
	for (u32 c = 0; c < LETTERS; c++)
		for (u32 i = 0; i < LINES; i++)
			plane[c * LINES_ROOM + i] = c < ROM_LETTERS ? font[c * LINES + i] : box[i];
	set_all(to_text, ARRAY_LEN(to_text));
}

bool vga_fifty_rows(void)
{
	const u8 *font = (const u8 *)(uintptr_t)ROM_FONT;
	volatile u16 *cell = (volatile u16 *)(uintptr_t)TEXT;

	if (!bios.text_mode || bios.mono || bios.columns != 80 || bios.rows > SCREEN / LINES)
		return false;
	if (!is_vga() || screen_lines() != SCREEN || !is_font(font))
		return false;
	load(font);
	set(CRTC, CRT_ROW, (u8)((get(CRTC, CRT_ROW) & 0xe0u) | (LINES - 1)));
	set(CRTC, CRT_CURSOR_FROM, LINES - 2);
	set(CRTC, CRT_CURSOR_TO, LINES - 1);
	for (u32 i = bios.columns * bios.rows; i < bios.columns * SCREEN / LINES; i++)
		cell[i] = BLANK;
	bios.rows = SCREEN / LINES;
	return vga_init();
}
