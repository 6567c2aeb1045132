/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hostile: what the attacks share. An attack returns NULL when it survived and saw what it
 * should, or a text that says what was wrong. One that must not survive just returns.
 * For the files of this guest.
 */
#ifndef GUEST_HOSTILE_H
#define GUEST_HOSTILE_H

#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/user.h"

#define ATTACK(fn, id, stage, end) const char *fn(void);
#include "guest-stubs/hostile/list.h"
#undef ATTACK

#define PLACE	   0x50000000u /* free up to 0xbfffffff */
#define HIGH	   0xd0000000u /* free, in the kernel half */
#define HV_BASE	   (0u - LGUEST_RESERVED_TOP)
#define ALL_ONES   0xffffffffu
#define PATIENCE   60000u /* ms to wait for what must come on a busy machine, too */
#define READ_ONLY  PTE_P
#define READ_WRITE (PTE_P | PTE_W)

#define CHECK(condition, text)       \
	do {                         \
		if (!(condition))    \
			return text; \
	} while (0)

/* A descriptor to play with, and how they are written. */
#define SLOT		   9
#define SELECTOR	   (SLOT * 8)
#define CODE_HI(dpl)	   (0x00cf9a00u | (dpl) << 13)
#define DATA_HI(dpl)	   (0x00c09200u | (dpl) << 13)
#define FLAT_DATA_HI(dpl)  (DATA_HI(dpl) | 0x000f0000u)
#define FLAT_LO		   0x0000ffffu
#define HV_CS		   (GDT_HV_CS * 8)
#define GATE_HI(type, dpl) (0x8000u | (dpl) << 13 | (type) << 8)

#define HV_PAGES     (LGUEST_RESERVED_TOP / PAGE_SIZE)
#define ROOTS	     8
#define SHARED_SLOTS 100 /* directory entries that share a table */

/* A page that begins with that word. */
static inline u32 marked(u32 mark)
{
	u32 page = page_alloc();

	*word_at(page) = mark;
	return page;
}

static inline u32 *directory(u32 root)
{
	return virt(root);
}

/* A root with everything the current kernel root has. */
static inline u32 clone_root(void)
{
	u32 root = page_alloc();

	memcpy(virt(root), virt(kernel_root), PAGE_SIZE);
	return root;
}

/* For probe(): far return to a code segment of that selector. */
static inline void far_return(u32 cs)
{
	__asm__ volatile("pushl %0; pushl $1f; lret\n1:" : : "r"(cs) : "memory");
}

/* For probe(): its argument is the address. */
void read_at(u32 va);
void write_at(u32 va);
void call_at(u32 va);

void set_write_protection(bool on); /* CR0.WP */

/* A trap handler that keeps the frame in `seen`, with its own CS in the place of the error. */
void note(struct frame *f);
extern struct frame seen;

u32 window(void); /* device memory: the console's common configuration */
/* Run bytes of machine code, a ret behind them, in ring 1 under a probe: true = it trapped. */
bool run_bytes(const void *code, u32 len);
bool trapped(u32 vector); /* was it that one? */
/* Enter ring 3 with a blob; true when it ended with #GP, #UD or #NP. */
bool refused_in_user(struct frame *f);

#endif
