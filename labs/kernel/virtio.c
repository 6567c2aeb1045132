/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A virtio device: where its registers are, and the handshake (virtio 1.0, 3.1 and 4.1). */
#include "labs/kernel/virtio.h"
#include "labs/kernel/memory.h"
#include "labs/kernel/pci.h"

/* The common configuration (virtio 1.0, 4.1.4.3): where each register lies. */
#define DEVICE_FEATURE_SELECT 0x00
#define DEVICE_FEATURE	      0x04
#define DRIVER_FEATURE_SELECT 0x08
#define DRIVER_FEATURE	      0x0c
#define DEVICE_STATUS	      0x14
#define QUEUE_SELECT	      0x16
#define QUEUE_SIZE_IS	      0x18
#define QUEUE_ENABLE	      0x1c
#define QUEUE_NOTIFY_OFF      0x1e
#define QUEUE_DESC	      0x20
#define QUEUE_AVAIL	      0x28
#define QUEUE_USED	      0x30

#define ACKNOWLEDGE 1
#define DRIVER	    2
#define DRIVER_OK   4
#define FEATURES_OK 8
#define VERSION_1   1u /* of the second word: feature 32 */

#define ID_OF(kind)	 (0x1af4u | (0x1040u + (kind)) << 16)
#define BAR_ADDRESS(bar) ((bar) & ~0xfu)

/* A register must be read and written in one access of its own width. */
static u16 get16(struct virtio *v, u32 at)
{
	return *(volatile u16 *)(v->common + at);
}

static void set16(struct virtio *v, u32 at, u32 value)
{
	*(volatile u16 *)(v->common + at) = (u16)value;
}

static u32 get32(struct virtio *v, u32 at)
{
	return *(volatile u32 *)(v->common + at);
}

static void set32(struct virtio *v, u32 at, u32 value)
{
	*(volatile u32 *)(v->common + at) = value;
}

static void add_status(struct virtio *v, u8 bit)
{
	v->common[DEVICE_STATUS] |= bit;
}

static volatile u8 *map_cap(u32 pci, u8 type)
{
	u8 cap = pci_find_cap(pci, type);
	u32 bar = pci_read(pci, PCI_BAR0 + 4u * pci_read8(pci, cap + CAP_BAR));

	return map_device(BAR_ADDRESS(bar) + pci_read(pci, cap + CAP_OFFSET),
			  pci_read(pci, cap + CAP_LENGTH));
}

static bool find(struct virtio *v, u32 kind)
{
	for (v->pci = 0; v->pci < PCI_DEVICES; v->pci++)
		if (pci_read(v->pci, PCI_ID) == ID_OF(kind))
			return true;
	return false;
}

bool virtio_open(struct virtio *v, u32 kind, u32 features)
{
	if (!find(v, kind))
		return false;
	v->common = map_cap(v->pci, VIRTIO_CAP_COMMON);
	v->notify = map_cap(v->pci, VIRTIO_CAP_NOTIFY);
	v->isr = map_cap(v->pci, VIRTIO_CAP_ISR);
	v->config = map_cap(v->pci, VIRTIO_CAP_DEVICE);
	v->notify_multiplier =
		pci_read(v->pci, pci_find_cap(v->pci, VIRTIO_CAP_NOTIFY) + CAP_MULTIPLIER);
	v->line = pci_read8(v->pci, PCI_INTERRUPT_LINE);

	v->common[DEVICE_STATUS] = 0; /* reset */
	add_status(v, ACKNOWLEDGE);
	add_status(v, DRIVER);
	set32(v, DEVICE_FEATURE_SELECT, 0);
	features &= get32(v, DEVICE_FEATURE);
	set32(v, DRIVER_FEATURE_SELECT, 0);
	set32(v, DRIVER_FEATURE, features);
	set32(v, DRIVER_FEATURE_SELECT, 1);
	set32(v, DRIVER_FEATURE, VERSION_1);
	add_status(v, FEATURES_OK);
	return v->common[DEVICE_STATUS] &
	       FEATURES_OK; /* it may have taken the bit back: it refuses */
}

void virtq_open(struct virtio *v, struct virtq *q, u32 index)
{
	u32 i;

	*q = (struct virtq){.index = (u16)index, .free_count = QUEUE_SIZE};
	for (i = 0; i < QUEUE_SIZE; i++)
		q->desc[i].next = (u16)(i + 1); /* all are free, in a chain */
	set16(v, QUEUE_SELECT, index);
	q->doorbell =
		(volatile u16 *)(v->notify + get16(v, QUEUE_NOTIFY_OFF) * v->notify_multiplier);
	set16(v, QUEUE_SIZE_IS, QUEUE_SIZE);
	set32(v, QUEUE_DESC, phys(q->desc));
	set32(v, QUEUE_AVAIL, phys(&q->avail));
	set32(v, QUEUE_USED, phys(&q->used));
	set16(v, QUEUE_ENABLE, 1);
}

void virtio_start(struct virtio *v)
{
	add_status(v, DRIVER_OK);
}

u8 virtio_acknowledge(struct virtio *v)
{
	return *v->isr;
}
