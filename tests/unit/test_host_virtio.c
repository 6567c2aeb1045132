/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/bars.c devices/host/dma.c */
/* The drivers of the machine's virtio disks and cards, included here, against a model of a
 * device with the legacy interface, and of one with that of version 1. */
#include "devices/block.h"
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>

#define LIB_X86_H /* the real port accesses stay out */
#define DEVICES_HOST_MMIO_H

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

#include "devices/host/disk/disks.h"
#include "devices/host/disk/queue.c"
#include "devices/host/virtio/legacy.c"
#include "devices/host/virtio/modern.c"
#include "devices/host/virtio/pci.c"
#include "devices/host/virtio/ring.c"
#include "mm/frame.h"

/* Each driver has a start or an open of its own; they meet nowhere else. */
#define interrupt blk_interrupt
#define probe	  blk_probe
#define set_up	  blk_set_up
#define serve	  blk_serve
#define driver	  blk_driver
#include "devices/host/disk/virtio.c"
#undef interrupt
#undef probe
#undef set_up
#undef serve
#undef driver
#undef DESCS
#define serve  net_serve
#define set_up net_set_up
#include "devices/host/net/virtio.c"
#undef serve
#undef set_up

#include <sys/mman.h>

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
	assert_int_equal(value & 7, header[PCI_STATUS] ? 6 : 5);
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
	u8 *p = mmap(NULL, count * PAGE_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	(void)o;
	assert_ptr_not_equal(p, MAP_FAILED);
	*out = (pfn_t){(u32)((uintptr_t)p >> PAGE_SHIFT)};
	return HV_OK;
}

static u32 received, received_len;
static u8 received_byte;

void nic_receive(struct nic *n, const u8 *frame, u32 len)
{
	(void)n;
	received++;
	received_len = len;
	received_byte = frame[0];
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

static int fresh(void **state)
{
	(void)state;
	memset(&model, 0, sizeof(model));
	memset(drives, 0, sizeof(drives));
	drive_count = 0;
	disks = NULL;
	queues = NULL;
	lent = false;
	received = 0;
	model.queue_size = QUEUE;
	function = (struct host_function){.vendor = 0x1af4, .irq_line = 10};
	fill_header(false);
	modern = 0;
	return 0;
}

static int fresh_modern(void **state)
{
	(void)fresh(state);
	fill_header(true);
	model.version = 1;
	modern = 2;
	return 0;
}

/* ---- The disk ------------------------------------------------------------------------------ */

static u8 medium[SECTORS * 512];

/* Do what was asked, latest first: the order is the device's business. */
static void disk_works(u8 with_status)
{
	int heads[16], n = 0;

	while (n < 16 && (heads[n] = model_pop(0)) >= 0)
		n++;
	while (n--) {
		const struct vring_desc *d = descs(0) + heads[n], *data, *end;
		const struct request *r = pointer(d);

		assert_int_equal(d->bytes, 16);
		assert_int_equal(d->flags, VRING_NEXT);
		data = descs(0) + d->next;
		end = data;
		if (r->type != TYPE_FLUSH) {
			end = descs(0) + data->next;
			assert_true(r->sector * 512 + data->bytes <= sizeof(medium));
			assert_int_equal(data->flags, r->type == TYPE_IN ? VRING_NEXT | VRING_WRITE
									 : VRING_NEXT);
			if (r->type == TYPE_IN)
				memcpy(pointer(data), medium + r->sector * 512, data->bytes);
			else
				memcpy(medium + r->sector * 512, pointer(data), data->bytes);
		}
		assert_int_equal(end->flags, VRING_WRITE);
		assert_int_equal(end->bytes, 1);
		*(u8 *)pointer(end) = with_status;
		model_push(0, (u32)heads[n], 1);
	}
	handler(handler_ctx);
}

static u32 dones;
static enum hv_status last;

static void request_ended(struct blk_req *r, enum hv_status status)
{
	(void)r;
	dones++;
	last = status;
}

static struct blk_backend *disk_there(u32 features)
{
	u64 sectors = SECTORS;

	function.device = modern ? 0x1042 : 0x1001;
	model.offered = features;
	memcpy(model.config, &sectors, 8);
	virtio_blk_probe();
	dones = 0;
	return disks ? &disks->backend : NULL;
}

static void disk_data(void **state)
{
	static u8 out[SECTORS * 512], in[SECTORS * 512];
	struct blk_backend *d = disk_there(1u << 9 | 1u << 28);
	struct blk_req r[6];

	(void)state;
	assert_non_null(d);
	assert_string_equal(d->name, "vda");
	assert_int_equal(d->sectors, SECTORS);
	assert_false(d->readonly);
	assert_int_equal(model.accepted, 1u << 9);
	assert_int_equal(model.status, modern ? 15 : 7);
	for (u32 i = 0; i < sizeof(out); i++)
		out[i] = (u8)(i / 512 + i);
	for (u32 i = 0; i < 6; i++) {
		r[i] = (struct blk_req){.write = true,
					.sector = i * 50,
					.sectors = 50,
					.buf = out + i * 50 * 512,
					.done = request_ended};
		d->ops->submit(d, &r[i]);
	}
	disk_works(0); /* four at once */
	assert_int_equal(dones, 4);
	disk_works(0);
	assert_int_equal(dones, 6);
	assert_memory_equal(medium, out, sizeof(out));
	r[0] = (struct blk_req){.sectors = SECTORS, .buf = in, .done = request_ended};
	d->ops->submit(d, &r[0]);
	while (dones < 7)
		disk_works(0);
	assert_int_equal(last, HV_OK);
	assert_memory_equal(in, out, sizeof(out));
	d->ops->flush(d, &r[0]);
	disk_works(0);
	assert_int_equal(dones, 8);
	d->ops->submit(d, &(struct blk_req){.sectors = 1, .buf = in, .done = request_ended});
	disk_works(1);
	assert_int_equal(last, HV_IO);
}

static void disk_of_another_kind(void **state)
{
	struct blk_req r = {.done = request_ended};
	struct blk_backend *d = disk_there(1u << 5);

	(void)state;
	assert_true(d->readonly);
	d->ops->flush(d, &r); /* not offered: nothing to do */
	assert_int_equal(dones, 1);
	assert_int_equal(model.kicks[0], 0);
}

static void disk_not_used(void **state)
{
	(void)state;
	lent = true;
	assert_null(disk_there(0));
	lent = false;
	function.irq_line = 0;
	assert_null(disk_there(0));
	function.irq_line = 10;
	model.queue_size = 8; /* too small for four commands */
	assert_null(disk_there(0));
	model.queue_size = 0;
	assert_null(disk_there(0));
	assert_int_equal(drive_count, 4); /* names stay with their places */
}

static void disk_talks_nonsense(void **state)
{
	static const u32 ids[] = {1, 3, 12, 256, 0xffffffff};

	for (u32 i = 0; i < ARRAY_LEN(ids); i++) {
		u8 sector[512];
		struct blk_req r = {.sectors = 1, .buf = sector, .done = request_ended};
		struct blk_backend *d;

		(void)(modern ? fresh_modern : fresh)(state);
		d = disk_there(0);
		d->ops->submit(d, &r);
		model_push(0, ids[i], 1);
		handler(handler_ctx);
		assert_int_equal(dones, 1);
		assert_int_equal(last, HV_IO);
		assert_int_equal(model.status, 0); /* stopped */
		d->ops->submit(d, &r);
		assert_int_equal(dones, 2);
	}
}

static void disk_is_late(void **state)
{
	const u64 ms = 1000000;
	u8 sector[512];
	struct blk_req r = {.sectors = 1, .buf = sector, .done = request_ended};
	struct blk_backend *d = disk_there(0);

	(void)state;
	d->ops->submit(d, &r);
	host_disks_poll(1000 * ms);
	handler = NULL;
	model_push(0, (u32)model_pop(0), 1); /* and no interrupt */
	((struct request *)pointer(descs(0)))->status = 0;
	host_disks_poll(1600 * ms);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_OK);
	d->ops->submit(d, &r);
	host_disks_poll(2000 * ms);
	host_disks_poll(60000 * ms);
	assert_int_equal(dones, 1);
	host_disks_poll(62001 * ms);
	assert_int_equal(dones, 2);
	assert_int_equal(last, HV_IO);
	assert_int_equal(model.status, 0);
}

/* ---- The card ------------------------------------------------------------------------------ */

static struct nic card;

static enum hv_status card_there(u32 features)
{
	static const u8 mac[6] = {0x52, 1, 2, 3, 4, 5};
	enum hv_status s;

	memset(&card, 0, sizeof(card));
	function.device = modern ? 0x1041 : 0x1000;
	memcpy(model.config, mac, 6);
	model.offered = features;
	s = open(&card, &function);
	if (s == HV_OK)
		go(&card);
	return s;
}

static void card_receives(void **state)
{
	(void)state;
	assert_int_equal(card_there(1u << 5 | 1u << 16), HV_OK);
	assert_int_equal(model.accepted, 1u << 5);
	assert_int_equal(card.port.mac[5], 5);
	for (u32 i = 0; i < 200; i++) {
		int head = model_pop(0);
		const struct vring_desc *header = descs(0) + head, *data = header + 1;

		assert_true(head >= 0);
		assert_int_equal(header->bytes, 10 + modern);
		assert_int_equal(header->flags, VRING_NEXT | VRING_WRITE);
		assert_int_equal(header->next, head + 1);
		assert_int_equal(data->flags, VRING_WRITE);
		memset(pointer(data), (int)i, 60);
		model_push(0, (u32)head, 10 + modern + 60 + i);
		assert_false(net_serve(&card, 4));
		assert_int_equal(received, i + 1);
		assert_int_equal(received_len, 60 + i);
		assert_int_equal(received_byte, (u8)i);
	}
	model_push(0, 7777, 100); /* nonsense */
	model_push(0, (u32)model_pop(0), 10 + modern);
	model_push(0, (u32)model_pop(0), 99999);
	assert_false(net_serve(&card, 4));
	assert_int_equal(received, 200);
	for (u32 i = 0; i < 5; i++)
		model_push(0, (u32)model_pop(0), 70);
	assert_true(net_serve(&card, 4));
	assert_false(net_serve(&card, 4));
	assert_int_equal(received, 205);
}

static void card_sends(void **state)
{
	u32 n = 0;
	int heads[BUFFERS];

	(void)state;
	assert_int_equal(card_there(1u << 5), HV_OK);
	for (u8 *p; (p = room(&card)) != NULL; n++) {
		assert_true(n < BUFFERS);
		p[0] = (u8)n;
		send(&card, 60 + n);
		heads[n] = model_pop(1);
		assert_int_equal(descs(1)[heads[n]].flags, VRING_NEXT);
		assert_int_equal(descs(1)[heads[n] + 1].bytes, 60 + n);
		assert_int_equal(*(u8 *)pointer(descs(1) + heads[n] + 1), (u8)n);
		for (u32 i = 0; i < 10 + modern; i++)
			assert_int_equal(((u8 *)pointer(descs(1) + heads[n]))[i], 0);
	}
	assert_int_equal(n, BUFFERS);
	model_push(1, (u32)heads[9], 0);
	assert_non_null(room(&card));
	send(&card, 60);
	assert_int_equal(model_pop(1), heads[9]);
	assert_null(room(&card));
	assert_int_equal(model.kicks[1], BUFFERS + 1);
}

static void card_not_used(void **state)
{
	(void)state;
	assert_int_equal(card_there(0), HV_IO); /* it has no address */
	assert_int_equal(model.status, 0);
	model.queue_size = 64;
	assert_int_equal(card_there(1u << 5), HV_IO);
}

/* ---- What only version 1 knows --------------------------------------------------------------- */

static void modern_agrees(void **state)
{
	(void)state;
	model.version = 0; /* neither legacy nor version 1 */
	assert_null(disk_there(0));
	model.version = 1;
	model.no_features_ok = true;
	assert_null(disk_there(0));
	model.no_features_ok = false;
	model.status = 4;
	model.reset_hangs = true;
	assert_null(disk_there(0));
	model.reset_hangs = false;
	assert_non_null(disk_there(0));
}

/* A structure that is missing, of no length, in no BAR, beyond 4 GiB or too short: the device is
 * not used. */
static void modern_structures(void **state)
{
	static const struct {
		u8 at;
		u32 value;
	} wrong[] = {
		{0xcb, 7},		 /* no common structure */
		{0xcc, 6},		 /* in a BAR that does not exist */
		{0xcc, 1},		 /* in one that is not there */
		{0xd0, 0xffffffffu},	 /* beyond everything */
		{0xd4, 0x37},		 /* too short */
		{0xd4, 0},		 /* empty */
		{0x83, 7},		 /* no bells */
		{0x8c, 1},		 /* less than a bell */
		{0x90, 0x10000000u},	 /* bells far apart */
		{0x90, 16},		 /* the second one lies outside: a card's */
		{0x9b, 7},		 /* no interrupt status */
		{PCI_BAR(4), 1},	 /* ports */
		{PCI_BAR(4) + 4, 1},	 /* above 4 GiB */
		{PCI_STATUS, 0},	 /* no capabilities */
		{PCI_CAPABILITIES, 0x0}, /* none at all */
	};

	for (u32 i = 0; i < ARRAY_LEN(wrong); i++) {
		(void)fresh_modern(state);
		if (wrong[i].value > 0xff)
			put32(wrong[i].at, wrong[i].value);
		else
			header[wrong[i].at] = (u8)wrong[i].value;
		assert_int_equal(card_there(1u << 5), HV_IO);
	}
}

/* The size is read again when it changed meanwhile. */
static void modern_size_changes(void **state)
{
	const u64 size = 0x100000000ull + SECTORS;
	struct virtio_pci v = {0};
	u32 features;

	(void)state;
	function.device = 0x1042;
	memcpy(model.config, &size, 8);
	assert_int_equal(virtio_pci_open(&v, &function, 0, &features), HV_OK);
	model.generation = 1;
	assert_int_equal(virtio_pci_config64(&v, 0), SECTORS);
	assert_int_equal(virtio_pci_config(&v, sizeof(model.config), 1), 0);
	assert_int_equal(virtio_pci_config(&v, sizeof(model.config) - 2, 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(disk_data, fresh),
		cmocka_unit_test_setup(disk_of_another_kind, fresh),
		cmocka_unit_test_setup(disk_not_used, fresh),
		cmocka_unit_test_setup(disk_talks_nonsense, fresh),
		cmocka_unit_test_setup(disk_is_late, fresh),
		cmocka_unit_test_setup(card_receives, fresh),
		cmocka_unit_test_setup(card_sends, fresh),
		cmocka_unit_test_setup(card_not_used, fresh),
		cmocka_unit_test_setup(disk_data, fresh_modern),
		cmocka_unit_test_setup(disk_of_another_kind, fresh_modern),
		cmocka_unit_test_setup(disk_not_used, fresh_modern),
		cmocka_unit_test_setup(disk_talks_nonsense, fresh_modern),
		cmocka_unit_test_setup(disk_is_late, fresh_modern),
		cmocka_unit_test_setup(card_receives, fresh_modern),
		cmocka_unit_test_setup(card_sends, fresh_modern),
		cmocka_unit_test_setup(card_not_used, fresh_modern),
		cmocka_unit_test_setup(modern_agrees, fresh_modern),
		cmocka_unit_test_setup(modern_structures, fresh_modern),
		cmocka_unit_test_setup(modern_size_changes, fresh_modern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
