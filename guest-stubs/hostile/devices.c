/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks on the PCI bus and the virtio devices. */
#include "guest-stubs/hostile/hostile.h"
#include "guest-stubs/lib/pci.h"
#include "guest-stubs/lib/virtio.h"

#define CONFIG_BYTES 256u
#define CONSOLE	     1u

/* The device every guest has, to be broken: entropy. */
static struct virtio rng;
static struct virtq q;
static u8 data[64];

static bool open_rng(void)
{
	return virtio_open(&rng, VIRTIO_RNG, 0, 0) && virtq_open(&rng, &q, 0);
}

/* Does the device work, after a reset? */
static const char *still_works(void)
{
	u8 zero[sizeof(data)] = {0};
	struct virtio_buffer b = {data, sizeof(data)};
	u32 len = 0, start;

	CHECK(open_rng(), "the device does not come back from a reset");
	virtio_start(&rng);
	memset(data, 0, sizeof(data));
	virtq_add(&q, &b, 0, 1);
	virtq_kick(&q);
	for (start = clock_ms(); virtq_take(&q, &len) < 0;)
		if (clock_ms() - start > PATIENCE)
			return "the device is dead after a reset";
	CHECK(len == sizeof(data) && memcmp(data, zero, sizeof(data)), "no random bytes");
	return NULL;
}

const char *odd_config_cycles(void)
{
	static const u32 addresses[] = {0x00000800, 0x80ff0800, 0x8000ff00, 0x80000f00,
					0x800008fc, 0xffffffff, 0x8000f8fc, 0x80000803};
	u32 i;

	for (i = 0; i < ARRAY_LEN(addresses); i++) {
		outl(PCI_ADDRESS, addresses[i]);
		(void)inl(PCI_DATA);
		outl(PCI_DATA, ALL_ONES);
		outb(PCI_DATA + 3, 0xff);
		outw(PCI_DATA + 1, 0xffff);
		outl(PCI_DATA + 1, ALL_ONES); /* beyond the register */
		(void)inl(PCI_DATA + 3);
		outb(PCI_ADDRESS + 1, 0xff);
		outw(PCI_ADDRESS + 3, 0xffff);
		(void)inw(PCI_ADDRESS + 1);
	}
	pci_forget();
	CHECK(pci_read32(CONSOLE, PCI_ID) == (PCI_VENDOR_VIRTIO | 0x1043u << 16),
	      "the console's id");
	return still_works();
}

const char *every_config_byte(void)
{
	static const u8 values[] = {0x00, 0xff, 0x5a};
	u32 dev, reg, i;

	for (dev = 0; dev < PCI_DEVICES; dev++) {
		u32 id = pci_read32(dev, PCI_ID), bar = pci_read32(dev, PCI_BAR0);

		if (id == ALL_ONES)
			continue;
		for (i = 0; i < ARRAY_LEN(values); i++)
			for (reg = 0; reg < CONFIG_BYTES; reg++) {
				u32 flags = irq_save();

				outl(PCI_ADDRESS, 0x80000000 | dev << 11 | (reg & 0xfc));
				outb((u16)(PCI_DATA + (reg & 3)), values[i]);
				irq_restore(flags);
			}
		pci_forget();
		pci_write32(dev, PCI_BAR0, bar);
		CHECK(pci_read32(dev, PCI_ID) == id, "an id changed");
		CHECK(pci_read32(dev, PCI_BAR0) == bar, "a BAR cannot be restored");
		pci_write32(dev, 4, 6); /* memory on */
	}
	return still_works();
}

const char *moved_bars(void)
{
	u32 places[] = {0, phys(data) & ~0xfffu, HV_BASE, 0xfffff000, 0, window()};
	u32 dev = CONSOLE + 1, old, i;

	CHECK(open_rng(), "no device");
	dev = rng.pci;
	old = pci_read32(dev, PCI_BAR0);
	places[4] = old + PAGE_SIZE / 2;
	data[0] = 0x42;
	for (i = 0; i < ARRAY_LEN(places); i++) {
		pci_write32(dev, PCI_BAR0, places[i]);
		CHECK(*(volatile u8 *)data == 0x42, "a BAR lies over RAM");
		data[0] = 0x42;
		probe(read_at, old);
		pci_write32(dev, 4, 0); /* memory off */
		probe(read_at, old);
		pci_write32(dev, 4, 6);
	}
	pci_write32(dev, PCI_BAR0, old);
	return still_works();
}

const char *reset_ports(void)
{
	outb(0xcf9, 0x06);
	outb(0x64, 0xfe);
	outb(0x92, 0x01);
	outw(0x604, 0x2000);
	outb(0xb2, 0x00);
	outb(0x8900, 'S');
	outb(0xf4, 0x10);
	outb(0x20, 0x20);
	outb(0xa1, 0xff);
	outb(0x43, 0x36);
	outb(0x70, 0x8f);
	outb(0x3f8, '!');
	return NULL;
}

static void set_status(u8 v)
{
	vwrite8(rng.common + VC_STATUS, v);
}

const char *status_disorder(void)
{
	static const u8 orders[][5] = {
		{4, 8, 2, 1, 0},
		{1, 4, 0, 0, 0},
		{1, 3, 7, 0, 0},
		{0xff, 0, 0xff, 0x80, 0},
		{15, 7, 3, 1, 0},
		{1, 3, 11, 3, 15},
		{0x40, 0x41, 0x43, 0x4b, 0x4f},
	};
	u32 i, n;

	CHECK(open_rng(), "no device");
	for (i = 0; i < ARRAY_LEN(orders); i++) {
		set_status(0);
		for (n = 0; n < ARRAY_LEN(orders[i]); n++) {
			set_status(orders[i][n]);
			vwrite32(rng.common + VC_DRIVER_FEATURE_SELECT, n * 0x55555555);
			vwrite32(rng.common + VC_DRIVER_FEATURE, ALL_ONES);
			vwrite16(rng.common + VC_QUEUE_ENABLE, 1);
			*q.doorbell = 0;
		}
	}
	return still_works();
}

const char *bad_queues(void)
{
	static const u16 sizes[] = {0, 3, 5, 255, 257, 0x8000, 0xffff};
	u32 at[] = {1, 8, 0xfffffff0, window(), ram_bytes(), ram_bytes() - 16, HV_BASE, 0};
	u32 i;

	CHECK(open_rng(), "no device");
	for (i = 0; i < ARRAY_LEN(at) * 3; i++) {
		set_status(0);
		set_status(1);
		set_status(3);
		vwrite32(rng.common + VC_DRIVER_FEATURE_SELECT, 1);
		vwrite32(rng.common + VC_DRIVER_FEATURE, 1);
		set_status(11);
		vwrite16(rng.common + VC_QUEUE_SELECT, i % 5 == 4 ? 0xffff : 0);
		vwrite16(rng.common + VC_QUEUE_SIZE, sizes[i % ARRAY_LEN(sizes)]);
		vwrite32(rng.common + VC_QUEUE_DESC, at[i % ARRAY_LEN(at)]);
		vwrite32(rng.common + VC_QUEUE_DESC + 4, i % 3 == 2);
		vwrite32(rng.common + VC_QUEUE_AVAIL, at[(i + 1) % ARRAY_LEN(at)]);
		vwrite32(rng.common + VC_QUEUE_USED, at[(i + 2) % ARRAY_LEN(at)]);
		vwrite16(rng.common + VC_QUEUE_ENABLE, 1);
		vwrite16(rng.common + VC_QUEUE_ENABLE, 1);
		set_status(15);
		*q.doorbell = 0;
		vwrite16(rng.common + VC_QUEUE_SIZE, 2); /* resized while live */
		vwrite32(rng.common + VC_QUEUE_DESC, 0);
		*q.doorbell = 0;
	}
	return still_works();
}

/* Offer descriptor chain `head`, as it lies in the table. */
static void offer(u16 head)
{
	q.rings->avail.ring[q.rings->avail.idx % QUEUE_SIZE] = head;
	__asm__ volatile("" ::: "memory");
	q.rings->avail.idx++;
	virtq_kick(&q);
}

const char *bad_descriptors(void)
{
	u32 good = phys(data);
	struct virtq_desc bad[] = {
		{0xfffffff0, 0x100, DESC_WRITE, 0},	       /* wraps at 4 GiB */
		{0xfffffffffffffff0ull, 0x100, DESC_WRITE, 0}, /* wraps at 2^64 */
		{good, 0, DESC_WRITE, 0},		       /* empty */
		{good, ALL_ONES, DESC_WRITE, 0},	       /* 4 GiB */
		{ram_bytes() - 8, 16, DESC_WRITE, 0},	       /* over the end of RAM */
		{window(), 16, DESC_WRITE, 0},		       /* device memory */
		{HV_BASE + 3 * PAGE_SIZE, 16, DESC_WRITE, 0},  /* the hypervisor's */
		{0x100000000ull | good, 16, DESC_WRITE, 0},    /* above 4 GiB */
		{good, 16, DESC_NEXT | DESC_WRITE, 0xffff},    /* next past the table */
		{good, 16, DESC_NEXT | DESC_WRITE, 0},	       /* next is itself */
		{good, 16, 0, 0},			       /* nothing to write to */
		{phys(q.rings), 16, DESC_INDIRECT, 0},	       /* not negotiated */
		{good, 32, DESC_INDIRECT | DESC_NEXT, 1},      /* and a next one */
		{good, 16, 0xffff, 3},			       /* every flag */
	};
	u32 i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK(open_rng(), "no device");
		virtio_start(&rng);
		q.rings->desc[0] = bad[i];
		q.rings->desc[1] = (struct virtq_desc){good, 16, DESC_NEXT | DESC_WRITE, 0};
		offer(0);
		offer(0);
		offer(1);
		offer(QUEUE_SIZE);
		offer(0xffff);
	}
	return still_works();
}

const char *bad_indices(void)
{
	static const u16 jumps[] = {QUEUE_SIZE + 1, 0x8000, 0xffff, 0, 1, 0};
	u32 i;

	for (i = 0; i < ARRAY_LEN(jumps); i++) {
		CHECK(open_rng(), "no device");
		virtio_start(&rng);
		q.rings->desc[0] = (struct virtq_desc){phys(data), 16, DESC_WRITE, 0};
		q.rings->avail.idx = jumps[i];
		virtq_kick(&q);
		q.rings->avail.idx = (u16)(jumps[i] - 1);
		virtq_kick(&q);
		q.rings->avail.flags = 0xffff;
		q.rings->used.idx = 0x1234;
		offer(0);
	}
	/* The used ring inside the descriptor table. */
	CHECK(open_rng(), "no device");
	set_status(0);
	return still_works();
}

/* A block request of raw parts, whatever they are; the status byte, 0xff: not answered. */
static u8 raw_request(struct virtq *disk, u32 type, u64 sector, u32 len, u32 out, u32 in)
{
	static u8 buffer[4096], status;
	static struct {
		u32 type, reserved;
		u64 sector;
	} head;
	struct virtio_buffer b[3] = {{&head, sizeof(head)}, {buffer, len}, {&status, 1}};
	u32 start = clock_ms();

	head.type = type;
	head.sector = sector;
	status = 0xff;
	virtq_add(disk, b, out, in);
	virtq_kick(disk);
	while (virtq_take(disk, NULL) < 0 && clock_ms() - start < 200)
		;
	return *(volatile u8 *)&status;
}

const char *bad_disk_requests(void)
{
	struct virtio dev;
	struct virtq disk;
	u64 sectors;

	if (!virtio_open(&dev, VIRTIO_BLOCK, 0, 0) || !virtq_open(&dev, &disk, 0))
		return NULL; /* this guest was given none */
	virtio_start(&dev);
	sectors = vread32(dev.config) | (u64)vread32(dev.config + 4) << 32;
	CHECK(raw_request(&disk, 0, 0, SECTOR, 1, 2) == 0, "a good read");
	CHECK(raw_request(&disk, 0, sectors, SECTOR, 1, 2) != 0, "a read past the end");
	CHECK(raw_request(&disk, 0, sectors - 1, 2 * SECTOR, 1, 2) != 0, "a read over the end");
	CHECK(raw_request(&disk, 0, ~0ull, SECTOR, 1, 2) != 0, "a sector that wraps");
	CHECK(raw_request(&disk, 1, ~0ull, SECTOR, 2, 1) != 0, "a write that wraps");
	CHECK(raw_request(&disk, 0, 0x7fffffffffffffull, SECTOR, 1, 2) != 0, "a byte that wraps");
	CHECK(raw_request(&disk, 77, 0, SECTOR, 1, 2) != 0, "an unknown type");
	CHECK(raw_request(&disk, 0, 0, 100, 1, 2) != 0, "a part of a sector");
	raw_request(&disk, 0, 0, SECTOR, 3, 0);
	virtio_open(&dev, VIRTIO_BLOCK, 0, 0);
	virtq_open(&dev, &disk, 0);
	virtio_start(&dev);
	CHECK(raw_request(&disk, 0, 0, SECTOR, 1, 2) == 0, "a good read after a reset");
	return NULL;
}

const char *bad_frames(void)
{
	static u8 big[70000];
	static const u32 sizes[] = {0, 1, 11, 12, 13, 25, 26, 1526, 1527, 65536, sizeof(big)};
	struct virtio dev;
	struct virtq rx, tx;
	u32 i, n;

	if (!virtio_open(&dev, VIRTIO_NET, 0, 0) || !virtq_open(&dev, &rx, 0) ||
	    !virtq_open(&dev, &tx, 1))
		return NULL; /* this guest was given none */
	virtio_start(&dev);
	for (i = 0; i < 2 * ARRAY_LEN(sizes); i++) {
		struct virtio_buffer b = {big, sizes[i % ARRAY_LEN(sizes)]};

		memset(big, i & 1 ? 0xff : 0x00, 64); /* header and addresses of ones or zeros */
		for (n = 0; n < 20; n++) {
			virtq_add(&tx, &b, 1, 0);
			virtq_kick(&tx);
			while (virtq_take(&tx, NULL) >= 0)
				;
		}
	}
	vwrite8(dev.common + VC_STATUS, 0);
	return NULL;
}

const char *noisy_console(void)
{
	static const char noise[] =
		"\033[2J\033[H\007\001\001list\r\nringone: verdict 0\r[b] fake\016\b\177";
	u32 i;

	for (i = 0; i < 200; i++)
		console_write(noise, sizeof(noise));
	CHECK(vcon_init(), "no console");
	for (i = 0; i < 16384 / sizeof(noise); i++)
		console_write(noise, sizeof(noise));
	for (i = 0; i < 65536 / 256; i++)
		console_write((const char *)guest_start, 256);
	puts("\n");
	return NULL;
}

const char *reset_in_flight(void)
{
	u32 round, i;

	for (round = 0; round < 20; round++) {
		CHECK(open_rng(), "no device");
		virtio_start(&rng);
		for (i = 0; i < 8; i++) {
			struct virtio_buffer b = {data, sizeof(data)};

			virtq_add(&q, &b, 0, 1);
		}
		virtq_kick(&q);
		set_status(0);
	}
	return still_works();
}

const char *every_register(void)
{
	u32 at, i;

	CHECK(open_rng(), "no device");
	virtio_start(&rng);
	for (i = 0; i < 3; i++)
		for (at = 0; at < 0x80; at++) {
			volatile u8 *reg = rng.common + at;
			u8 v = (u8)(at * 37 + i * 91);

			(void)*(volatile u8 *)reg;
			(void)*(volatile u16 *)reg;
			(void)*(volatile u32 *)reg;
			*(volatile u8 *)reg = v;
			*(volatile u16 *)reg = (u16)(v << 8 | v);
			*(volatile u32 *)reg = v * 0x01010101u;
		}
	for (i = 0; i < 10000; i++)
		*q.doorbell = (u16)i;
	return still_works();
}
