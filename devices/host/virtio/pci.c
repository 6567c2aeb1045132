/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device's way to work (virtio 3.1.1), over either transport. */
#include "devices/host/virtio/pci.h"

#include "devices/host/dma.h"
#include "devices/host/irq.h"
#include "devices/host/virtio/transport.h"
#include "lib/x86.h"

#define RING_ALIGN   4096u /* of the used ring, where the device does not ask (virtio 2.4.2) */
#define RING_MAX     1024u
#define RESET_POLLS  10000u
#define CONFIG_TRIES 10u
#define VERSION_1    1u /* in the second word of features */

bool virtio_pci_is(const struct host_function *f, u16 legacy)
{
	return f->vendor == VIRTIO_VENDOR &&
	       (f->device == legacy || f->device == VIRTIO_MODERN_OF(legacy));
}

static bool reset(const struct virtio_pci *v)
{
	v->transport->set_status(v, 0);
	for (u32 i = 0; i < RESET_POLLS; i++) {
		if (!v->transport->get_status(v))
			return true;
		io_wait();
	}
	return false;
}

/* FEATURES_OK stays where the device can live with what it got (virtio 3.1.1, steps 4 to 6). */
static bool agree(struct virtio_pci *v, u32 wanted, u32 *features)
{
	const struct virtio_transport *t = v->transport;
	u8 status = STATUS_ACKNOWLEDGE | STATUS_DRIVER;

	t->set_status(v, STATUS_ACKNOWLEDGE);
	t->set_status(v, status);
	*features = t->offered(v, 0) & wanted;
	t->accept(v, 0, *features);
	if (!v->modern)
		return true;
	if (!(t->offered(v, 1) & VERSION_1))
		return false;
	t->accept(v, 1, VERSION_1);
	t->set_status(v, status | STATUS_FEATURES_OK);
	return t->get_status(v) & STATUS_FEATURES_OK;
}

enum hv_status virtio_pci_open(struct virtio_pci *v, const struct host_function *f, u32 wanted,
			       u32 *features)
{
	if (!f->irq_line || f->irq_line >= HOST_IRQS)
		return HV_IO;
	v->at = *f;
	v->irq = f->irq_line;
	v->modern = !virtio_legacy_find(v, f);
	if (v->modern && !virtio_modern_find(v, f)) {
		v->transport = NULL;
		return HV_IO;
	}
	pcihost_enable(f, PCI_COMMAND_MASTER | (v->modern ? PCI_COMMAND_MEMORY : PCI_COMMAND_IO));
	return reset(v) && agree(v, wanted, features) ? HV_OK : HV_IO;
}

enum hv_status virtio_pci_ring(const struct virtio_pci *v, u16 index, struct vring *r)
{
	u32 size = v->transport->select(v, index), used_at, bytes;
	u8 *memory;

	if (v->modern) /* a smaller one may be chosen there */
		size = MIN(size, RING_MAX);
	if (!size || size > RING_MAX || size & (size - 1))
		return HV_IO;
	used_at = ALIGN_UP(size * (u32)sizeof(struct vring_desc) + (RING_HEADER + 1 + size) * 2,
			   RING_ALIGN);
	bytes = used_at + (RING_HEADER + 1) * 2 + size * (u32)sizeof(struct vring_used);
	memory = dma_alloc(bytes);
	if (!memory)
		return HV_NOMEM;
	*r = (struct vring){
		.device = v,
		.index = index,
		.size = (u16)size,
		.desc = (struct vring_desc *)memory,
		.available = (u16 *)(memory + size * sizeof(struct vring_desc)),
		.used = (u16 *)(memory + used_at),
	};
	return v->transport->place(v, r) ? HV_OK : HV_IO;
}

void virtio_pci_go(const struct virtio_pci *v)
{
	v->transport->set_status(v, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK |
					    (v->modern ? STATUS_FEATURES_OK : 0));
}

void virtio_pci_stop(const struct virtio_pci *v)
{
	if (!v->transport)
		return;
	(void)reset(v);
	pcihost_disable(&v->at, PCI_COMMAND_MASTER); /* whatever became of that */
}

u8 virtio_pci_isr(const struct virtio_pci *v)
{
	return v->transport->isr(v);
}

u32 virtio_pci_config(const struct virtio_pci *v, u16 offset, unsigned size)
{
	return v->transport->config(v, offset, size);
}

u64 virtio_pci_config64(const struct virtio_pci *v, u16 offset)
{
	u64 value = 0;

	for (u32 i = 0; i < CONFIG_TRIES; i++) {
		u8 before = v->transport->generation(v);

		value = virtio_pci_config(v, offset, 4) | (u64)virtio_pci_config(v, offset + 4u, 4)
								  << 32;
		if (v->transport->generation(v) == before)
			break;
	}
	return value;
}
