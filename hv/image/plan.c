/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the planners of all formats need: fields of a file, and a word of refusal. */
#include "hv/image/plan.h"
#include "hv/config/config.h"
#include "lib/string.h"

bool load_refuse(struct load_plan *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->why, sizeof(p->why), fmt, ap);
	va_end(ap);
	return false;
}

struct load_advice load_advise(u64 bytes)
{
	struct load_advice a = {.text = ""};

	if (bytes > CONFIG_MEM_MAX)
		snprintf(a.text, sizeof(a.text), "no guest can have more than %uM",
			 (u32)(CONFIG_MEM_MAX >> 20));
	else
		snprintf(a.text, sizeof(a.text), "give at least mem=%uM",
			 (u32)((bytes + MIB(1) - 1) >> 20));
	return a;
}

u16 image_u16(const struct image *i, u32 at)
{
	return (u16)(i->bytes[at] | i->bytes[at + 1] << 8);
}

u32 image_u32(const struct image *i, u32 at)
{
	return image_u16(i, at) | (u32)image_u16(i, at + 2) << 16;
}
