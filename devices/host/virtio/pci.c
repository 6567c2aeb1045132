/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Legacy virtio transport. The device is told of every buffer: looking first whether it
 * wants to know would need a stronger barrier than the port access costs.
 */
#include "devices/host/virtio/pci.h"

#include "devices/host/dma.h"
#include "devices/host/irq.h"
#include "lib/x86.h"

/* Registers (virtio 4.1.4.8), when MSI-X is off. */
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
enum { STATUS_ACKNOWLEDGE = 1, STATUS_DRIVER = 2, STATUS_DRIVER_OK = 4 };

#define RING_ALIGN   4096u /* of the used ring (virtio 2.4.2) */
#define RING_MAX     1024u
#define NO_INTERRUPT 1u
#define RING_HEADER  2u /* 16-bit words before the entries */

enum hv_status virtio_pci_open(struct virtio_pci *v, const struct host_function *f, u32 wanted,
			       u32 *features)
{
	u16 port = pcihost_port(f, 0);

	if (!port || !f->irq_line || f->irq_line >= HOST_IRQS)
		return HV_IO;
	v->io = port;
	v->irq = f->irq_line;
	pcihost_enable(f, PCI_COMMAND_IO | PCI_COMMAND_MASTER);
	outb(v->io + R_STATUS, 0);
	outb(v->io + R_STATUS, STATUS_ACKNOWLEDGE);
	outb(v->io + R_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	*features = inl(v->io + R_DEVICE_FEATURES) & wanted;
	outl(v->io + R_DRIVER_FEATURES, *features);
	return HV_OK;
}

enum hv_status virtio_pci_ring(const struct virtio_pci *v, u16 index, struct vring *r)
{
	u32 size, used_at, bytes;
	u8 *memory;

	outw(v->io + R_QUEUE_SELECT, index);
	size = inw(v->io + R_QUEUE_SIZE);
	if (!size || size > RING_MAX || size & (size - 1) || inl(v->io + R_QUEUE_PAGE))
		return HV_IO;
	used_at = ALIGN_UP(size * (u32)sizeof(struct vring_desc) + (RING_HEADER + 1 + size) * 2,
			   RING_ALIGN);
	bytes = used_at + (RING_HEADER + 1) * 2 + size * (u32)sizeof(struct vring_used);
	memory = dma_alloc(bytes);
	if (!memory)
		return HV_NOMEM;
	*r = (struct vring){
		.io = v->io,
		.index = index,
		.size = (u16)size,
		.desc = (struct vring_desc *)memory,
		.available = (u16 *)(memory + size * sizeof(struct vring_desc)),
		.used = (u16 *)(memory + used_at),
	};
	outl(v->io + R_QUEUE_PAGE, dma_address(memory) >> PAGE_SHIFT);
	return HV_OK;
}

void virtio_pci_go(const struct virtio_pci *v)
{
	outb(v->io + R_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK);
}

void virtio_pci_stop(const struct virtio_pci *v)
{
	outb(v->io + R_STATUS, 0);
}

u8 virtio_pci_isr(const struct virtio_pci *v)
{
	return inb(v->io + R_ISR);
}

u32 virtio_pci_config(const struct virtio_pci *v, u16 offset, unsigned size)
{
	u16 port = (u16)(v->io + R_CONFIG + offset);

	return size == 1 ? inb(port) : size == 2 ? inw(port) : inl(port);
}

void vring_give(struct vring *r, u16 head)
{
	u16 next = r->available[1];

	r->available[RING_HEADER + next % r->size] = head;
	dma_barrier();
	r->available[1] = (u16)(next + 1);
}

void vring_kick(const struct vring *r)
{
	dma_barrier();
	outw(r->io + R_QUEUE_NOTIFY, r->index);
}

bool vring_take(struct vring *r, struct vring_used *out)
{
	const struct vring_used *entries = (const struct vring_used *)(r->used + RING_HEADER);

	if (r->used[1] == r->seen)
		return false;
	dma_barrier();
	*out = entries[r->seen++ % r->size];
	return true;
}

void vring_silent(struct vring *r)
{
	r->available[0] = NO_INTERRUPT;
}
