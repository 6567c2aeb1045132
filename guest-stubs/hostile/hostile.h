/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hostile: what the attacks share. An attack returns NULL when it survived and saw what it
 * should, or a text that says what was wrong. One that must not survive just returns.
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
#define READ_ONLY  PTE_P
#define READ_WRITE (PTE_P | PTE_W)

#define CHECK(condition, text)       \
	do {                         \
		if (!(condition))    \
			return text; \
	} while (0)

/* For probe(): its argument is the address. */
void read_at(u32 va);
void write_at(u32 va);
void call_at(u32 va);

u32 window(void); /* device memory: the console's common configuration */
/* Run bytes of machine code, a ret behind them, in ring 1 under a probe: true = it trapped. */
bool run_bytes(const void *code, u32 len);
bool trapped(u32 vector); /* was it that one? */
/* Enter ring 3 with a blob; true when it ended with #GP, #UD or #NP. */
bool refused_in_user(struct frame *f);

#endif
