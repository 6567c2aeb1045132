/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by a network: frames to everybody without end, and a receiver whose buffers are cut into
 * as many pieces as there may be. */
#include "guest-stubs/attacker/attacker.h"

#include "guest-stubs/lib/trap.h"

#define HEADER	 12u
#define FRAMES	 64u
#define PIECES	 128u /* of each of two buffers */
#define PIECE	 12u
#define RX_QUEUE 0
#define TX_QUEUE 1

static struct virtio card;
static struct wide rx, tx;
static u8 frame[HEADER + FRAME_MAX];
static u8 pieces[WIDE][PIECE];

static void open_card(void)
{
	if (!virtio_open(&card, VIRTIO_NET, 0, 1u << 5) || !wide_open(&card, &rx, RX_QUEUE) ||
	    !wide_open(&card, &tx, TX_QUEUE))
		panic("attacker: needs a network card");
}

void attack_flood(void)
{
	u16 seen = 0;

	open_card();
	memset(frame + HEADER, 0xff, 6); /* to everybody */
	for (u32 i = 0; i < 6; i++)
		frame[HEADER + 6 + i] = vread8(card.config + i);
	for (u32 i = 0; i < FRAMES; i++)
		tx.desc[i] = (struct virtq_desc){phys(frame), sizeof(frame), 0, 0};
	virtio_start(&card);
	for (u32 i = 0; i < FRAMES; i++)
		wide_offer(&tx, i);
	while (going()) {
		wide_kick(&tx);
		for (; seen != wide_used(&tx); seen++)
			wide_offer(&tx, tx.used.ring[seen % WIDE].id);
	}
}

/* Two buffers of a frame's size in a hundred pieces each, given back as soon as they are filled. */
void attack_pieces(void)
{
	u16 seen = 0;

	open_card();
	for (u32 i = 0; i < WIDE; i++) {
		bool last = i % PIECES == PIECES - 1;

		rx.desc[i] = (struct virtq_desc){phys(pieces[i]), PIECE,
						 last ? DESC_WRITE : DESC_WRITE | DESC_NEXT,
						 (u16)(i + 1)};
	}
	virtio_start(&card);
	virtio_interrupts(&card, NULL);
	wide_offer(&rx, 0);
	wide_offer(&rx, PIECES);
	clock_start(100);
	while (going()) {
		wide_kick(&rx);
		wide_wait(&rx, seen);
		for (; seen != wide_used(&rx); seen++)
			wide_offer(&rx, rx.used.ring[seen % WIDE].id);
	}
}
