/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loaders of both protocols that say the same, in memory below 4 GiB. */
#ifndef TESTS_UNIT_HANDOVER_FIXTURE_H
#define TESTS_UNIT_HANDOVER_FIXTURE_H

#include "boot/handover.h"
#include "boot/multiboot.h"
#include "tests/unit/support.h"

#define LIMIT_32 (1ull << 32)
#define ROOM	 65536u

extern const struct image_range image;
extern struct boot_info b;
extern struct handover h;

/* Memory that 32-bit addresses reach, as the loader's does; behind it there is none. */
extern char *low;
extern u32 used; /* of it, by what is handed over */

int open_memory(void **state);
int close_memory(void **state);
u32 address(const void *p);

struct told_module {
	u32 start, end;
	const char *text; /* NULL: none */
};

struct told {
	const char *loader, *cmdline; /* NULL: not told */
	u32 modules;
	const struct told_module *module;
	u32 entries;
	const struct memmap_entry *map;
	u32 upper_kib;
	const struct mbi *screen; /* its framebuffer */
};

void *take(u32 bytes);

/* A tag with room for `bytes` behind its head, all zero. */
u8 *tag(u32 type, u32 bytes);
u32 *begin_tags(void);

/* The end, and what comes before it is all there is. */
void end_tags(u32 *head);

#define LOADERS 2u
extern void (*const loaders[LOADERS])(const struct told *t);

/* What follows is done for what each of them says. */
#define EACH_LOADER(t)                                                                           \
	for (u32 loader = 0; loader < LOADERS; loader++)                                         \
		for (bool once = (used = 0, memset(&b, 0, sizeof(b)), loaders[loader](t), true); \
		     once; once = false)

#endif
