/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine under mm/ for unit tests: RAM whose physical addresses are valid pointers on the
 * development host too, and high frames that only frame_map() reaches. It stands in for
 * mm/host.c and holds mm/frame.c, so that every test starts with a pool of its own.
 */
#ifndef TESTS_UNIT_FAKE_HOST_H
#define TESTS_UNIT_FAKE_HOST_H

#include "mm/host.h"

#define HOST_LOW_BASE	0x10000000u /* physical, and where it is mapped */
#define HOST_LOW_PAGES	8192u
#define HOST_HIGH_FRAME 0x100000u /* 4 GiB */
#define HOST_HIGH_PAGES 1024u

/* A fresh pool: low pages from HOST_LOW_BASE, high ones from 4 GiB (0 = none). The shadow
 * format decides whether the CPU has PAE. All RAM is filled with rubbish. */
void host_reset(u32 low_pages, u32 high_pages, const struct pt_format *shadow);
/* The same by the caller's own map, which must lie in the RAM above. */
void host_reset_ranges(const struct ram_range *ram, u32 n, const struct ram_range *reserved,
		       u32 nres);
extern bool host_has_nx; /* of a CPU with PAE */
extern u32 host_windows; /* frame_map()s of high frames that were not undone */

#endif
