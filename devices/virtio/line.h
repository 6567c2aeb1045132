/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames that wait for their guest, in a ring of bytes: each lies in one piece, behind the header
 * its driver will see. Private to this folder.
 */
#ifndef DEVICES_VIRTIO_LINE_H
#define DEVICES_VIRTIO_LINE_H

#include "devices/virtio/offload.h"

#define LINE_FRAMES 32u

struct line_frame {
	u32 len; /* of the frame */
	struct net_header header;
	u8 bytes[];
};
_Static_assert(offsetof(struct line_frame, bytes) ==
		       offsetof(struct line_frame, header) + sizeof(struct net_header),
	       "header and frame are copied as one");

/* What a frame takes up in a line. */
#define LINE_ENTRY(len) ALIGN_UP((u32)sizeof(struct line_frame) + (len), 4u)
/* A line that is empty has room for LINE_FRAMES of FRAME_MAX, and a long one for a whole behind all
 * of them but one. */
#define LINE_SHORT (LINE_FRAMES * LINE_ENTRY(FRAME_MAX))
#define LINE_LONG  KIB(128)
_Static_assert((LINE_FRAMES - 1) * LINE_ENTRY(FRAME_MAX) + LINE_ENTRY(FRAME_WHOLE) <= LINE_LONG,
	       "both fit");

struct line {
	u8 *ring;
	u32 bytes;
	u32 waiting;	/* frames */
	u32 first, end; /* places: of the next frame, and behind the last one */
	u32 limit;	/* where the frames at the ring's end stop; 0: none are at its beginning */
};

/* Where a frame of so many bytes goes; NULL: no room. It is in the line with line_add(). */
struct line_frame *line_place(struct line *l, u32 len);
void line_add(struct line *l, const struct line_frame *f);
/* The frame that has waited longest; there is one. */
struct line_frame *line_first(const struct line *l);
void line_drop(struct line *l);

#endif
