/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Characters drawn into a linear framebuffer: 15, 16, 24 or 32 bits a pixel with the colours where
 * the loader says (multiboot specification 0.6.96, 3.3, framebuffer of type 1). Nothing is ever
 * read from it, which may take a microsecond a word. Where one dot a pixel would be too small to
 * read, a dot is a square of pixels.
 */
#include "devices/host/fbtext.h"
#include "devices/host/font.h"
#include "devices/host/textscreen.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/host.h"

#define LOWEST	    MIB(4) /* what lies below is mapped as RAM, and has no linear framebuffer */
#define BYTES_MAX   MIB(64)
#define SIDE_MAX    16384u /* pixels */
#define SMALL	    1600u  /* a screen of so many columns of pixels, and each as many more */
#define SCALE_MAX   (SIDE_MAX / SMALL + 1)
#define DIM	    0xaau /* of 255, and a half of that for bright colours: as the VGA has them */
#define BROWN	    6u
#define CURSOR_LINE 13u /* and all below it */
#define PIXEL_MAX   4u

static struct {
	u8 *base;
	u32 bytes, pitch;
	u32 pixel; /* bytes */
	u32 scale; /* pixels that a dot is wide and high */
	u32 colour[TEXT_COLOURS];
	bool opened; /* the text screen is ours */
	struct text_display display;
} fb;

static bool field_ok(const struct framebuffer_info *m, u32 at, u32 bits)
{
	return bits && bits <= 16 && at + bits <= m->bpp;
}

static bool usable(const struct framebuffer_info *m)
{
	u64 bytes = (u64)m->pitch * m->height;
	u32 pixel = (m->bpp + 7u) / 8;

	if (m->bpp != 15 && m->bpp != 16 && m->bpp != 24 && m->bpp != 32)
		return false;
	if (!field_ok(m, m->red_at, m->red_bits) || !field_ok(m, m->green_at, m->green_bits) ||
	    !field_ok(m, m->blue_at, m->blue_bits))
		return false;
	if (m->width < FONT_WIDTH || m->height < FONT_HEIGHT || m->width > SIDE_MAX ||
	    m->height > SIDE_MAX || m->pitch < m->width * pixel)
		return false;
	return bytes <= BYTES_MAX && m->address >= LOWEST && m->address <= DEVICE_LIMIT - bytes;
}

/* That much of 255 in a field of the pixel. */
static u32 field(u32 at, u32 bits, u32 level)
{
	return (level * ((1u << bits) - 1) + 127) / 255 << at;
}

/* Colours of the VGA: blue, green, red from the lowest bit on. Brown is a dim yellow with less
 * green. */
static void make_colours(const struct framebuffer_info *m)
{
	for (u32 i = 0; i < TEXT_COLOURS; i++) {
		u32 base = i & 8u ? DIM / 2 : 0;
		u32 green = base + (i & 2u ? DIM : 0);

		if (i == BROWN)
			green = DIM / 2;
		fb.colour[i] = field(m->red_at, m->red_bits, base + (i & 4u ? DIM : 0)) |
			       field(m->green_at, m->green_bits, green) |
			       field(m->blue_at, m->blue_bits, base + (i & 1u ? DIM : 0));
	}
}

static void show(u32 column, u32 row, u8 c, u8 attribute, bool cursor)
{
	u32 ink = fb.colour[attribute % TEXT_COLOURS], paper = fb.colour[attribute / TEXT_COLOURS];
	u8 line[FONT_WIDTH * SCALE_MAX * PIXEL_MAX];
	u32 height = FONT_HEIGHT * fb.scale, bytes = FONT_WIDTH * fb.scale * fb.pixel;
	u8 *to = fb.base + row * height * fb.pitch + column * bytes;

	for (u32 y = 0; y < height; y++, to += fb.pitch) {
		u32 n = 0, dots = font_line(c, y / fb.scale);

		if (cursor && y / fb.scale >= CURSOR_LINE)
			dots = 0xff;
		if (y % fb.scale == 0)
			for (u32 x = 0; x < FONT_WIDTH * fb.scale; x++) {
				u32 v = dots >> (FONT_WIDTH - 1 - x / fb.scale) & 1 ? ink : paper;

				for (u32 i = 0; i < fb.pixel; i++, v >>= 8)
					line[n++] = (u8)v;
			}
		memcpy(to, line, bytes);
	}
}

bool fbtext_init(const struct framebuffer_info *m)
{
	u32 scale = 1 + m->width / SMALL;

	fb.opened = false;
	if (!usable(m))
		return false;
	fb.base = (u8 *)(uintptr_t)m->address;
	fb.pitch = m->pitch;
	fb.bytes = m->pitch * m->height;
	fb.pixel = (m->bpp + 7u) / 8;
	fb.scale = m->height < FONT_HEIGHT * scale ? 1 : scale;
	make_colours(m);
	fb.display = (struct text_display){
		.columns = MIN(m->width / (FONT_WIDTH * fb.scale), TEXT_COLUMNS_MAX),
		.rows = MIN(m->height / (FONT_HEIGHT * fb.scale), TEXT_ROWS_MAX),
		.work = FONT_WIDTH * FONT_HEIGHT * fb.scale * fb.scale,
		.cell = show,
	};
	memset(fb.base, 0, fb.bytes);
	text_open(&fb.display, 0);
	fb.opened = true;
	return true;
}

void fbtext_map(void)
{
	if (!fb.opened || host_map_device((u32)(uintptr_t)fb.base, fb.bytes, CACHE_WC))
		return;
	text_off();
	log_line(LOG_WARN, NULL, "no memory to map the screen: text is on the serial line only");
}
