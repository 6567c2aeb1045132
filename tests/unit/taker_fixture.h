/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device that only takes buffers, and a guest's queue for it. */
#ifndef TESTS_UNIT_TAKER_FIXTURE_H
#define TESTS_UNIT_TAKER_FIXTURE_H

#include "devices/virtio/virtio.h"
#include "tests/unit/mini_guest.h"

#define DEV    1u
#define BROKEN 0x40u
#define RING   0x4000u /* where the queue lies */
#define TABLE  0x8000u /* an indirect table */
#define DATA   0x10000u

struct taker {
	struct vdev vdev;
	u32 taken, limit;
	struct vq_chain chain;
};

extern struct mini g;
extern struct taker *taker;
extern struct mqueue q;

void open_with(u32 features, u32 size);
int taker_setup(void **state);
int taker_teardown(void **state);
void offer(u16 head);
void assert_taken(u32 n);

/* Offer `head` and see the device stop without having taken it. */
void assert_breaks(u16 head);
void table_set(u32 i, u64 addr, u32 len, u16 flags, u16 next);

#endif
