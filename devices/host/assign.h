/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function of the machine's PCI bus lent to a guest: who has it, what its BARs are, and its
 * interrupt, quiet until the guest has served it. For devices/passthrough.c, the guest's side.
 */
#ifndef DEVICES_HOST_ASSIGN_H
#define DEVICES_HOST_ASSIGN_H

#include "devices/pci/registers.h"
#include "mm/gmem.h"

struct assigned_bar {
	u32 base, size; /* bytes; size 0: none */
	bool io, prefetchable;
	enum cache_type cache; /* how its memory is to be mapped */
};

struct assigned {
	u8 bus, dev, fn;
	bool taken;
	bool intx_gate; /* its command register can switch the interrupt off (PCI 2.3) */
	bool waiting;	/* interrupt raised, not yet served */
	bool hooked;	/* its handler is registered; that outlives the loan */
	u8 irq;		/* the machine's line; 0: none */
	u32 id, class_rev, subsystem; /* dwords 00, 08, 2c of the header */
	struct assigned_bar bar[PCI_BARS];
	u64 since;    /* when the interrupt was raised, ns */
	u32 unserved; /* interrupts in a row that nobody served in time */
	void (*raise)(void *ctx, struct assigned *a);
	void *ctx;
};

/* Take the function "BB:DD.F" (hexadecimal). `dma`: the guest is trusted with bus mastering.
 * NULL: *why says what is wrong, for the user. raise(ctx) is called at its interrupt. */
struct assigned *assign_take(const char *where, bool dma,
			     void (*raise)(void *ctx, struct assigned *a), void *ctx,
			     const char **why);
/* Stop the device and its interrupt, and let go. */
void assign_release(struct assigned *a);
/* What of the command register's I/O, memory and master bits the guest wants. */
void assign_command(struct assigned *a, u16 bits);
/* The guest has served the interrupt: let the next one come. */
void assign_served(struct assigned *a);

#endif
