/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver's side of virtio for devices of the machine ("virtio" is the specification, version
 * 1.0): by the legacy interface where the device has its ports, which every emulator knows, else
 * by the one of version 1. For the drivers in disk/ and net/.
 */
#ifndef DEVICES_HOST_VIRTIO_PCI_H
#define DEVICES_HOST_VIRTIO_PCI_H

#include "devices/host/pci.h"

#define VIRTIO_VENDOR	  0x1af4u
#define VIRTIO_LEGACY_NET 0x1000u
#define VIRTIO_LEGACY_BLK 0x1001u

/* PCI numbers of devices with the new interface alone (virtio 4.1.2). */
#define VIRTIO_MODERN		 0x1040u
#define VIRTIO_MODERN_OF(legacy) ((legacy)-VIRTIO_LEGACY_NET + VIRTIO_MODERN + 1u)

/* Buffer descriptor (virtio 2.4.5). */
struct vring_desc {
	u64 address;
	u32 bytes;
	u16 flags, next;
};
#define VRING_NEXT     0x1u
#define VRING_WRITE    0x2u /* by the device */
#define VRING_INDIRECT 0x4u /* it is a table of them */

struct vring_used {
	u32 id, bytes;
};
_Static_assert(sizeof(struct vring_desc) == 16 && sizeof(struct vring_used) == 8,
	       "virtio 2.4.5, 2.4.8");
_Static_assert(offsetof(struct vring_desc, flags) == 12, "virtio 2.4.5");

#define RING_HEADER 2u /* 16-bit words before the entries: flags, index */

struct virtio_pci;

struct vring {
	const struct virtio_pci *device;
	volatile u8 *bell; /* of a device without ports */
	u16 index, size;
	u16 seen; /* used entries taken, modulo 2^16 */
	struct vring_desc *desc;
	volatile u16 *available; /* flags, index, ring */
	volatile u16 *used;	 /* flags, index, then the entries */
};

struct virtio_pci {
	const struct virtio_transport *transport; /* NULL: not open */
	struct host_function at;
	u8 irq;
	bool modern; /* version 1, else the legacy interface */
	u16 io;	     /* legacy: its ports */
	volatile u8 *common, *notify, *isr, *config;
	u32 notify_bytes, notify_step, config_bytes;
};

/* Is it the device that has this number with the legacy interface? */
bool virtio_pci_is(const struct host_function *f, u16 legacy);

/* Reset the device and agree on the features in both sets, which go to *features. HV_IO: its
 * registers cannot be reached, it has no interrupt line, or it wants what we do not know. */
MUST_CHECK enum hv_status virtio_pci_open(struct virtio_pci *v, const struct host_function *f,
					  u32 wanted, u32 *features);
/* Make queue `index`; the device works only after virtio_pci_go(). HV_IO, HV_NOMEM. */
MUST_CHECK enum hv_status virtio_pci_ring(const struct virtio_pci *v, u16 index, struct vring *r);
void virtio_pci_go(const struct virtio_pci *v);
/* Stop the device for good: it touches no memory any more. */
void virtio_pci_stop(const struct virtio_pci *v);
/* Read and clear the cause of an interrupt; 0: it was not this device. */
u8 virtio_pci_isr(const struct virtio_pci *v);
/* The device's own configuration, at a field's width; a field of 64 bits in one piece. */
u32 virtio_pci_config(const struct virtio_pci *v, u16 offset, unsigned size);
u64 virtio_pci_config64(const struct virtio_pci *v, u16 offset);

/* Hand a chain of descriptors over, then vring_kick(). The caller keeps count of them. */
void vring_give(struct vring *r, u16 head);
void vring_kick(const struct vring *r);
/* Take a chain that the device has used; false: none. */
bool vring_take(struct vring *r, struct vring_used *out);
/* Ask for no interrupts of this ring. */
void vring_silent(struct vring *r);

#endif
