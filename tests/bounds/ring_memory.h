/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ring of tests/bounds/ring.c, where it lies, and how the drain gets there. */
#ifndef TESTS_BOUNDS_RING_MEMORY_H
#define TESTS_BOUNDS_RING_MEMORY_H

#include "hv/vcpu/hypercall.h"

#include <stdlib.h>

#define RING	  LHCALL_RING_SIZE
#define BORDER_AT 40u /* where a page ends in the slots */

enum reach { AT_HAND, STATUS_SLOW, SLOT_SLOW, BOTH_SLOW, BORDER, MIXED, REACHES };

/* The ring as the guest has it, and what it stands for. Each piece of slots, and their status
 * bytes, lie in memory of their exact size. */
static struct {
	u8 *status;
	u32 *slot;
	bool filled;
	u32 number, name; /* each call has a name of its own */
} ring[RING];

static const u32 piece_end[] = {1, 3, 20, BORDER_AT, RING};

static u32 end_of_piece(u32 n)
{
	const u32 *end = piece_end;

	while (*end <= n)
		end++;
	return *end;
}

static void make_pieces(void)
{
	u8 *status = NULL;
	u32 *slot = NULL;

	for (u32 n = 0, end = 0; n < RING; n++) {
		if (n == end) {
			end = end_of_piece(n);
			status = malloc(end - n);
			slot = malloc((end - n) * sizeof(struct lguest_hcall_args));
		}
		ring[n].status = status++;
		ring[n].slot = slot;
		slot += sizeof(struct lguest_hcall_args) / 4;
	}
}

static void reach_ring(struct vcpu *vcpu, enum reach how)
{
	for (u32 n = 0; n < RING; n++) {
		const bool slow_status = how == STATUS_SLOW || how == BOTH_SLOW ||
					 (how == MIXED && n % 2),
			   slow_slot = how == SLOT_SLOW || how == BOTH_SLOW ||
				       (how == BORDER && n >= BORDER_AT) ||
				       (how == MIXED && n % 3 == 0);

		vcpu->ring[n].status = slow_status ? NULL : ring[n].status;
		vcpu->ring[n].slot = slow_slot ? NULL : ring[n].slot;
	}
	for (u32 n = RING, row = 0; n--;) {
		if (!vcpu->ring[n].status || !vcpu->ring[n].slot)
			row = 0;
		else
			row = end_of_piece(n) == n + 1 ? 1 : row + 1;
		vcpu->ring_row[n] = (u8)row;
	}
}

#endif
