/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the planners of all formats need: fields of a file, and a word of refusal. */
#include "hv/image/plan.h"
#include "lib/string.h"

bool load_refuse(struct load_plan *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->why, sizeof(p->why), fmt, ap);
	va_end(ap);
	return false;
}

u16 image_u16(const struct image *i, u32 at)
{
	return (u16)(i->bytes[at] | i->bytes[at + 1] << 8);
}

u32 image_u32(const struct image *i, u32 at)
{
	return image_u16(i, at) | (u32)image_u16(i, at + 2) << 16;
}
