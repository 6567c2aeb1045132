/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text screen of an MDA, CGA, EGA or VGA as the BIOS left it: colour at 0xb8000 with the CRT
 * controller at 0x3d4, monochrome at 0xb0000 with 0x3b4 (IBM VGA technical reference). No mode
 * is ever set.
 */
#include "devices/host/vga.h"
#include "devices/host/bios.h"
#include "devices/host/textscreen.h"
#include "lib/x86.h"

#define COLOUR_BASE 0xb8000u
#define COLOUR_CRTC 0x3d4
#define MONO_BASE   0xb0000u
#define MONO_CRTC   0x3b4
#define CURSOR_HIGH 0x0e /* CRT controller registers */
#define CURSOR_LOW  0x0f

static struct {
	volatile u16 *cell;
	u16 crtc;
	struct text_display display;
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

/* On a monochrome screen the colours would be blank or underlined (IBM monochrome display adapter):
 * there are normal, bright and reversed. */
static u8 mono(u8 attribute)
{
	if (attribute & 0x70u)
		return TEXT_REVERSE;
	return TEXT_GREY | (attribute & 8u);
}

static void show(u32 column, u32 row, u8 c, u8 attribute, bool cursor)
{
	u32 at = row * vga.display.columns + column;

	vga.cell[at] = (u16)((bios.mono ? mono(attribute) : attribute) << 8 | c);
	if (!cursor)
		return;
	crtc_write(CURSOR_HIGH, (u8)(at >> 8));
	crtc_write(CURSOR_LOW, (u8)at);
}

bool vga_init(void)
{
	volatile u16 *cell = (volatile u16 *)(uintptr_t)(bios.mono ? MONO_BASE : COLOUR_BASE);

	text_off();
	if (!bios.text_mode || !memory_answers(cell))
		return false;
	vga.cell = cell;
	vga.crtc = bios.mono ? MONO_CRTC : COLOUR_CRTC;
	vga.display = (struct text_display){bios.columns, bios.rows, 1, show};
	text_open(&vga.display, (u32)crtc_read(CURSOR_HIGH) << 8 | crtc_read(CURSOR_LOW));
	for (u32 i = 0; i < (u32)bios.columns * bios.rows; i++)
		text_found(i, (u8)cell[i], (u8)(cell[i] >> 8));
	return true;
}
