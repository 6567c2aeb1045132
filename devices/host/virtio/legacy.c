/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The legacy interface of virtio over PCI (virtio 1.0, 4.1.4.8): ports. */
#include "devices/host/dma.h"
#include "devices/host/virtio/transport.h"
#include "lib/x86.h"

/* Registers, when MSI-X is off. */
enum {
	R_DEVICE_FEATURES = 0,
	R_DRIVER_FEATURES = 4,
	R_QUEUE_PAGE = 8,
	R_QUEUE_SIZE = 12,
	R_QUEUE_SELECT = 14,
	R_QUEUE_NOTIFY = 16,
	R_STATUS = 18,
	R_ISR = 19,
	R_CONFIG = 20,
};

static u8 legacy_get_status(const struct virtio_pci *v)
{
	return inb(v->io + R_STATUS);
}

static void legacy_set_status(const struct virtio_pci *v, u8 status)
{
	outb(v->io + R_STATUS, status);
}

static u32 legacy_offered(const struct virtio_pci *v, u32 word)
{
	return word ? 0 : inl(v->io + R_DEVICE_FEATURES);
}

static void legacy_accept(const struct virtio_pci *v, u32 word, u32 features)
{
	if (!word)
		outl(v->io + R_DRIVER_FEATURES, features);
}

static u32 legacy_select(const struct virtio_pci *v, u16 queue)
{
	outw(v->io + R_QUEUE_SELECT, queue);
	return inl(v->io + R_QUEUE_PAGE) ? 0 : inw(v->io + R_QUEUE_SIZE);
}

static bool legacy_place(const struct virtio_pci *v, struct vring *r)
{
	outl(v->io + R_QUEUE_PAGE, dma_address(r->desc) >> PAGE_SHIFT);
	return true;
}

static void legacy_notify(const struct virtio_pci *v, const struct vring *r)
{
	outw(v->io + R_QUEUE_NOTIFY, r->index);
}

static u8 legacy_isr(const struct virtio_pci *v)
{
	return inb(v->io + R_ISR);
}

static u32 legacy_config(const struct virtio_pci *v, u16 offset, unsigned size)
{
	u16 port = (u16)(v->io + R_CONFIG + offset);

	return size == 1 ? inb(port) : size == 2 ? inw(port) : inl(port);
}

static u8 legacy_generation(const struct virtio_pci *v UNUSED)
{
	return 0;
}

static const struct virtio_transport legacy_transport = {
	.get_status = legacy_get_status,
	.set_status = legacy_set_status,
	.offered = legacy_offered,
	.accept = legacy_accept,
	.select = legacy_select,
	.place = legacy_place,
	.notify = legacy_notify,
	.isr = legacy_isr,
	.config = legacy_config,
	.generation = legacy_generation,
};

bool virtio_legacy_find(struct virtio_pci *v, const struct host_function *f)
{
	v->transport = &legacy_transport;
	v->io = f->device < VIRTIO_MODERN ? pcihost_port(f, 0) : 0;
	return v->io;
}
