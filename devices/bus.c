/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's bus as a whole: its making, the ports and the device window in front of it, and
 * the entry points that reach one of its devices.
 */
#include "devices/bus.h"

#include "devices/virtio/virtio.h"
#include "lib/string.h"

static u32 window_read(void *ctx, gpa_t at, unsigned size)
{
	struct bus *b = ctx;
	struct pci_function *f = pci_decode(&b->pci, at);
	u32 offset = at % PCI_BAR_SIZE;

	bus_spend(b, COST_ACCESS);
	if (!f || size > PCI_BAR_SIZE - offset)
		return 0xffffffffu >> (32 - size * 8);
	return f->ops->bar_read(f, offset, size);
}

static void window_write(void *ctx, gpa_t at, unsigned size, u32 value)
{
	struct bus *b = ctx;
	struct pci_function *f = pci_decode(&b->pci, at);
	u32 offset = at % PCI_BAR_SIZE;

	bus_spend(b, COST_ACCESS);
	if (f && size <= PCI_BAR_SIZE - offset)
		f->ops->bar_write(f, offset, size, value);
}

/* No BAR is put at or above: APICs and firmware of a real machine would lie there. */
#define DEVICE_SPACE_END 0xfe000000u

static const struct slot_ops window_ops = {
	.name = "pci",
	.read = window_read,
	.write = window_write,
};

struct bus *bus_create(struct arena *a, struct gmem *m, const struct bus_ops *ops, void *ctx,
		       const char *guest_name)
{
	u64 base = ((u64)m->ram_pages << PAGE_SHIFT) + DEVICE_WINDOW_GUARD;
	struct bus *b;

	if (base + ((u64)BUS_WINDOW_PAGES << PAGE_SHIFT) > 0xffffffffull)
		return NULL;
	b = arena_alloc(a, sizeof(*b));
	if (!b)
		return NULL;
	pci_bus_init(&b->pci);
	b->devices = 1;
	b->budget = BUS_BUDGET;
	b->window = (gpa_t)base;
	b->free = base + ((u64)BUS_WINDOW_PAGES << PAGE_SHIFT);
	b->arena = a;
	b->mem = m;
	b->ops = ops;
	b->ctx = ctx;
	snprintf(b->name, sizeof(b->name), "%s", guest_name);
	struct slot slot = {
		.base = b->window >> PAGE_SHIFT,
		.pages = BUS_WINDOW_PAGES,
		.kind = SLOT_WINDOW,
		.cache = CACHE_UC,
		.ops = &window_ops,
		.ctx = b,
	};
	if (gmem_add_slot(m, &slot) != HV_OK)
		return NULL;
	return b;
}

gpa_t bus_place(struct bus *b, u32 size)
{
	u64 at = (b->free + size - 1) & ~(u64)(size - 1);

	if (at + size > DEVICE_SPACE_END)
		return 0;
	b->free = at + size;
	return (gpa_t)at;
}

enum hv_status bus_plug(struct bus *b, struct pci_function *f, const struct pci_function_ops *ops,
			u32 id, u32 class)
{
	u32 n = b->devices;

	if (n == PCI_DEVICES)
		return HV_NOMEM;
	f->ops = ops;
	pci_set(f, PCI_VENDOR, 4, id);
	pci_set(f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	pci_set(f, PCI_REVISION, 4, class << 8 | 1u);
	pci_set(f, PCI_BAR0, 4, b->window + (n - 1u) * PCI_BAR_SIZE);
	pci_set(f, PCI_IRQ_LINE, 1, n);
	pci_set_writable(f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	pci_set_writable(f, PCI_CACHE_LINE, 1, 0xff);
	pci_set_writable(f, PCI_LATENCY, 1, 0xff);
	pci_set_writable(f, PCI_BAR0, 4, ~(PCI_BAR_SIZE - 1u));
	pci_set_writable(f, PCI_IRQ_LINE, 1, 0xff);
	b->pci.device[n] = f;
	b->polled |= ops->poll != NULL;
	b->devices++;
	return HV_OK;
}

u32 bus_held(const struct bus *b)
{
	return b->held;
}

bool bus_stop(struct bus *b)
{
	for (u32 i = 1; i < PCI_DEVICES; i++)
		if (b->vdev[i])
			vdev_reset(b->vdev[i]);
	return !b->held;
}

void bus_detach(struct bus *b)
{
	b->work = 0;
	for (u32 i = 1; i < PCI_DEVICES; i++) {
		struct vdev *d = b->vdev[i];
		struct pci_function *f = b->pci.device[i];

		b->vdev[i] = NULL;
		b->pci.device[i] = NULL;
		if (f && f->ops->detach)
			f->ops->detach(f);
		if (!d)
			continue;
		vdev_reset(d);
		if (d->ops->detach)
			d->ops->detach(d);
	}
}

/* ---- Ports -------------------------------------------------------------------------------- */

static bool is_pci_port(u16 port)
{
	return port >= PCI_PORT_ADDRESS && port <= PCI_PORT_LAST;
}

/* Port BARs of lent functions. */
static bool function_port_in(struct bus *b, u16 port, unsigned size, u32 *value)
{
	for (u32 i = 1; i < b->devices; i++) {
		struct pci_function *f = b->pci.device[i];

		if (f && f->ops->port_in && f->ops->port_in(f, port, size, value))
			return true;
	}
	return false;
}

static bool function_port_out(struct bus *b, u16 port, unsigned size, u32 value)
{
	for (u32 i = 1; i < b->devices; i++) {
		struct pci_function *f = b->pci.device[i];

		if (f && f->ops->port_out && f->ops->port_out(f, port, size, value))
			return true;
	}
	return false;
}

/* Wider accesses that are not aligned, and all to the 8-bit legacy ports, are cut into bytes as
 * an ISA bridge would do it; bytes past port 0xFFFF do not exist. */
u32 bus_port_in(struct bus *b, u16 port, unsigned size)
{
	u32 value = 0;

	bus_spend(b, COST_ACCESS);
	if (is_pci_port(port) && port % size == 0)
		return pci_port_in(&b->pci, port, size);
	if (function_port_in(b, port, size, &value))
		return value;
	for (unsigned i = 0; i < size; i++) {
		u32 at = (u32)port + i;
		u32 byte = 0xff;

		if (at <= 0xffff)
			byte = is_pci_port((u16)at) ? pci_port_in(&b->pci, (u16)at, 1)
						    : legacy_port_in((u16)at);
		value |= byte << i * 8;
	}
	return value;
}

void bus_port_out(struct bus *b, u16 port, unsigned size, u32 value)
{
	bus_spend(b, COST_ACCESS);
	if (is_pci_port(port) && port % size == 0) {
		pci_port_out(&b->pci, port, size, value);
		return;
	}
	if (function_port_out(b, port, size, value))
		return;
	for (unsigned i = 0; i < size; i++)
		if ((u32)port + i <= 0xffff && is_pci_port((u16)(port + i)))
			pci_port_out(&b->pci, (u16)(port + i), 1, value >> i * 8 & 0xff);
}

/* ---- The rest ----------------------------------------------------------------------------- */

bool bus_has_work(const struct bus *b)
{
	return b->work || b->polled;
}

bool bus_hurries(const struct bus *b)
{
	for (u32 left = b->work; left; left &= left - 1)
		if (!b->vdev[__builtin_ctz(left)]->waiting)
			return true;
	return false;
}

bool bus_stalled(const struct bus *b)
{
	return b->stalled || b->held;
}

void bus_begin(struct bus *b)
{
	b->budget = BUS_BUDGET;
}

bool bus_exhausted(const struct bus *b)
{
	return bus_spent(b);
}

/* Of these devices the one behind the last one that had its turn. */
static u32 next_device(const struct bus *b, u32 devices)
{
	u32 behind = devices & ~((2u << b->last) - 1);

	return (u32)__builtin_ctz(behind ? behind : devices);
}

static void poll_functions(struct bus *b)
{
	for (u32 i = 1; i < b->devices; i++) {
		struct pci_function *f = b->pci.device[i];

		if (!b->vdev[i] && f && f->ops->poll)
			f->ops->poll(f);
	}
}

bool bus_poll(struct bus *b)
{
	b->budget = BUS_BUDGET;
	for (u32 left = b->work; left && !bus_spent(b);) {
		u32 i = next_device(b, left);

		b->last = i;
		left &= ~BIT(i);
		b->work &= ~BIT(i);
		if (vdev_poll(b->vdev[i]))
			b->work |= BIT(i);
	}
	if (b->polled)
		poll_functions(b);
	return b->work != 0;
}

void bus_show(struct bus *b, void (*line)(void *ctx, const char *text), void *ctx)
{
	char text[100];

	for (u32 i = 0; i < b->devices; i++) {
		const struct pci_function *f = b->pci.device[i];
		const struct vdev *d = b->vdev[i];

		if (!f)
			continue;
		const char *name = d ? d->ops->name : f->ops ? f->ops->name : "host-bridge";
		int n = snprintf(text, sizeof(text), "00:%02x.0 %04x:%04x %s", i,
				 pci_get(f, PCI_VENDOR, 2), pci_get(f, PCI_DEVICE, 2), name);

		if (d && n > 0 && (size_t)n < sizeof(text))
			snprintf(text + n, sizeof(text) - (size_t)n,
				 " irq %u bar 0x%08x status 0x%02x", d->irq,
				 pci_get(f, PCI_BAR0, 4), d->status);
		else if (f->ops && n > 0 && (size_t)n < sizeof(text))
			snprintf(text + n, sizeof(text) - (size_t)n, " bar 0x%08x, 0x%08x",
				 pci_get(f, PCI_BAR0, 4), pci_get(f, PCI_BAR2, 4) & ~0xfu);
		line(ctx, text);
	}
}
