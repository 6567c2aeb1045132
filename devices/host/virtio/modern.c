/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interface of virtio 1.0 over PCI (virtio 4.1.4): structures in memory BARs, which
 * capabilities name. */
#include "devices/host/dma.h"
#include "devices/host/mmio.h"
#include "devices/host/virtio/transport.h"
#include "mm/host.h"

/* A capability of the vendor's (virtio 4.1.4). */
#define CAP_TYPE       3u
#define CAP_BAR	       4u
#define CAP_OFFSET     8u
#define CAP_LENGTH     12u
#define CAP_MULTIPLIER 16u /* of the notification structure */

enum cap_type { TYPE_COMMON = 1, TYPE_NOTIFY, TYPE_ISR, TYPE_DEVICE, TYPES };

/* The common structure (virtio 4.1.4.3). */
enum {
	C_DEVICE_SELECT = 0x00,
	C_DEVICE_FEATURES = 0x04,
	C_DRIVER_SELECT = 0x08,
	C_DRIVER_FEATURES = 0x0c,
	C_STATUS = 0x14,
	C_GENERATION = 0x15,
	C_QUEUE_SELECT = 0x16,
	C_QUEUE_SIZE = 0x18,
	C_QUEUE_ENABLE = 0x1c,
	C_QUEUE_NOTIFY = 0x1e,
	C_QUEUE_DESC = 0x20,
	C_QUEUE_AVAILABLE = 0x28,
	C_QUEUE_USED = 0x30,
	COMMON_BYTES = 0x38,
};
_Static_assert(C_QUEUE_USED + 8 == COMMON_BYTES, "virtio 4.1.4.3");

static u8 modern_get_status(const struct virtio_pci *v)
{
	return mmio_read8(v->common, C_STATUS);
}

static void modern_set_status(const struct virtio_pci *v, u8 status)
{
	mmio_write8(v->common, C_STATUS, status);
}

static u32 modern_offered(const struct virtio_pci *v, u32 word)
{
	mmio_write32(v->common, C_DEVICE_SELECT, word);
	return mmio_read32(v->common, C_DEVICE_FEATURES);
}

static void modern_accept(const struct virtio_pci *v, u32 word, u32 features)
{
	mmio_write32(v->common, C_DRIVER_SELECT, word);
	mmio_write32(v->common, C_DRIVER_FEATURES, features);
}

static u32 modern_select(const struct virtio_pci *v, u16 queue)
{
	mmio_write16(v->common, C_QUEUE_SELECT, queue);
	return mmio_read16(v->common, C_QUEUE_ENABLE) ? 0 : mmio_read16(v->common, C_QUEUE_SIZE);
}

/* 64-bit registers are written by halves (virtio 4.1.3.1). */
static void put_address(const struct virtio_pci *v, u32 at, const volatile void *p)
{
	mmio_write32(v->common, at, dma_address((const void *)p));
	mmio_write32(v->common, at + 4, 0);
}

static bool modern_place(const struct virtio_pci *v, struct vring *r)
{
	u32 bell = mmio_read16(v->common, C_QUEUE_NOTIFY) * v->notify_step;

	if (bell > v->notify_bytes - sizeof(u16))
		return false;
	r->bell = v->notify + bell;
	mmio_write16(v->common, C_QUEUE_SIZE, r->size);
	put_address(v, C_QUEUE_DESC, r->desc);
	put_address(v, C_QUEUE_AVAILABLE, r->available);
	put_address(v, C_QUEUE_USED, r->used);
	mmio_write16(v->common, C_QUEUE_ENABLE, 1);
	return true;
}

static void modern_notify(const struct virtio_pci *v UNUSED, const struct vring *r)
{
	mmio_write16(r->bell, 0, r->index);
}

static u8 modern_isr(const struct virtio_pci *v)
{
	return mmio_read8(v->isr, 0);
}

static u32 modern_config(const struct virtio_pci *v, u16 offset, unsigned size)
{
	if (!v->config || offset + size > v->config_bytes)
		return 0;
	return size == 1   ? mmio_read8(v->config, offset)
	       : size == 2 ? mmio_read16(v->config, offset)
			   : mmio_read32(v->config, offset);
}

static u8 modern_generation(const struct virtio_pci *v)
{
	return mmio_read8(v->common, C_GENERATION);
}

static const struct virtio_transport modern_transport = {
	.get_status = modern_get_status,
	.set_status = modern_set_status,
	.offered = modern_offered,
	.accept = modern_accept,
	.select = modern_select,
	.place = modern_place,
	.notify = modern_notify,
	.isr = modern_isr,
	.config = modern_config,
	.generation = modern_generation,
};

/* ---- Where the structures are --------------------------------------------------------------- */

/* The one that the capability at `cap` describes; its length in *bytes. NULL: not of this kind, or
 * not where we can reach it. */
static volatile u8 *structure(const struct host_function *f, u8 cap, u32 *bytes)
{
	u32 bar = pcihost_read(f, (u8)(cap + CAP_BAR), 1);
	u32 offset = pcihost_read(f, (u8)(cap + CAP_OFFSET), 4);
	u32 base = bar < PCI_BARS ? pcihost_address(f, bar) : 0;

	*bytes = pcihost_read(f, (u8)(cap + CAP_LENGTH), 4);
	if (!base || !*bytes || offset > 0xffffffffu - base || *bytes > MIB(1))
		return NULL;
	return host_map_device(base + offset, *bytes, CACHE_UC);
}

struct found {
	struct virtio_pci *v;
	const struct host_function *f;
};

/* pcihost_capabilities */
static void note_capability(void *ctx, u8 cap)
{
	const struct found *to = ctx;
	struct virtio_pci *v = to->v;
	const struct host_function *f = to->f;
	u32 bytes, type = pcihost_read(f, (u8)(cap + CAP_TYPE), 1);
	volatile u8 *at;

	if (type < TYPE_COMMON || type >= TYPES)
		return;
	at = structure(f, cap, &bytes);
	if (!at)
		return;
	/* Of several the first is the one to be used (virtio 4.1.4). */
	if (type == TYPE_COMMON && !v->common && bytes >= COMMON_BYTES) {
		v->common = at;
	} else if (type == TYPE_NOTIFY && !v->notify && bytes >= sizeof(u16)) {
		v->notify = at;
		v->notify_bytes = bytes;
		v->notify_step = pcihost_read(f, (u8)(cap + CAP_MULTIPLIER), 4);
	} else if (type == TYPE_ISR && !v->isr) {
		v->isr = at;
	} else if (type == TYPE_DEVICE && !v->config) {
		v->config = at;
		v->config_bytes = bytes;
	}
}

bool virtio_modern_find(struct virtio_pci *v, const struct host_function *f)
{
	v->transport = &modern_transport;
	pcihost_capabilities(f, PCI_CAP_VENDOR, note_capability, &(struct found){v, f});
	/* A step that makes no sense must not be multiplied beyond 32 bits. */
	return v->common && v->notify && v->isr && v->notify_step <= PAGE_SIZE;
}
