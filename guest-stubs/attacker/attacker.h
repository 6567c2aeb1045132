/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the attacks share. For this guest. */
#ifndef GUEST_ATTACKER_H
#define GUEST_ATTACKER_H

#include "guest-stubs/lib/virtio.h"

/* So long an attack is to last; until then it is going on. */
void go_on_for(u32 ms);
bool going(void);
/* The PCI data port is the register at `offset` of the capability of that type of a device from now
 * on, of `size` bytes. */
void aim_window(u32 device, u8 type, u32 offset, u32 size);
void out_bytes(const void *from, u32 count);
void out_words(const void *from, u32 count);
void out_dwords(const void *from, u32 count);

/* ---- Queues of full size (wide.c) --------------------------------------------------------- */

#define WIDE 256u

struct wide {
	struct virtq_desc desc[WIDE];
	struct {
		u16 flags, idx, ring[WIDE], unused;
	} avail;
	struct {
		u16 flags, idx;
		struct virtq_used_elem ring[WIDE];
	} used ALIGNED(4);
	volatile u16 *doorbell;
	u32 index;
} ALIGNED(PAGE_SIZE);

bool wide_open(struct virtio *v, struct wide *q, u32 index);
void wide_offer(struct wide *q, u32 head); /* its descriptors are filled in */
void wide_kick(struct wide *q);
/* Sleep until an interrupt, unless more buffers than these have come back. */
void wide_wait(struct wide *q, u16 seen);
static inline u16 wide_used(const struct wide *q)
{
	return *(const volatile u16 *)&q->used.idx;
}

/* ---- Attacks ------------------------------------------------------------------------------- */

void attack_requests(void); /* disk.c */
void attack_kicks(void);
void attack_burst(void);
void attack_newlines(void); /* console.c */
void attack_emergency(void);
void attack_flood(void); /* net.c */
void attack_pieces(void);
void attack_cuts(void); /* wholes.c */
void attack_wholes(void);
void attack_takes(void);
void attack_bars(void); /* memory.c */
void attack_pmd(void);
void attack_pmd_ring(void);
void attack_hoard(void);

#endif
