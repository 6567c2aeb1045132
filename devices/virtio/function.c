/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio 1.0 over PCI, the part in configuration space: a device's header, its capabilities
 * (virtio 4.1.4), and the window through which registers can be reached without the BAR.
 */
#include "devices/virtio/virtio.h"

/* Capabilities in configuration space (virtio 4.1.4). */
#define CAP_COMMON 0x40u
#define CAP_NOTIFY 0x50u
#define CAP_ISR	   0x64u
#define CAP_DEVICE 0x74u
#define CAP_WINDOW 0x84u

#define CAP_ID_VENDOR 0x09u
#define CAP_BAR	      4u
#define CAP_OFFSET    8u
#define CAP_LENGTH    12u
#define CAP_DATA      16u

_Static_assert(CAP_NOTIFY - CAP_COMMON >= 16 && CAP_ISR - CAP_NOTIFY >= 20 &&
		       CAP_DEVICE - CAP_ISR >= 16 && CAP_WINDOW - CAP_DEVICE >= 16,
	       "virtio 4.1.4: the capabilities do not overlap");
_Static_assert(CAP_WINDOW + CAP_DATA + 4 <= PCI_CONFIG_SIZE, "the last one ends inside");
_Static_assert(CAP_COMMON >= 0x40, "PCI Local Bus 2.3, 6.1: behind the header");

enum cap_type { TYPE_COMMON = 1, TYPE_NOTIFY, TYPE_ISR, TYPE_DEVICE, TYPE_WINDOW };
_Static_assert(TYPE_WINDOW == 5, "virtio 4.1.4: VIRTIO_PCI_CAP_PCI_CFG");
_Static_assert(REG_NOTIFY % 2 == 0 && REG_ISR == REG_NOTIFY + 2, "lguest's early console");

static struct vdev *vdev_of(struct pci_function *f)
{
	return container_of(f, struct vdev, pci);
}

static u32 bar_read(struct pci_function *f, u32 offset, unsigned size)
{
	return vdev_read(vdev_of(f), offset, size);
}

static void bar_write(struct pci_function *f, u32 offset, unsigned size, u32 value)
{
	vdev_write(vdev_of(f), offset, size, value);
}

/* ---- The window in configuration space (virtio 4.1.4.7) ----------------------------------- */

/* The access to BAR 0 which the capability describes; false: it describes none. */
static bool window_access(const struct pci_function *f, u32 *offset, u32 *size)
{
	*offset = pci_get(f, CAP_WINDOW + CAP_OFFSET, 4);
	*size = pci_get(f, CAP_WINDOW + CAP_LENGTH, 4);
	if (f->config[CAP_WINDOW + CAP_BAR] != 0)
		return false;
	if (*size != 1 && *size != 2 && *size != 4)
		return false;
	return *offset < PCI_BAR_SIZE && *offset % *size == 0;
}

static void config_reading(struct pci_function *f, u32 reg)
{
	u32 offset, size;

	if (reg != CAP_WINDOW + CAP_DATA)
		return;
	if (window_access(f, &offset, &size))
		pci_set(f, reg, 4, bar_read(f, offset, size));
	else
		pci_set(f, reg, 4, 0xffffffffu);
}

static void config_written(struct pci_function *f, u32 reg)
{
	u32 offset, size;

	if (reg == CAP_WINDOW + CAP_DATA && window_access(f, &offset, &size))
		bar_write(f, offset, size, pci_get(f, reg, size));
}

/* ---- Making a device ---------------------------------------------------------------------- */

static const struct pci_function_ops function_ops = {
	.bar_read = bar_read,
	.bar_write = bar_write,
	.config_reading = config_reading,
	.config_written = config_written,
};

struct capability {
	u8 at, next, len, type;
	u32 offset, length;
};

static void add_capabilities(struct pci_function *f, u32 config_len)
{
	const struct capability caps[] = {
		{CAP_COMMON, CAP_NOTIFY, 16, TYPE_COMMON, 0, COMMON_LEN},
		{CAP_NOTIFY, CAP_ISR, 20, TYPE_NOTIFY, REG_NOTIFY, 2}, /* multiplier 0 */
		{CAP_ISR, CAP_WINDOW, 16, TYPE_ISR, REG_ISR, 1},
		{CAP_WINDOW, config_len ? CAP_DEVICE : 0, 20, TYPE_WINDOW, 0, 0},
		{CAP_DEVICE, 0, 16, TYPE_DEVICE, REG_CONFIG, config_len},
	};

	pci_set(f, PCI_STATUS, 2, PCI_STATUS_CAPABILITY);
	pci_set(f, PCI_CAPABILITIES, 1, CAP_COMMON);
	for (u32 i = 0; i < ARRAY_LEN(caps); i++) {
		const struct capability *c = &caps[i];

		if (c->type == TYPE_DEVICE && !config_len)
			continue;
		pci_set(f, c->at, 1, CAP_ID_VENDOR);
		pci_set(f, c->at + 1u, 1, c->next);
		pci_set(f, c->at + 2u, 1, c->len);
		pci_set(f, c->at + 3u, 1, c->type);
		pci_set(f, c->at + CAP_OFFSET, 4, c->offset);
		pci_set(f, c->at + CAP_LENGTH, 4, c->length);
	}
	pci_set_writable(f, CAP_WINDOW + CAP_BAR, 1, 0xff);
	pci_set_writable(f, CAP_WINDOW + CAP_OFFSET, 4, 0xffffffffu);
	pci_set_writable(f, CAP_WINDOW + CAP_LENGTH, 4, 0xffffffffu);
	pci_set_writable(f, CAP_WINDOW + CAP_DATA, 4, 0xffffffffu);
}

/* As firmware would leave it: BAR placed, memory decode on. No interrupt pin: the guest takes
 * the line byte as it is. */
static void fill_header(struct vdev *d, gpa_t bar)
{
	struct pci_function *f = &d->pci;

	f->ops = &function_ops;
	pci_set(f, PCI_VENDOR, 2, VIRTIO_PCI_VENDOR);
	pci_set(f, PCI_DEVICE, 2, VIRTIO_PCI_DEVICE + d->ops->id);
	pci_set(f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	pci_set(f, PCI_REVISION, 1, 1);
	pci_set(f, PCI_SUBCLASS, 1, d->ops->subclass);
	pci_set(f, PCI_CLASS, 1, d->ops->class);
	pci_set(f, PCI_BAR0, 4, bar);
	pci_set(f, PCI_SUBSYS_DEVICE, 2, 0x40);
	pci_set(f, PCI_IRQ_LINE, 1, d->irq);
	pci_set_writable(f, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	pci_set_writable(f, PCI_CACHE_LINE, 1, 0xff);
	pci_set_writable(f, PCI_LATENCY, 1, 0xff);
	pci_set_writable(f, PCI_BAR0, 4, ~(PCI_BAR_SIZE - 1u));
	pci_set_writable(f, PCI_IRQ_LINE, 1, 0xff);
	add_capabilities(f, d->ops->config_len);
}

struct vdev *vdev_create(struct bus *b, const struct vdev_ops *ops, size_t size)
{
	struct vdev *d;

	if (b->devices == PCI_DEVICES)
		return NULL;
	d = arena_alloc(b->arena, size);
	if (!d)
		return NULL;
	d->bus = b;
	d->ops = ops;
	d->irq = (u8)b->devices;
	d->offered = ops->features | FEATURE_VERSION_1;
	fill_header(d, b->window + (d->irq - 1u) * PCI_BAR_SIZE);
	vdev_reset(d);
	return d;
}

void vdev_plug(struct vdev *d)
{
	struct bus *b = d->bus;

	b->pci.device[d->irq] = &d->pci;
	b->vdev[d->irq] = d;
	b->devices++;
}
