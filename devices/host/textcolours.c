/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Select Graphic Rendition (ECMA-48, 8.3.117), as far as the VGA's text modes have its colours. */
#include "devices/host/textcolours.h"
#include "devices/host/textscreen.h"

u8 colours_attribute(const struct colours *c)
{
	u8 ink = c->reverse ? c->paper : c->ink, paper = c->reverse ? c->ink : c->paper;

	paper &= 7u; /* the eighth bit would make it blink */
	if (c->bright)
		ink |= 8u;
	if (ink == paper) /* text that cannot be seen would hide ours, too */
		ink = paper == TEXT_GREY ? 0 : TEXT_GREY;
	return (u8)(paper << 4 | ink);
}

void colours_plain(struct colours *c)
{
	c->ink = TEXT_GREY;
	c->paper = 0;
	c->bright = c->reverse = false;
}

/* ECMA-48 counts red, green, blue from the lowest bit on, the VGA blue, green, red. */
static u8 vga_colour(u32 n)
{
	return (u8)((n & 8u) | (n & 1u) << 2 | (n & 2u) | (n & 4u) >> 2);
}

/* 38 or 48, then 5 and one of 256 colours, of which the first sixteen are known here, or 2 and
 * three numbers. Returns how many parameters these are. */
static u32 extended_colour(const u32 *number, u32 count, u8 *colour)
{
	u32 kind = count > 1 ? number[1] : 0;

	if (kind == 5 && count > 2 && number[2] < TEXT_COLOURS)
		*colour = vga_colour(number[2]);
	return kind == 5 ? 3 : kind == 2 ? 5 : 1;
}

static void select_colour(struct colours *c, u32 n)
{
	if (n == 0)
		colours_plain(c);
	else if (n == 1 || n == 22)
		c->bright = n == 1;
	else if (n == 7 || n == 27)
		c->reverse = n == 7;
	else if (n == 39)
		c->ink = TEXT_GREY;
	else if (n == 49)
		c->paper = 0;
	else if (n / 10 == 3 || n / 10 == 9)
		c->ink = vga_colour(n % 10 | (n >= 90 ? 8u : 0));
	else if (n / 10 == 4 || n / 10 == 10)
		c->paper = vga_colour(n % 10);
}

void colours_select(struct colours *c, const u32 *number, u32 count)
{
	for (u32 i = 0; i < count;) {
		u32 n = number[i];

		if (n == 38 || n == 48) {
			i += extended_colour(number + i, count - i, n == 38 ? &c->ink : &c->paper);
		} else {
			if (n % 10 < 8 || n == 39 || n == 49)
				select_colour(c, n);
			i++;
		}
	}
}
