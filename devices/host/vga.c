/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text screen of an MDA, CGA, EGA or VGA as the BIOS left it: colour at 0xb8000 with the CRT
 * controller at 0x3d4, monochrome at 0xb0000 with 0x3b4 (IBM VGA technical reference). No mode
 * is ever set. Escape sequences of a guest's console are swallowed, not interpreted.
 */
#include "devices/host/vga.h"
#include "devices/host/bios.h"
#include "lib/string.h"
#include "lib/x86.h"

#define COLOUR_BASE 0xb8000u
#define COLOUR_CRTC 0x3d4
#define MONO_BASE   0xb0000u
#define MONO_CRTC   0x3b4
#define CURSOR_HIGH 0x0e /* CRT controller registers */
#define CURSOR_LOW  0x0f

#define BLANK 0x0720u /* light grey on black, a space */
#define TAB   8u

enum escape { ESC_NONE, ESC_SEEN, ESC_CSI };

static struct {
	volatile u16 *cell; /* NULL: no screen */
	u16 crtc;
	u32 columns, rows, at; /* at: the cursor's cell */
	enum escape escape;
} vga;

static u8 crtc_read(u8 reg)
{
	outb(vga.crtc, reg);
	return inb((u16)(vga.crtc + 1));
}

static void crtc_write(u8 reg, u8 v)
{
	outb(vga.crtc, reg);
	outb((u16)(vga.crtc + 1), v);
}

/* There is memory behind the address. */
static bool memory_answers(volatile u16 *cell)
{
	u16 saved = *cell;
	bool ok;

	*cell = 0x55aa;
	ok = *cell == 0x55aa;
	*cell = 0xaa55;
	ok = ok && *cell == 0xaa55;
	*cell = saved;
	return ok;
}

bool vga_init(void)
{
	volatile u16 *cell = (volatile u16 *)(uintptr_t)(bios.mono ? MONO_BASE : COLOUR_BASE);

	vga.cell = NULL;
	if (!bios.text_mode || !memory_answers(cell))
		return false;
	vga.cell = cell;
	vga.crtc = bios.mono ? MONO_CRTC : COLOUR_CRTC;
	vga.columns = bios.columns;
	vga.rows = bios.rows;
	vga.at = (u32)crtc_read(CURSOR_HIGH) << 8 | crtc_read(CURSOR_LOW);
	if (vga.at >= vga.columns * vga.rows)
		vga.at = vga.columns * (vga.rows - 1);
	return true;
}

static void fill(u32 from, u32 to)
{
	while (from < to)
		vga.cell[from++] = BLANK;
}

static void scroll(void)
{
	u32 last = vga.columns * (vga.rows - 1);

	for (u32 i = 0; i < last; i++)
		vga.cell[i] = vga.cell[i + vga.columns];
	fill(last, last + vga.columns);
	vga.at -= vga.columns;
}

/* True: the byte belongs to an escape sequence (ECMA-48, 5.4: CSI up to a byte 0x40..0x7e). */
static bool in_escape(u8 c)
{
	switch (vga.escape) {
	case ESC_NONE:
		if (c != 0x1b)
			return false;
		vga.escape = ESC_SEEN;
		return true;
	case ESC_SEEN:
		vga.escape = c == '[' ? ESC_CSI : ESC_NONE;
		return true;
	case ESC_CSI:
		if (c >= 0x40 && c <= 0x7e)
			vga.escape = ESC_NONE;
		return true;
	}
	return false;
}

static void put(u8 c)
{
	u32 column = vga.at % vga.columns;

	if (in_escape(c))
		return;
	if (c == '\n') {
		vga.at += vga.columns - column;
	} else if (c == '\r') {
		vga.at -= column;
	} else if (c == '\b') {
		vga.at -= column ? 1 : 0;
	} else if (c == '\t') {
		u32 to = vga.at + MIN(TAB - column % TAB, vga.columns - column);
		fill(vga.at, to);
		vga.at = to;
	} else if (c >= ' ') {
		vga.cell[vga.at++] = (BLANK & 0xff00u) | c;
	}
	if (vga.at >= vga.columns * vga.rows)
		scroll();
}

void vga_off(void)
{
	vga.cell = NULL;
}

void vga_write(const char *text, u32 len)
{
	if (!vga.cell)
		return;
	for (u32 i = 0; i < len; i++)
		put((u8)text[i]);
	crtc_write(CURSOR_HIGH, (u8)(vga.at >> 8));
	crtc_write(CURSOR_LOW, (u8)vga.at);
}
