/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests that draw, each with shadow tables of its own, and the one real screen under them. */
#ifndef TESTS_UNIT_DISPLAY_FIXTURE_H
#define TESTS_UNIT_DISPLAY_FIXTURE_H

#include "devices/display.h"
#include "mm/host.h"
#include "mm/shadow.h"
#include "tests/unit/support.h"

#define GUESTS	  4u
#define RAM_PAGES 64u
#define FB_FRAME  0xfd000u
#define FB_PAGES  64u
#define PICTURE	  40u /* pages at most */
#define FRAME(e)  ((u32)(((e)&0x000ffffffffff000ull) >> PAGE_SHIFT))

extern u8 screen_bytes[FB_PAGES * PAGE_SIZE];
extern u32 mode_width, mode_height, modes_set;

struct guest_model {
	bool alive;
	char name[8];
	struct frame_owner owner;
	struct arena arena;
	struct gmem mem;
	struct bus *bus;
	pfn_t special[3];
	struct display_mode mode;
	u32 pages, bar_bytes;
	u8 page[PICTURE]; /* the byte that fills it */
};
extern struct guest_model guest[GUESTS];

extern u32 rnd_state, free_before;

u32 random_below(u32 n);

/* False: out of memory somewhere on the way; nothing is held then. */
bool guest_start(struct guest_model *g, u32 width, u32 height);
void guest_die(struct guest_model *g);
int display_setup(void **state);
int display_teardown(void **state);
u32 register_in(struct guest_model *g, u32 reg);
void register_out(struct guest_model *g, u32 reg, u32 value);

/* The shadow entry at an address, linear mode; 0: none. */
u64 entry_at(struct guest_model *g, gva_t va);

/* Touch a page as the guest would; its bytes, or NULL for its own page fault. */
u8 *touch(struct guest_model *g, gva_t va);
gva_t picture(struct guest_model *g);
void draw(struct guest_model *g, u32 page, u8 byte);
void check_page(struct guest_model *g, u32 page);
void check_all(struct guest_model *g);

#endif
