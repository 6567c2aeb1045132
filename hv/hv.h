/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The core: guests made, run and released. For the files of this
 * room, and for boot/, which starts it. */
#ifndef HV_HV_H
#define HV_HV_H

#include "lib/base.h"

struct blk_backend;
struct boot_info;
struct boot_module;
struct guest;

/* ---- main.c ------------------------------------------------------------------------------- */

/* Before anything else: from here on exceptions, panics and log lines are seen, as far as there is
 * a console. */
void hv_early(void);
/* Runs on the boot stack, paging off. */
NORETURN void hv_main(const struct boot_info *boot);

/* ---- start.c ------------------------------------------------------------------------------ */

/* From EMPTY, or ENDED and reaped, to STARTING; or to ENDED, and what failed is logged. */
void guest_start(struct guest *g);
/* A part of a STARTING guest's start, short enough for others to wait; the last one ends in
 * RUNNING, PAUSED or ENDED. */
void guest_start_part(struct guest *g);
/* Say why it ended, if it was no clean end, then release what it held, outside of any exit; start
 * it again if it is to be. Called until it holds nothing. */
void guest_reap(struct guest *g);

/* ---- run.c -------------------------------------------------------------------------------- */

NORETURN void run_loop(void);

/* ---- disks.c ------------------------------------------------------------------------------ */

/* The back-end of a module that is used as a disk, one for all its users; without a module the
 * machine's disk of this name. NULL: there is none, and *why is a sentence for the user. */
struct blk_backend *disk_backend(const struct boot_module *m, const char *name, const char **why);
void disks_watch(void); /* from the run loop: see after the machine's disks while they work */

/* ---- networks.c --------------------------------------------------------------------------- */

void networks_init(void); /* plug the machine's cards in, as configured */
bool networks_poll(void); /* from the run loop: frames left over; true: there are more */
/* The address of a guest's card that has none by its configuration: the same at each start. */
void network_mac(const struct guest *g, u32 card, u8 mac[6]);

#endif
