/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the registers of a device are reached: by ports (legacy.c) or in memory (modern.c). For
 * pci.c, which does with them what both have in common. */
#ifndef DEVICES_HOST_VIRTIO_TRANSPORT_H
#define DEVICES_HOST_VIRTIO_TRANSPORT_H

#include "devices/host/virtio/pci.h"

/* Device status (virtio 2.1). */
#define STATUS_ACKNOWLEDGE 0x01u
#define STATUS_DRIVER	   0x02u
#define STATUS_DRIVER_OK   0x04u
#define STATUS_FEATURES_OK 0x08u

struct virtio_transport {
	u8 (*get_status)(const struct virtio_pci *v);
	void (*set_status)(const struct virtio_pci *v, u8 status);
	/* Word 0 or 1 of what the device offers, of what the driver takes. */
	u32 (*offered)(const struct virtio_pci *v, u32 word);
	void (*accept)(const struct virtio_pci *v, u32 word, u32 features);
	/* Select a queue; its size, 0: there is none, or it is in use. */
	u32 (*select)(const struct virtio_pci *v, u16 queue);
	/* Tell where the rings of the selected queue are. False: it does not take them. */
	bool (*place)(const struct virtio_pci *v, struct vring *r);
	void (*notify)(const struct virtio_pci *v, const struct vring *r);
	u8 (*isr)(const struct virtio_pci *v);
	u32 (*config)(const struct virtio_pci *v, u16 offset, unsigned size);
	/* Changes with the configuration; the legacy interface does not tell. */
	u8 (*generation)(const struct virtio_pci *v);
};

/* Find the registers. False: not of this kind. */
bool virtio_legacy_find(struct virtio_pci *v, const struct host_function *f);
bool virtio_modern_find(struct virtio_pci *v, const struct host_function *f);

#endif
