/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest reduced to its bus: the ports and window accesses a driver would make, and a small
 * virtio driver that goes through the steps in the order Linux takes them.
 */
#ifndef TESTS_UNIT_MINI_GUEST_H
#define TESTS_UNIT_MINI_GUEST_H

#include "devices/devices.h"
#include "tests/unit/fake_gmem.h"
#include "tests/unit/support.h"

#define MINI_RAM_PAGES 64u
#define MINI_RAM       (MINI_RAM_PAGES * PAGE_SIZE)
#define MINI_WINDOW    (MINI_RAM + MIB(1))

struct mini {
	struct fake_guest guest;
	struct bus *bus;
	u32 irqs[16];
	char text[80000]; /* what the console printed */
	u32 text_len;
	u32 text_calls, text_longest;
	u32 text_limit; /* the line takes no more without waiting; 0: any number */
	u64 now;
};

void mini_init(struct mini *g, const char *name); /* with MINI_RAM */
void mini_init_pages(struct mini *g, const char *name, u32 pages);
void mini_free(struct mini *g); /* bus_detach and everything after it */
/* What the run loop does after an exit: one call of bus_poll() for each guest whose devices have
 * work. mmio_out() and cfg_out() do it themselves. */
void mini_work(void);

u32 cfg_in(struct mini *g, u32 dev, u32 reg, unsigned size);
void cfg_out(struct mini *g, u32 dev, u32 reg, unsigned size, u32 value);
u32 mmio_in(struct mini *g, gpa_t at, unsigned size);
void mmio_out(struct mini *g, gpa_t at, unsigned size, u32 value);
/* Registers of device `dev`, wherever its BAR is. */
u32 reg_in(struct mini *g, u32 dev, u32 offset, unsigned size);
void reg_out(struct mini *g, u32 dev, u32 offset, unsigned size, u32 value);

#define R_OFFERED_SELECT  0x00u
#define R_OFFERED	  0x04u
#define R_ACCEPTED_SELECT 0x08u
#define R_ACCEPTED	  0x0cu
#define R_STATUS	  0x14u
#define R_QUEUE_SELECT	  0x16u
#define R_QUEUE_SIZE	  0x18u
#define R_QUEUE_ENABLE	  0x1cu
#define R_DESC		  0x20u
#define R_AVAIL		  0x28u
#define R_USED		  0x30u
#define R_NOTIFY	  0x38u
#define R_ISR		  0x3au
#define R_CONFIG	  0x3cu

#define D_NEXT	   1u
#define D_WRITE	   2u
#define D_INDIRECT 4u

struct mdesc {
	u64 addr;
	u32 len;
	u16 flags, next;
};

/* Queue n of a device: three pages from its own place in RAM on. */
struct mqueue {
	struct mini *g;
	u32 dev, index, size;
	gpa_t desc, avail, used;
	u16 avail_idx, seen;
};

void mini_features(struct mini *g, u32 dev, u32 low, u32 high); /* up to FEATURES_OK */
/* Set a queue up at `at` (desc, avail at +4096, used at +8192) and enable it. */
void mini_queue(struct mini *g, u32 dev, u32 index, gpa_t at, u32 size, struct mqueue *q);
void mini_ready(struct mini *g, u32 dev);
/* All of it for a device with `queues` queues of 256 from `at` on, 12 KiB each. */
void mini_open(struct mini *g, u32 dev, u32 low, gpa_t at, u32 queues, struct mqueue *q);

void mdesc_set(struct mqueue *q, u32 i, u64 addr, u32 len, u16 flags, u16 next);
void mqueue_offer(struct mqueue *q, u16 head);
void mqueue_kick(struct mqueue *q);
/* The next used entry; false: none. */
bool mqueue_used(struct mqueue *q, u32 *id, u32 *len);
u16 mqueue_used_flags(struct mqueue *q);
void mqueue_avail_flags(struct mqueue *q, u16 flags);

void ram_put(struct mini *g, gpa_t at, const void *src, u32 len);
void ram_get(struct mini *g, gpa_t at, void *dst, u32 len);

u32 mini_random(u32 *state); /* xorshift, seeded by the caller */

#endif
