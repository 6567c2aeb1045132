/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function of the machine on a guest's bus: its memory BARs are device slots, mapped on first
 * touch and then used at full speed; port BARs are forwarded; configuration space is made here
 * from a few fields, nothing else of the real one is reachable. docs/passthrough.md.
 */
#include "devices/bus.h"

#include "devices/host/assign.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/x86.h"

#define COMMAND_IO  0x01u
#define PCI_IRQ_PIN 0x3du
#define BAR_IO	    0x1u

/* An interrupt that its guest does not serve within this time comes again; after so many in a
 * row the function stays quiet until the guest serves one. */
#define SERVE_NS   20000000u
#define STORM_MOST 100u

struct pass {
	struct pci_function pci;
	struct assigned *real;
	struct bus *bus;
	u32 irq;
	struct pass_bar {
		struct pci_membar mem;
		struct pass *owner;
		u32 index;
	} bar[PCI_BARS];
};

static struct pass *pass_of(struct pci_function *f)
{
	return container_of(f, struct pass, pci);
}

/* ---- Memory -------------------------------------------------------------------------------- */

static enum touch touched(void *ctx, struct gmem *m, gfn_t gfn, bool write)
{
	struct pass_bar *b = ctx;
	u32 page = gfn - b->mem.slot.base;
	const struct assigned_bar *real = &b->owner->real->bar[b->index];

	(void)write;
	if (page >= real->size >> PAGE_SHIFT)
		return TOUCH_REFUSE;
	gmem_place(m, gfn, (pfn_t){(real->base >> PAGE_SHIFT) + page});
	return TOUCH_RETRY;
}

static const struct slot_ops memory_ops = {.name = "passthrough", .fault = touched};

/* BAR 0 of other functions is a page of registers in the window; ours is never there. */
static u32 nothing_read(struct pci_function *f, u32 offset, unsigned size)
{
	(void)f;
	(void)offset;
	return 0xffffffffu >> (32 - size * 8);
}

static void nothing_write(struct pci_function *f, u32 offset, unsigned size, u32 value)
{
	(void)f;
	(void)offset;
	(void)size;
	(void)value;
}

/* ---- Ports --------------------------------------------------------------------------------- */

/* The machine's port for the whole access [port, port+size), or 0. */
static u16 real_port(struct pass *p, u16 port, unsigned size)
{
	if (!(p->pci.config[PCI_COMMAND] & COMMAND_IO))
		return 0;
	for (u32 i = 0; i < PCI_BARS; i++) {
		const struct assigned_bar *b = &p->real->bar[i];
		u32 base = pci_get(&p->pci, PCI_BAR0 + i * 4, 4) & 0xfffcu;

		if (b->io && b->size >= size && (u32)port - base <= b->size - size)
			return (u16)(b->base + port - base);
	}
	return 0;
}

static bool port_in(struct pci_function *f, u16 port, unsigned size, u32 *value)
{
	u16 at = real_port(pass_of(f), port, size);

	if (at)
		*value = size == 1 ? inb(at) : size == 2 ? inw(at) : inl(at);
	return at;
}

static bool port_out(struct pci_function *f, u16 port, unsigned size, u32 value)
{
	u16 at = real_port(pass_of(f), port, size);

	if (at && size == 1)
		outb(at, (u8)value);
	else if (at && size == 2)
		outw(at, (u16)value);
	else if (at)
		outl(at, value);
	return at;
}

/* ---- Interrupt ----------------------------------------------------------------------------- */

static void raised(void *ctx, struct assigned *a)
{
	struct pass *p = ctx;

	a->since = p->bus->ops->now_ns(p->bus->ctx);
	p->bus->ops->irq(p->bus->ctx, p->irq);
}

/* Called often while the guest runs: has it served the interrupt? */
static void poll(struct pci_function *f)
{
	struct pass *p = pass_of(f);
	struct bus *b = p->bus;

	if (!p->real->waiting)
		return;
	if (b->ops->irq_served(b->ctx, p->irq)) {
		p->real->unserved = 0;
		assign_served(p->real);
	} else if (p->real->unserved < STORM_MOST &&
		   b->ops->now_ns(b->ctx) - p->real->since > SERVE_NS) {
		if (++p->real->unserved == STORM_MOST)
			log_line(LOG_WARN, b->name,
				 "interrupt %u of a lent device is never served: "
				 "it stays off",
				 p->irq);
		else
			assign_served(p->real);
	}
}

/* ---- Configuration ------------------------------------------------------------------------- */

static void config_written(struct pci_function *f, u32 reg)
{
	struct pass *p = pass_of(f);

	for (u32 i = 0; i < PCI_BARS; i++)
		if (p->bar[i].owner)
			bus_spend(p->bus,
				  COST_MOVED_PAGE * pci_membar_written(&p->bar[i].mem, reg));
	if (reg == PCI_COMMAND)
		assign_command(p->real, (u16)pci_get(f, PCI_COMMAND, 2));
}

static void detach(struct pci_function *f)
{
	struct pass *p = pass_of(f);

	for (u32 i = 0; i < PCI_BARS; i++)
		if (p->bar[i].owner)
			pci_membar_remove(&p->bar[i].mem);
	assign_release(p->real);
}

static const struct pci_function_ops function_ops = {
	.bar_read = nothing_read,
	.bar_write = nothing_write,
	.detach = detach,
	.name = "passthrough",
	.config_written = config_written,
	.port_in = port_in,
	.port_out = port_out,
	.poll = poll,
};

static enum hv_status add_memory(struct pass *p, u32 i)
{
	const struct assigned_bar *real = &p->real->bar[i];
	gpa_t at = bus_place(p->bus, real->size);

	if (!at)
		return HV_NOMEM;
	p->bar[i].owner = p;
	p->bar[i].index = i;
	p->bar[i].mem = (struct pci_membar){
		.f = &p->pci,
		.mem = p->bus->mem,
		.reg = (u8)(PCI_BAR0 + i * 4),
		.flags = real->prefetchable ? PCI_BAR_PREFETCHABLE : 0,
		.slot = {.pages = real->size >> PAGE_SHIFT,
			 .kind = SLOT_DEVICE,
			 .cache = real->cache,
			 .ops = &memory_ops,
			 .ctx = &p->bar[i]},
	};
	return pci_membar_init(&p->bar[i].mem, p->bus->arena, at);
}

static enum hv_status add_bars(struct pass *p)
{
	enum hv_status s = HV_OK;

	pci_set(&p->pci, PCI_BAR0, 4, 0);
	pci_set_writable(&p->pci, PCI_BAR0, 4, 0);
	for (u32 i = 0; s == HV_OK && i < PCI_BARS; i++) {
		const struct assigned_bar *real = &p->real->bar[i];

		if (real->size && !real->io) {
			s = add_memory(p, i);
		} else if (real->size) {
			pci_set(&p->pci, PCI_BAR0 + i * 4, 4, real->base | BAR_IO);
			pci_set_writable(&p->pci, PCI_BAR0 + i * 4, 4, 0xffffu & ~(real->size - 1));
		}
	}
	return s;
}

enum hv_status bus_add_passthrough(struct bus *b, const char *where, bool dma_trusted)
{
	struct pass *p = arena_alloc(b->arena, sizeof(*p));
	const char *why;
	enum hv_status s;

	if (!p)
		return HV_NOMEM;
	p->bus = b;
	p->irq = b->devices;
	p->real = assign_take(where, dma_trusted, raised, p, &why);
	if (!p->real) {
		log_line(LOG_ERROR, b->name, "pci=%s: %s", where, why);
		return HV_BUSY;
	}
	s = bus_plug(b, &p->pci, &function_ops, p->real->id, p->real->class_rev >> 8);
	if (s != HV_OK) {
		assign_release(p->real);
		return s;
	}
	pci_set(&p->pci, PCI_REVISION, 4, p->real->class_rev);
	pci_set(&p->pci, PCI_SUBSYS_VENDOR, 4, p->real->subsystem);
	pci_set(&p->pci, PCI_IRQ_PIN, 1, 1);
	pci_set(&p->pci, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | COMMAND_IO);
	pci_set_writable(&p->pci, PCI_COMMAND, 2,
			 PCI_COMMAND_MEMORY | COMMAND_IO | (dma_trusted ? PCI_COMMAND_MASTER : 0));
	assign_command(p->real, PCI_COMMAND_MEMORY | COMMAND_IO);
	s = add_bars(p);
	log_line(LOG_INFO, b->name, "has the machine's %s, irq %u as %u", where, p->real->irq,
		 p->irq);
	return s; /* bus_detach() undoes it */
}
