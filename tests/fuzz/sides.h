/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The drivers of fuzz_network.c: what they do is right, but for the numbers, which are the input's.
 * What comes back is looked at while they have kept to the rules.
 */
#ifndef TESTS_FUZZ_SIDES_H
#define TESTS_FUZZ_SIDES_H

#include "tests/fuzz/fuzz.h"
#include "tests/unit/whole_fixture.h"

#define GUESTS	 3u
#define INDIRECT 0x10000000u
#define BUFFERS	 0x10000u /* behind the rings */

enum { RX, TX };

/* A driver, and whether it has kept to the rules since it began. */
struct side {
	struct station *s;
	const char *name;
	u32 pages, offered, taken;
	u32 slot; /* bytes for a descriptor's buffer; behind all of them is what is sent */
	bool good;
	struct {
		u32 next, free;
		u16 pieces[256]; /* by head */
	} use[2];
};
extern struct side sides[GUESTS];

extern struct fuzz_bytes input;
u32 take(u32 bytes); /* the next number of it */

/* A guest of that address joins the network. */
void begin(struct side *d, u8 mac);
void open_side(struct side *d, u32 features, u32 size);
gpa_t send_place(const struct side *d);
/* Tell the device of it; what it does about it is done later. */
void notify(struct side *d, u32 queue);
/* Some receive buffers. */
void give(struct side *d);
/* What is in `sent` goes out. */
void hand(struct side *d, u32 len);
/* Look at what came and what has gone. */
void collect(struct side *d);

#endif
