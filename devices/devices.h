/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest sees as hardware: a PCI bus of its own, virtio functions on it, and the few
 * legacy ports that a kernel probes. One struct bus per guest. For hv/, and the files of
 * devices/ that make it.
 */
#ifndef DEVICES_DEVICES_H
#define DEVICES_DEVICES_H

#include "lib/base.h"
#include "mm/gmem.h"

struct blk_backend;
struct bus;

/* ---- The guest's bus --------------------------------------------------------------------- */

/* What the bus asks of the room above it. ctx is what was given to bus_create. */
struct bus_ops {
	void (*irq)(void *ctx, unsigned line); /* 1..15, edge: make it pending */
	void (*console_out)(void *ctx, const char *text, u32 len); /* raw guest bytes */
	/* Of how many bytes console_out() can dispose now without waiting for a slow line. */
	u32 (*console_room)(void *ctx);
	u64 (*now_ns)(void *ctx);
	/* Has the guest handled this line's last interrupt: neither pending, nor masked, and its
	 * interrupts on? When not, bus_poll() is called again soon. */
	bool (*irq_served)(void *ctx, unsigned line);
	/* There is work for bus_poll(), in the guest's own time. Any code may cause it, a peer's or
	 * an interrupt's: nothing is done there but this. */
	void (*work)(void *ctx);
};

/* Where device memory begins: above RAM with a guard of 1 MiB. */
#define DEVICE_WINDOW_GUARD MIB(1)

/* The bus: host bridge at 00:00.0, one BAR page a device in a window slot of `m`. NULL: no
 * memory. Everything comes from the arena; bus_detach must be called before the arena goes. */
MUST_CHECK struct bus *bus_create(struct arena *a, struct gmem *m, const struct bus_ops *ops,
				  void *ctx, const char *guest_name);
/* The guest has ended: its devices stop. False: disks of the machine still work in its memory,
 * which nobody else may have before they have ended; this is to be called again. */
MUST_CHECK bool bus_stop(struct bus *b);
u32 bus_held(const struct bus *b); /* requests of such disks */
/* Let go of everything outside the guest (network, backends), after bus_stop(); no completion after
 * this. */
void bus_detach(struct bus *b);

/* Devices, in the order of their numbers, at most 15; IRQ line = device number. The console must
 * be first (00:01.0), else HV_BADARG. A disk is attached read-only when either side says so;
 * HV_BUSY when it has a writer already, or would get one beside others; HV_ABSENT for NULL. A
 * network is made by its first user: HV_BADARG for its name (1..15 letters), HV_BUSY for a MAC
 * address that is there already; mac NULL: one is made from the guest's name. */
MUST_CHECK enum hv_status bus_add_console(struct bus *b);
MUST_CHECK enum hv_status bus_add_block(struct bus *b, struct blk_backend *disk, bool readonly);
MUST_CHECK enum hv_status bus_add_net(struct bus *b, const char *network, const u8 mac[6]);
MUST_CHECK enum hv_status bus_add_rng(struct bus *b);
/* A function of the machine, "BB:DD.F", for this guest alone; what is wrong is logged. Without
 * dma_trusted one that can master the bus is refused: there is no IOMMU. */
MUST_CHECK enum hv_status bus_add_passthrough(struct bus *b, const char *where, bool dma_trusted);
/* Memory shared with every guest that has a region of this name (1..15 letters), and a doorbell.
 * bytes: a power of two, 4 KiB to 16 MiB, the same for all its users; else HV_BADARG. The frames
 * are charged to the region, which goes with its last user. */
MUST_CHECK enum hv_status bus_add_shm(struct bus *b, const char *name, u32 bytes);
/* A display of that size; HV_ABSENT: the screen cannot show it, or there is none. */
MUST_CHECK enum hv_status bus_add_display(struct bus *b, u32 width, u32 height);

/* Trapped port accesses of the guest; size 1, 2 or 4, any port, the value's higher bits are
 * ignored. Unknown ports read all ones, writes to them are dropped. */
u32 bus_port_in(struct bus *b, u16 port, unsigned size);
void bus_port_out(struct bus *b, u16 port, unsigned size, u32 value);

/* Bytes typed at this guest; returns how many were taken (the rest when it has buffers again). */
u32 bus_console_input(struct bus *b, const char *text, u32 len);
/* The guest has ended: print of what waits in its console's queue as much as the line takes without
 * waiting. True: there is more, and this is to be called again. A few KiB in all. */
bool bus_console_flush(struct bus *b);
/* Is there any for bus_poll()? */
bool bus_has_work(const struct bus *b);
/* Does some of it get on without waiting for the serial line? */
bool bus_hurries(const struct bus *b);
/* Do a bounded amount of the work that waits: all work of devices is done here. Whose bus it is
 * pays for it. True: there is more. */
bool bus_poll(struct bus *b);
/* The guest printed more than the line takes, by a register that makes it wait: it may not run
 * until bus_poll() has got rid of some of that. Or it has reset a device with which a disk still
 * works. */
bool bus_stalled(const struct bus *b);
/* An instruction is emulated that may reach devices, perhaps many times. When they have had one
 * exit's share of time meanwhile, the rest of it is left for later. */
void bus_begin(struct bus *b);
bool bus_exhausted(const struct bus *b);

struct display_mode {
	gpa_t address; /* of the pixels, for the guest */
	u32 width, height, stride, bpp;
	u32 presents, touches; /* so far */
};
/* The guest's display; false: it has none. */
bool bus_display(const struct bus *b, struct display_mode *mode);

/* For the monitor's `pci`: one line a function. */
void bus_show(struct bus *b, void (*line)(void *ctx, const char *text), void *ctx);

#endif
