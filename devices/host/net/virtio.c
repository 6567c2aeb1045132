/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio network cards of the machine (virtio 5.1). Without the control queue
 * the device takes in every frame. Each buffer has two descriptors for good, the header in one
 * of its own as old devices want it. Sent buffers are taken back when room is needed.
 */
#include "devices/host/dma.h"
#include "devices/host/net/drivers.h"
#include "devices/host/net/nic.h"
#include "devices/host/virtio/pci.h"
#include "lib/string.h"

#define FEATURE_MAC (1u << 5)

enum { QUEUE_RECEIVE, QUEUE_TRANSMIT };
#define BUFFERS 64u
#define DESCS	2u
/* virtio 5.1.6: the legacy one has no buffer count. All zero: nothing special. */
#define HEADER_LEGACY 10u
#define HEADER_MODERN 12u
#define HEADER_PLACE  16u

struct virtio_card {
	struct virtio_pci pci;
	struct vring ring[2];
	u8 *buffer[2]; /* BUFFERS of NIC_BUFFER bytes */
	u8 *header;    /* one that received headers go to; HEADER_PLACE further one that is sent */
	u32 header_bytes;
	u16 free[BUFFERS];
	u32 frees; /* buffers of the transmit queue that can be filled */
};

static void describe(struct virtio_card *v, u32 queue, u16 flags)
{
	for (u32 i = 0; i < BUFFERS; i++) {
		struct vring_desc *d = &v->ring[queue].desc[i * DESCS];

		d[0].address = dma_address(v->header) + queue * HEADER_PLACE;
		d[0].bytes = v->header_bytes;
		d[0].flags = VRING_NEXT | flags;
		d[0].next = (u16)(i * DESCS + 1);
		d[1].address = dma_address(v->buffer[queue]) + i * NIC_BUFFER;
		d[1].bytes = NIC_BUFFER;
		d[1].flags = flags;
	}
}

static enum hv_status set_up(struct nic *n, struct virtio_card *v, const struct host_function *f)
{
	u32 features;
	enum hv_status s = virtio_pci_open(&v->pci, f, FEATURE_MAC, &features);

	if (s == HV_OK && !(features & FEATURE_MAC))
		s = HV_IO;
	for (u16 q = 0; s == HV_OK && q < 2; q++) {
		s = virtio_pci_ring(&v->pci, q, &v->ring[q]);
		v->buffer[q] = dma_alloc(BUFFERS * NIC_BUFFER);
		if (s == HV_OK && !v->buffer[q])
			s = HV_NOMEM;
		if (s == HV_OK && v->ring[q].size < BUFFERS * DESCS)
			s = HV_IO;
	}
	if (s != HV_OK)
		return s;
	for (u16 i = 0; i < MAC_BYTES; i++)
		n->port.mac[i] = (u8)virtio_pci_config(&v->pci, i, 1);
	n->irq = v->pci.irq;
	v->header_bytes = v->pci.modern ? HEADER_MODERN : HEADER_LEGACY;
	return HV_OK;
}

static enum hv_status open(struct nic *n, const struct host_function *f)
{
	struct virtio_card *v = dma_alloc(sizeof(*v));
	enum hv_status s;

	if (!v)
		return HV_NOMEM;
	n->data = v;
	v->header = dma_alloc(PAGE_SIZE);
	s = v->header ? set_up(n, v, f) : HV_NOMEM;
	if (s != HV_OK) {
		virtio_pci_stop(&v->pci);
		return s;
	}
	describe(v, QUEUE_RECEIVE, VRING_WRITE);
	describe(v, QUEUE_TRANSMIT, 0);
	vring_silent(&v->ring[QUEUE_TRANSMIT]);
	for (u16 i = 0; i < BUFFERS; i++)
		v->free[v->frees++] = i;
	return HV_OK;
}

static void go(struct nic *n)
{
	struct virtio_card *v = n->data;

	virtio_pci_go(&v->pci);
	for (u16 i = 0; i < BUFFERS; i++)
		vring_give(&v->ring[QUEUE_RECEIVE], (u16)(i * DESCS));
	vring_kick(&v->ring[QUEUE_RECEIVE]);
}

static u8 *room(struct nic *n)
{
	struct virtio_card *v = n->data;
	struct vring_used u;

	while (v->frees < BUFFERS && vring_take(&v->ring[QUEUE_TRANSMIT], &u))
		if (u.id < BUFFERS * DESCS)
			v->free[v->frees++] = (u16)(u.id / DESCS);
	return v->frees ? v->buffer[QUEUE_TRANSMIT] + v->free[v->frees - 1] * NIC_BUFFER : NULL;
}

static void send(struct nic *n, u32 len)
{
	struct virtio_card *v = n->data;
	u16 i = v->free[--v->frees];

	v->ring[QUEUE_TRANSMIT].desc[i * DESCS + 1].bytes = len;
	vring_give(&v->ring[QUEUE_TRANSMIT], (u16)(i * DESCS));
	vring_kick(&v->ring[QUEUE_TRANSMIT]);
}

static bool serve(struct nic *n, u32 budget)
{
	struct virtio_card *v = n->data;
	struct vring *r = &v->ring[QUEUE_RECEIVE];
	struct vring_used u;
	u32 taken = 0;

	n->raised = virtio_pci_isr(&v->pci);
	while (taken < budget && vring_take(r, &u)) {
		taken++;
		if (u.id >= BUFFERS * DESCS || u.id % DESCS)
			continue; /* not one of ours: the device has lost a buffer */
		if (u.bytes > v->header_bytes && u.bytes <= v->header_bytes + NIC_BUFFER)
			nic_receive(n, v->buffer[QUEUE_RECEIVE] + u.id / DESCS * NIC_BUFFER,
				    u.bytes - v->header_bytes);
		vring_give(r, (u16)u.id);
	}
	if (taken)
		vring_kick(r);
	return taken == budget;
}

static const u16 devices[] = {VIRTIO_LEGACY_NET, VIRTIO_MODERN_OF(VIRTIO_LEGACY_NET), 0};

const struct nic_driver virtio_net_driver = {
	.name = "virtio",
	.vendor = VIRTIO_VENDOR,
	.devices = devices,
	.open = open,
	.go = go,
	.room = room,
	.send = send,
	.serve = serve,
};
