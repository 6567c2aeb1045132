/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lending functions of the machine to guests. There is no IOMMU: a function that can master the
 * bus can write to any memory, so it is lent only to a guest that is trusted with that.
 *
 * The interrupt is level-triggered and perhaps shared. It is switched off at the function itself
 * where that is possible (PCI 2.3), so the others on the line never notice; else the line is
 * masked, and must not be shared. It comes on again when the guest has served it.
 */
#include "devices/host/assign.h"

#include "devices/host/irq.h"
#include "devices/host/pci.h"
#include "lib/cpu.h"
#include "lib/log.h"
#include "lib/x86.h"
#include "mm/host.h"

#define ASSIGNED 8u

static struct assigned table[ASSIGNED];

static struct host_function place_of(const struct assigned *a)
{
	return (struct host_function){.bus = a->bus, .dev = a->dev, .fn = a->fn};
}

static u32 get(const struct assigned *a, u8 reg, unsigned size)
{
	struct host_function f = place_of(a);

	return pcihost_read(&f, reg, size);
}

static void put(const struct assigned *a, u8 reg, unsigned size, u32 value)
{
	struct host_function f = place_of(a);

	pcihost_write(&f, reg, size, value);
}

/* Set and clear bits of the command register; the status half is not written. */
static void command(const struct assigned *a, u32 clear, u32 set)
{
	put(a, PCI_COMMAND, 2, (get(a, PCI_COMMAND, 2) & ~clear) | set);
}

/* ---- Interrupt ----------------------------------------------------------------------------- */

static void quiet(struct assigned *a)
{
	if (a->intx_gate)
		command(a, 0, PCI_COMMAND_INTX_OFF);
	else
		pic_mask(a->irq);
}

static bool interrupt(void *ctx)
{
	struct assigned *a = ctx;

	if (!a->taken || a->waiting)
		return false;
	if (a->intx_gate && !(get(a, PCI_STATUS, 2) & PCI_STATUS_INTX))
		return false; /* somebody else's on the same line */
	quiet(a);
	a->waiting = true;
	a->raise(a->ctx, a);
	return true;
}

void assign_served(struct assigned *a)
{
	if (!a->waiting)
		return;
	a->waiting = false;
	if (a->intx_gate)
		command(a, PCI_COMMAND_INTX_OFF, 0);
	else
		pic_unmask(a->irq);
}

/* ---- Cache types --------------------------------------------------------------------------- */

/* SDM vol. 3, 11.11.2: variable-range MTRRs. */
#define MSR_MTRRCAP	 0x0feu
#define MSR_MTRR_BASE(i) (0x200u + 2 * (i))
#define MSR_MTRR_MASK(i) (0x201u + 2 * (i))
#define MTRR_VALID	 0x800u
#define MTRR_WC		 1u
#define MTRR_WT		 4u

/* What the firmware asks for is taken where it says more than "a device"; else the BAR's own
 * word: what may be prefetched may be combined. */
static enum cache_type cache_of(u32 base, bool prefetchable)
{
	u32 n = cpu.mtrr ? (u32)rdmsr(MSR_MTRRCAP) & 0xffu : 0;

	for (u32 i = 0; i < n; i++) {
		u32 range = (u32)rdmsr(MSR_MTRR_BASE(i)), mask = (u32)rdmsr(MSR_MTRR_MASK(i));

		if (!(mask & MTRR_VALID) || (base & mask & PAGE_MASK) != (range & mask & PAGE_MASK))
			continue;
		if ((range & 0xffu) == MTRR_WC)
			return CACHE_WC;
		if ((range & 0xffu) == MTRR_WT)
			return CACHE_WT;
	}
	return prefetchable ? CACHE_WC : CACHE_UC;
}

/* ---- What a function has ------------------------------------------------------------------- */

/* Sizes by writing ones, with decoding off for that moment (PCI Local Bus 2.3, 6.2.5.1). */
static const char *read_bars(struct assigned *a)
{
	u32 before = get(a, PCI_COMMAND, 2);
	const char *why = NULL;

	put(a, PCI_COMMAND, 2, before & ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
	for (u32 i = 0; i < PCI_BARS; i++) {
		u8 reg = (u8)PCI_BAR(i);
		u32 value = get(a, reg, 4), mask;
		struct assigned_bar *b = &a->bar[i];

		put(a, reg, 4, ~0u);
		mask = get(a, reg, 4);
		put(a, reg, 4, value);
		*b = (struct assigned_bar){.io = value & PCI_BAR_IO,
					   .prefetchable = value & PCI_BAR_PREFETCHABLE};
		mask &= b->io ? PCI_BAR_IO_MASK : ~0xfu;
		if (!mask)
			continue;
		b->base = value & (b->io ? ~0x3u : ~0xfu);
		b->size = mask & -mask;
		b->cache = cache_of(b->base, b->prefetchable);
		if (!b->io && value & PCI_BAR_64BIT && i + 1 < PCI_BARS) {
			i++;
			if (get(a, (u8)(reg + 4), 4))
				why = "a BAR lies above 4 GiB";
		}
	}
	put(a, PCI_COMMAND, 2, before);
	return why;
}

static const char *judge_bars(const struct assigned *a)
{
	for (u32 i = 0; i < PCI_BARS; i++) {
		const struct assigned_bar *b = &a->bar[i];

		if (!b->size)
			continue;
		if (!b->base)
			return "the firmware gave a BAR no address";
		if (b->io)
			continue;
		if (b->size < PAGE_SIZE || b->base & ~PAGE_MASK)
			return "a BAR is not a whole number of pages: its page would expose a "
			       "neighbour";
		if (frame_overlaps_ram(b->base, (u64)b->base + b->size))
			return "a BAR overlaps RAM";
	}
	return NULL;
}

/* Does a command bit stay when it is set? */
static bool has_bit(const struct assigned *a, u32 bit)
{
	u32 before = get(a, PCI_COMMAND, 2);
	bool stays;

	put(a, PCI_COMMAND, 2, before | bit);
	stays = get(a, PCI_COMMAND, 2) & bit;
	put(a, PCI_COMMAND, 2, before);
	return stays;
}

static const char *judge(struct assigned *a, const struct host_function *f, bool dma)
{
	const char *why;

	if (f->header & 0x7fu || f->base_class == PCI_CLASS_BRIDGE)
		return "it is a bridge";
	if (f->base_class == PCI_CLASS_DISPLAY && f->sub_class == 0)
		return "the screen is the hypervisor's";
	why = read_bars(a);
	if (!why)
		why = judge_bars(a);
	if (!why && !dma && has_bit(a, PCI_COMMAND_MASTER))
		why = "it can do DMA, and there is no IOMMU: say dma=trusted if its guest may "
		      "write to "
		      "all memory of the machine";
	return why;
}

/* ---- Taking and giving back ---------------------------------------------------------------- */

static bool hex(const char **p, u32 max, char end, u8 *out)
{
	u32 n = 0, digits = 0;

	for (; **p && **p != end; (*p)++, digits++) {
		char c = (char)(**p | 0x20);

		if (c >= '0' && c <= '9')
			n = n * 16 + (u32)(c - '0');
		else if (c >= 'a' && c <= 'f')
			n = n * 16 + (u32)(c - 'a') + 10;
		else
			return false;
		if (n > max)
			return false;
	}
	if (**p != end || !digits)
		return false;
	if (end)
		(*p)++;
	*out = (u8)n;
	return true;
}

static bool find(void *ctx, const struct host_function *f)
{
	struct host_function *want = ctx;

	if (f->bus != want->bus || f->dev != want->dev || f->fn != want->fn)
		return true;
	*want = *f;
	return false;
}

/* A place that this function had before (its handler stays registered), or a fresh one. */
static struct assigned *place(const struct host_function *f)
{
	struct assigned *fresh = NULL;

	for (struct assigned *a = table; a < table + ASSIGNED; a++) {
		if (a->hooked && a->bus == f->bus && a->dev == f->dev && a->fn == f->fn)
			return a;
		if (!a->taken && !a->hooked && !fresh)
			fresh = a;
	}
	return fresh;
}

/* A function without a gate keeps its line masked until its guest has served it: nobody else may
 * depend on that line. Handlers outlive their loans; what is not lent counts as nobody. */
static bool shares_masked_line(const struct assigned *a)
{
	unsigned others = host_irq_handlers(a->irq) - a->hooked;

	for (const struct assigned *b = table; b < table + ASSIGNED; b++) {
		if (b == a || !b->hooked || b->irq != a->irq)
			continue;
		if (b->taken && !b->intx_gate)
			return true;
		others -= !b->taken;
	}
	return others && !a->intx_gate;
}

static const char *hook_interrupt(struct assigned *a, const struct host_function *f)
{
	a->irq = f->irq_pin && f->irq_line < HOST_IRQS ? f->irq_line : 0;
	a->intx_gate = has_bit(a, PCI_COMMAND_INTX_OFF);
	if (!a->irq)
		return NULL;
	if (shares_masked_line(a))
		return "a function older than PCI 2.3 needs its interrupt line for itself";
	if (a->hooked) {
		pic_unmask(a->irq); /* the last loan of a function without a gate ended masked */
		return NULL;
	}
	if (host_irq_register(a->irq, interrupt, a) != HV_OK)
		return "no more interrupt handlers";
	a->hooked = true;
	return NULL;
}

struct assigned *assign_take(const char *where, bool dma,
			     void (*raise)(void *ctx, struct assigned *a), void *ctx,
			     const char **why)
{
	struct host_function f = {0};
	const char *p = where, *owner;
	struct assigned *a;

	*why = "write it as BB:DD.F, such as 00:03.0";
	if (!hex(&p, 0xff, ':', &f.bus) || !hex(&p, 0x1f, '.', &f.dev) || !hex(&p, 7, 0, &f.fn))
		return NULL;
	*why = "there is no such function";
	pcihost_scan(find, &f);
	if (!f.vendor)
		return NULL;
	owner = pcihost_owner(&f);
	*why = owner;
	if (owner)
		return NULL;
	*why = "too many functions are lent";
	a = place(&f);
	if (!a)
		return NULL;
	a->bus = f.bus;
	a->dev = f.dev;
	a->fn = f.fn;
	*why = judge(a, &f, dma);
	if (!*why)
		*why = hook_interrupt(a, &f);
	if (*why)
		return NULL;
	a->id = get(a, PCI_VENDOR, 4);
	a->class_rev = get(a, PCI_REVISION, 4);
	a->subsystem = get(a, PCI_SUBSYS_VENDOR, 4);
	a->raise = raise;
	a->ctx = ctx;
	a->waiting = false;
	a->unserved = 0;
	*why = "too many functions are in use";
	a->taken = pcihost_claim(&f, "it is lent to another guest");
	command(a, PCI_COMMAND_MASTER, 0);
	pcihost_enable(&f, 0);
	return a->taken ? a : NULL;
}

void assign_release(struct assigned *a)
{
	struct host_function f = place_of(a);

	command(a, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
		a->intx_gate ? PCI_COMMAND_INTX_OFF : 0);
	if (a->irq && !a->intx_gate)
		pic_mask(a->irq);
	a->taken = a->waiting = false;
	pcihost_unclaim(&f);
}

void assign_command(struct assigned *a, u16 bits)
{
	u32 may = PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;

	command(a, may & ~bits, bits & may);
}
