/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory shared between guests, and a doorbell. A PCI function in the manner of ivshmem: BAR 0 is
 * a page of registers, BAR 2 the memory, cached, mapped on first touch. docs/shm.md is its manual.
 * For shm.c and its test.
 */
#ifndef DEVICES_SHM_H
#define DEVICES_SHM_H

#include "devices/bus.h"

#define SHM_REGIONS   16u
#define SHM_PEERS     16u
#define SHM_PAGES_MAX (MIB(16) >> PAGE_SHIFT)

/* The registers (ivshmem's, revision 1). */
enum shm_reg {
	SHM_INTR_MASK = 0x00,	/* bit 0: let the doorbell interrupt */
	SHM_INTR_STATUS = 0x04, /* bit 0: it rang; reading clears */
	SHM_POSITION = 0x08,	/* own number among the peers */
	SHM_DOORBELL = 0x0c,	/* bits 31:16: whom to ring */
};

#endif
