/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ring of bytes, in which a frame that does not fit before the end lies at the beginning. */
#include "devices/virtio/line.h"

struct line_frame *line_place(struct line *l, u32 len)
{
	u32 size = LINE_ENTRY(len), at;

	if (l->waiting == LINE_FRAMES)
		return NULL;
	if (!l->waiting)
		l->first = l->end = l->limit = 0;
	at = l->end;
	if (l->limit) /* behind the last one are the oldest */
		return size <= l->first - at ? (struct line_frame *)(l->ring + at) : NULL;
	if (size > l->bytes - at) { /* it goes round */
		if (size > l->first)
			return NULL;
		at = 0;
	}
	return (struct line_frame *)(l->ring + at);
}

void line_add(struct line *l, const struct line_frame *f)
{
	u32 at = (u32)((const u8 *)f - l->ring);

	if (at < l->end)
		l->limit = l->end;
	l->end = at + LINE_ENTRY(f->len);
	l->waiting++;
}

struct line_frame *line_first(const struct line *l)
{
	return (struct line_frame *)(l->ring + l->first);
}

void line_drop(struct line *l)
{
	l->first += LINE_ENTRY(line_first(l)->len);
	l->waiting--;
	if (l->limit && l->first == l->limit)
		l->first = l->limit = 0;
}
