/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model of a virtio device with the legacy interface, and of one with that of version 1; the
 * machine around it. Included by the tests of a driver, which include the driver behind it: its
 * accesses are this model's functions.
 */
#include "lib/base.h"

#define LIB_X86_H /* the real port accesses stay out */
#define DEVICES_HOST_MMIO_H
#include "devices/host/irq.h"
#include "devices/host/pci.h"
#include "devices/host/virtio/pci.h"
#include "mm/frame.h"
#include "mm/host.h"
#include "tests/unit/support.h"

#include <string.h>

#define IO	0xc000
#define QUEUE	256u
#define SECTORS 300u

static struct {
	u32 offered, accepted;
	u8 status, isr;
	u16 selected;
	u64 desc[2], available[2], used[2];	      /* addresses; 0: not in use */
	u32 offered_select, accepted_select, version; /* of the modern interface from here on */
	u8 generation;
	bool no_features_ok, reset_hangs;
	u16 taken[2]; /* available entries looked at */
	u32 kicks[2];
	u8 config[16];
	u16 queue_size;
} model;

static u8 inb(u16 port)
{
	u8 v;

	if (port >= IO + 20)
		return model.config[port - IO - 20];
	if (port == IO + 18)
		return model.status;
	assert_int_equal(port, IO + 19);
	v = model.isr;
	model.isr = 0;
	return v;
}

static u16 inw(u16 port)
{
	assert_int_equal(port, IO + 12);
	return model.selected < 2 ? model.queue_size : 0;
}

static u32 inl(u16 port)
{
	u32 v;

	if (port == IO)
		return model.offered;
	if (port == IO + 8)
		return (u32)(model.desc[model.selected] >> 12);
	memcpy(&v, model.config + port - IO - 20, 4);
	return v;
}

static void set_status(u8 v)
{
	if (!v)
		memset(model.desc, 0, sizeof(model.desc));
	model.status = v;
}

static void kick(u32 queue)
{
	assert_true(queue < 2 && model.desc[queue] && model.status & 4);
	model.kicks[queue]++;
}

static void outb(u16 port, u8 v)
{
	assert_int_equal(port, IO + 18);
	set_status(v);
}

static void outw(u16 port, u16 v)
{
	if (port == IO + 14) {
		model.selected = v;
	} else {
		assert_int_equal(port, IO + 16);
		kick(v);
	}
}

/* virtio 2.4.2: one after the other, the last one on a page of its own. */
static void legacy_rings(u32 page)
{
	u32 q = model.selected, n = model.queue_size;

	model.desc[q] = (u64)page << 12;
	model.available[q] = model.desc[q] + n * 16;
	model.used[q] = (model.available[q] + 6 + n * 2 + 4095) & ~4095ull;
}

static void outl(u16 port, u32 v)
{
	if (port == IO + 4)
		model.accepted = v;
	else if (port == IO + 8)
		legacy_rings(v);
	else
		fail();
}

static void io_wait(void)
{
}

/* ---- The same device by memory: four structures, a page each, and bells 4 bytes apart ---------
 */

#define BAR    0xfe000000u
#define COMMON (BAR + 0x0000u)
#define ISR    (BAR + 0x1000u)
#define CONFIG (BAR + 0x2000u)
#define BELLS  (BAR + 0x3000u)

static u32 at(const volatile u8 *base, u32 offset)
{
	return (u32)(uintptr_t)base + offset;
}

static u8 mmio_read8(const volatile u8 *base, u32 offset)
{
	u32 a = at(base, offset);
	u8 v = model.isr;

	if (a == ISR) {
		model.isr = 0;
		return v;
	}
	if (a >= CONFIG)
		return model.config[a - CONFIG];
	if (a == COMMON + 0x15)
		return model.generation;
	assert_int_equal(a, COMMON + 0x14);
	return model.status;
}

static u16 mmio_read16(const volatile u8 *base, u32 offset)
{
	switch (at(base, offset) - COMMON) {
	case 0x18:
		return model.selected < 2 ? model.queue_size : 0;
	case 0x1c:
		return model.selected < 2 && model.desc[model.selected];
	case 0x1e:
		return model.selected;
	}
	fail();
	return 0;
}

static u32 mmio_read32(const volatile u8 *base, u32 offset)
{
	u32 v, a = at(base, offset);

	if (a == COMMON + 4)
		return model.offered_select ? model.version : model.offered;
	assert_in_range(a, CONFIG, CONFIG + sizeof(model.config) - 4);
	memcpy(&v, model.config + a - CONFIG, 4);
	if (model.generation == 1 && a == CONFIG) { /* it grows while it is read */
		memset(model.config + 4, 0, 4);
		model.generation++;
	}
	return v;
}

static void mmio_write8(volatile u8 *base, u32 offset, u8 v)
{
	assert_int_equal(at(base, offset), COMMON + 0x14);
	if (v || !model.reset_hangs)
		set_status(model.no_features_ok ? v & ~8 : v);
}

static void mmio_write16(volatile u8 *base, u32 offset, u16 v)
{
	u32 a = at(base, offset);

	if (a >= BELLS) {
		assert_int_equal((a - BELLS) / 4, v);
		kick(v);
	} else if (a == COMMON + 0x16) {
		model.selected = v;
	} else if (a == COMMON + 0x18) {
		assert_int_equal(v, model.queue_size);
	} else {
		assert_int_equal(a, COMMON + 0x1c);
		assert_int_equal(v, 1);
		assert_int_equal(model.status, 11); /* after FEATURES_OK */
		assert_true(model.desc[model.selected]);
	}
}

static void mmio_write32(volatile u8 *base, u32 offset, u32 v)
{
	u32 a = at(base, offset) - COMMON;
	u64 *const address[] = {model.desc, model.available, model.used};

	if (a == 0) {
		model.offered_select = v;
	} else if (a == 8) {
		model.accepted_select = v;
	} else if (a == 0xc) {
		if (model.accepted_select)
			assert_int_equal(v, 1);
		else
			model.accepted = v;
	} else {
		assert_in_range(a, 0x20, 0x34);
		if (a % 8)
			assert_int_equal(v, 0);
		else
			address[(a - 0x20) / 8][model.selected] = v;
	}
}

/* ---- The machine --------------------------------------------------------------------------- */

static struct host_function function;
static host_irq_fn *handler;
static void *handler_ctx;
static bool lent;

void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	(void)fn(ctx, &function);
}

/* Ports in BAR 0; or the structures in BAR 4, as capabilities from 0x40 on. */
static u8 header[256];

static void put32(u32 at, u32 value)
{
	memcpy(header + at, &value, 4);
}

static void capability(u8 at, u8 next, u8 type, u32 place, u32 bytes)
{
	put32(at, 9u | (u32)next << 8 | 20u << 16 | (u32)type << 24);
	header[at + 4] = 4;
	put32(at + 8u, place - BAR);
	put32(at + 12u, bytes);
	put32(at + 16u, 4);
}

static void fill_header(bool modern)
{
	memset(header, 0, sizeof(header));
	header[PCI_STATUS] = modern ? 0x10 : 0;
	put32(PCI_BAR0, modern ? 0 : IO | 1);
	put32(PCI_BAR(4), modern ? BAR | 0xc : 0); /* of 64 bits */
	header[PCI_CAPABILITIES] = 0x50;
	put32(0x50, 0x11 | 0x68 << 8); /* somebody else's */
	capability(0x68, 0x80, 5, BAR, 0);
	capability(0x80, 0x98, 2, BELLS, 8);
	capability(0x98, 0xb0, 3, ISR, 1);
	capability(0xb0, 0xc8, 4, CONFIG, sizeof(model.config));
	capability(0xc8, 0x50, 1, COMMON, 0x38); /* and round again */
}

u32 pcihost_read(const struct host_function *f, u8 offset, unsigned size)
{
	u32 value = 0;

	(void)f;
	memcpy(&value, header + offset, size);
	return value;
}

void pcihost_write(const struct host_function *f, u8 offset, unsigned size, u32 value)
{
	(void)f;
	(void)size;
	assert_int_equal(offset, PCI_COMMAND);
	if (model.status) /* it was stopped: the bus is taken, too */
		assert_int_equal(value & 7, header[PCI_STATUS] ? 6 : 5);
	memcpy(header + offset, &value, 2);
}

void *host_map_device(u64 phys, u32 bytes, enum cache_type cache)
{
	assert_in_range(phys, BAR, BAR + 0x4000 - bytes);
	assert_int_equal(cache, CACHE_UC);
	return (void *)(uintptr_t)phys;
}

bool pcihost_claim(const struct host_function *f, const char *as)
{
	(void)f;
	(void)as;
	return !lent;
}

enum hv_status host_irq_register(unsigned irq, host_irq_fn *fn, void *ctx)
{
	assert_int_equal(irq, 10);
	handler = fn;
	handler_ctx = ctx;
	return HV_OK;
}

enum hv_status frame_alloc_run(struct frame_owner *o, u32 count, pfn_t *out)
{
	(void)o;
	out->n = (u32)((uintptr_t)support_low_memory(count * PAGE_SIZE) >> PAGE_SHIFT);
	return HV_OK;
}

/* ---- The device's side of a ring (virtio 2.4) ----------------------------------------------- */

static struct vring_desc *descs(u32 q)
{
	return (struct vring_desc *)(uintptr_t)model.desc[q];
}

/* The next chain made available, or -1. */
static int model_pop(u32 q)
{
	const u16 *available = (u16 *)(uintptr_t)model.available[q];

	if (available[1] == model.taken[q])
		return -1;
	return available[2 + model.taken[q]++ % QUEUE];
}

static void model_push(u32 q, u32 id, u32 bytes)
{
	u16 *used = (u16 *)(uintptr_t)model.used[q];
	struct vring_used *entry = (struct vring_used *)(used + 2) + used[1] % QUEUE;

	*entry = (struct vring_used){id, bytes};
	used[1]++;
	model.isr = 1;
}

static void *pointer(const struct vring_desc *d)
{
	return (void *)(uintptr_t)d->address;
}

static u32 modern; /* 2: the device has the interface of version 1 alone */

static void model_reset(bool version_1)
{
	memset(&model, 0, sizeof(model));
	lent = false;
	model.queue_size = QUEUE;
	function = (struct host_function){.vendor = 0x1af4, .irq_line = 10};
	fill_header(version_1);
	model.version = version_1;
	modern = version_1 ? 2 : 0;
}
