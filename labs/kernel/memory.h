/* SPDX-License-Identifier: GPL-2.0-or-later */
/* B3: frames of RAM, page tables, address spaces. */
#ifndef MEMORY_H
#define MEMORY_H

#include "labs/kernel/kernel.h"

struct trap_frame;

void memory_init(void); /* frames, then the kernel's own page tables */

/* ---- Frames: pages of RAM, named by their physical address ----------------------------------- */
void frames_init(void);
u32 ram_size(void);    /* bytes, from 0 on */
u32 frame_alloc(void); /* filled with zeros; 0: there is none left */
void frame_free(u32 frame);
u32 frames_left(void);

/* ---- Page tables: two levels of 1024 entries (SDM vol. 3, 4.3) ------------------------------- */
#define PTE_PRESENT 0x001u
#define PTE_WRITE   0x002u
#define PTE_USER    0x004u
#define PTE_FLAGS   0xfffu

/* Part of an address space whose pages come when they are first touched. */
struct region {
	u32 start, end, flags; /* flags: PTE_WRITE, PTE_USER */
};

#define REGIONS 4
struct space {
	u32 directory; /* physical address */
	struct region regions[REGIONS];
};
extern struct space kernel_space, *current_space;

void paging_init(
	void); /* the kernel's space: all RAM from KERNEL_BASE on, and the device windows */
/* The entry of va in a space, NULL when no table holds it; make: then make the table. */
u32 *page_entry(struct space *s, u32 va, bool make);
bool map(struct space *s, u32 va, u32 frame, u32 flags); /* false: no frame left for a table */
u32 unmap(struct space *s, u32 va);			 /* the frame that was there; 0: none */

bool space_new(struct space *s);  /* sees the kernel and nothing else; false: no frames */
void space_free(struct space *s); /* with the frames that its user half maps, and its tables */
void space_load(struct space *s); /* from now on this one is in effect */

/* Pages in [start, end) come when they are touched. False: no region is free. */
bool region_add(struct space *s, u32 start, u32 end, u32 flags);
/* Make va present as its region says. False: it lies in none, or no frame is left. */
bool region_fill(struct space *s, u32 va, bool write, bool user);
void page_fault(struct trap_frame *f); /* the handler of TRAP_PAGE_FAULT */

#define DEVICES 0xfe000000u /* here are device registers seen; as in entry.S */
/* The registers of a device, which lie at physical addresses where no RAM is. Works from B1 on. */
volatile void *map_device(u32 pa, u32 bytes);

#endif
