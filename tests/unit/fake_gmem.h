/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's memory and an arena without the hypervisor's mm/, for tests of what stands on it. */
#ifndef TESTS_UNIT_FAKE_GMEM_H
#define TESTS_UNIT_FAKE_GMEM_H

#include "mm/gmem.h"

struct fake_guest {
	struct gmem mem;
	struct arena arena;
	struct frame_owner owner;
	u8 *ram;
};

/* RAM is a block of exactly its size, so that the sanitizer sees a step outside. */
void fake_guest_init(struct fake_guest *g, u32 ram_pages);
void fake_guest_free(struct fake_guest *g);
u8 *fake_ram(const struct gmem *m);

/* The n-th arena_alloc from now fails, once; 0: none does. */
extern u32 fake_arena_fail;
/* Called after each guest_read: what a second virtual CPU could do to memory then. */
extern void (*fake_after_read)(struct gmem *m, gpa_t at, u32 len);
/* guest_read and guest_write calls so far. */
extern u64 fake_accesses;

#endif
