/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The emulated PCI bus of one guest: configuration mechanism 1, a host bridge at 00:00.0 and
 * type-0 functions whose BAR 0 is a page of emulated registers. A function may have another BAR
 * behind which is real memory (membar.c). Private to devices/.
 *
 * A function is two byte arrays, the registers and which of their bits the guest may change,
 * so sizing a BAR, probing read-only fields and partial writes need no code of their own.
 */
#ifndef DEVICES_PCI_PCI_H
#define DEVICES_PCI_PCI_H

#include "devices/pci/registers.h"
#include "mm/gmem.h"

#define PCI_DEVICES	16u   /* the bridge and one device for each interrupt line 1..15 */
#define PCI_CONFIG_SIZE 0x98u /* registers above read 0 (PCI Local Bus 2.2, 6.1) */
#define PCI_BAR_SIZE	PAGE_SIZE

/* Ports of mechanism 1 (PCI Local Bus 2.2, 3.2.2.3.2). */
#define PCI_PORT_ADDRESS 0xcf8u
#define PCI_PORT_DATA	 0xcfcu
#define PCI_PORT_LAST	 0xcffu

struct pci_function;

struct pci_function_ops {
	/* An access to BAR 0; offset and size (1, 2, 4) stay inside it. */
	u32 (*bar_read)(struct pci_function *f, u32 offset, unsigned size);
	void (*bar_write)(struct pci_function *f, u32 offset, unsigned size, u32 value);
	/* Let go of what is outside the guest, and of its memory. NULL: nothing. */
	void (*detach)(struct pci_function *f);
	const char *name; /* for the monitor, when the function is not a virtio one */
	/* For registers that are more than storage: the dword at `reg` is about to be read, or
	 * was just written. */
	void (*config_reading)(struct pci_function *f, u32 reg);
	void (*config_written)(struct pci_function *f, u32 reg);
	/* Port BARs: false when the whole access does not lie in one of them. NULL: none. */
	bool (*port_in)(struct pci_function *f, u16 port, unsigned size, u32 *value);
	bool (*port_out)(struct pci_function *f, u16 port, unsigned size, u32 value);
	void (*poll)(struct pci_function *f); /* from bus_poll(); NULL: nothing */
};

struct pci_function {
	u8 config[PCI_CONFIG_SIZE] ALIGNED(4);
	u8 writable[PCI_CONFIG_SIZE];	    /* 1: the guest may change this bit */
	const struct pci_function_ops *ops; /* NULL: registers only, no BAR */
};

struct pci_bus {
	u32 address; /* port 0xCF8 as written */
	u32 decoded; /* who answered last, since configuration was written; 0: the bridge does never
		      */
	struct pci_function *device[PCI_DEVICES];
	struct pci_function bridge;
};

void pci_bus_init(struct pci_bus *b);

/* Ports 0xCF8..0xCFF; size 1, 2 or 4, naturally aligned. */
u32 pci_port_in(struct pci_bus *b, u16 port, unsigned size);
void pci_port_out(struct pci_bus *b, u16 port, unsigned size, u32 value);

/* The function that answers memory accesses at `at`, or NULL: decode enabled and BAR 0 there.
 * The lowest device number wins where two BARs were put on one address. */
struct pci_function *pci_decode(struct pci_bus *b, gpa_t at);

/* ---- A BAR with memory behind it (membar.c) ------------------------------------------------ */

/* A SLOT_DEVICE that is where the register says while memory decoding is on and nothing else is
 * in the way, and nowhere otherwise. The places of its pages outlive every move. */
struct pci_membar {
	struct pci_function *f;
	struct gmem *mem;
	struct slot slot; /* what is put into mem; `base` is right while `present` */
	u8 reg;		  /* PCI_BAR0 and so on */
	u8 flags;	  /* the register's low bits */
	bool present;
};

/* Needs slot (pages: a power of two; kind, cache, ops, ctx), f, mem, reg, flags set; makes the
 * places and puts the BAR to `at`, naturally aligned, with decoding as f has it. */
MUST_CHECK enum hv_status pci_membar_init(struct pci_membar *b, struct arena *a, gpa_t at);
/* From config_written: follow what the guest wrote. How many pages went from or came to where they
 * may be seen: the work that it was. */
u32 pci_membar_written(struct pci_membar *b, u32 reg);
/* Revoke all pages and forget their places; `ram` as in gmem_clear(). */
void pci_membar_clear(struct pci_membar *b, bool ram);
/* The guest can see it no more. */
void pci_membar_remove(struct pci_membar *b);

/* Registers as their owner sees them: no write masks, no side effects. */
u32 pci_get(const struct pci_function *f, u32 reg, unsigned size);
void pci_set(struct pci_function *f, u32 reg, unsigned size, u32 value);
void pci_set_writable(struct pci_function *f, u32 reg, unsigned size, u32 mask);

#endif
