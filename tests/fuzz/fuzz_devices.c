/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/[a-z]*.c
 * devices/block.c devices/netswitch.c devices/ramdisk.c devices/entropy.c tests/unit/fake_gmem.c
 * tests/unit/mini_guest.c tests/unit/support.c */
/*
 * A guest's bus: drivers that go through the right handshake and then offer any descriptors, while
 * configuration space is written, BARs are moved, and registers are read and written wherever they
 * are. Whatever happens, memory outside of the guest's is not touched (the sanitizers), a line is
 * raised only for a device that is there, and after a reset each device works again.
 */
#include "devices/block.h"
#include "devices/virtio/virtio.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/mini_guest.h"

#include <stdio.h>
#include <string.h>

#define DEVICES 4u
#define STEPS	400u

static struct mini g;
static struct mqueue q[DEVICES + 1][2];
static u8 disk_bytes[64 * 512];
static struct blk_backend disk;
static const u32 queues_of[] = {0, 2, 1, 2, 1};

static void start(void)
{
	static const u8 mac[6] = {2, 0, 0, 0, 0, 1};

	if (!freopen("/dev/null", "w", stdout))
		abort();
	mini_init(&g, "fuzz");
	ramdisk_init(&disk, "disk0", disk_bytes, sizeof(disk_bytes));
	MUST(bus_add_console(g.bus) == HV_OK);
	MUST(bus_add_block(g.bus, &disk, false) == HV_OK);
	/* Offered what a larger guest is: long frames, for which there is room in ours, too. */
	g.guest.mem.ram_pages = MIB(16) / PAGE_SIZE;
	MUST(bus_add_net(g.bus, "lan", mac) == HV_OK);
	g.guest.mem.ram_pages = MINI_RAM_PAGES;
	MUST(bus_add_rng(g.bus) == HV_OK);
}

/* Where the ring's parts of a device's queue lie. */
static gpa_t place(u32 dev, u32 index)
{
	return dev * 0x8000 + index * 0x3000;
}

/* A read or write as it reaches the bus, when anything is at that address. */
static const struct slot *hit(gpa_t at, unsigned size)
{
	const struct slot *s = gmem_find(&g.guest.mem, at >> PAGE_SHIFT);

	return s && (at & ~PAGE_MASK) + size <= PAGE_SIZE ? s : NULL;
}

static u32 get(gpa_t at, unsigned size)
{
	const struct slot *s = hit(at, size);

	return s ? s->ops->read(s->ctx, at, size) : 0xffffffffu;
}

static void put(gpa_t at, unsigned size, u32 value)
{
	const struct slot *s = hit(at, size);

	if (s)
		s->ops->write(s->ctx, at, size, value);
}

/* A register of a device, wherever its BAR is. */
static gpa_t reg(u32 dev, u32 offset)
{
	return (cfg_in(&g, dev, 0x10, 4) & ~0xfu) + offset;
}

static void handshake(struct fuzz_bytes *f, u32 dev)
{
	gpa_t r = reg(dev, 0);

	put(r + R_STATUS, 1, 0);
	put(r + R_STATUS, 1, 3);
	put(r + R_OFFERED_SELECT, 4, 0);
	put(r + R_ACCEPTED_SELECT, 4, 0);
	put(r + R_ACCEPTED, 4, get(r + R_OFFERED, 4) & ~fuzz_take(f, 2));
	put(r + R_ACCEPTED_SELECT, 4, 1);
	put(r + R_ACCEPTED, 4, 1);
	put(r + R_STATUS, 1, 0xb);
	for (u32 i = 0; i < queues_of[dev]; i++) {
		u32 size = 1u << fuzz_take(f, 1) % 9;
		gpa_t at = place(dev, i);

		q[dev][i] = (struct mqueue){&g, dev, i, size, at, at + 4096, at + 8192, 0, 0};
		put(r + R_QUEUE_SELECT, 2, i);
		put(r + R_QUEUE_SIZE, 2, size);
		put(r + R_DESC, 4, at);
		put(r + R_AVAIL, 4, at + 4096);
		put(r + R_USED, 4, at + 8192);
		put(r + R_QUEUE_ENABLE, 2, 1);
	}
	put(r + R_STATUS, 1, 0xf);
}

static void descriptor(struct fuzz_bytes *f, u32 dev)
{
	struct mqueue *to = &q[dev][fuzz_take(f, 1) % queues_of[dev]];
	u32 how = fuzz_take(f, 1), at = fuzz_take(f, 2) << (how >> 6), len = fuzz_take(f, 2);

	if (!to->size)
		return;
	mdesc_set(to, (how >> 3 & 7) % to->size, at | (how == 255 ? 1ull << 32 : 0),
		  how == 254 ? 0u - len : len, how & 7, (u16)(fuzz_take(f, 1) % (to->size + 1)));
	if (how & 0x40)
		mqueue_offer(to, (u16)(how >> 3 & 7));
	if (how & 0x80)
		put(reg(dev, R_NOTIFY), 2, to->index);
}

static void step(struct fuzz_bytes *f)
{
	u32 op = fuzz_take(f, 1), dev = 1 + op / 16 % DEVICES;
	unsigned size = 1u << fuzz_take(f, 1) % 3;
	u8 typed[4];

	switch (op % 16) {
	case 0:
		handshake(f, dev);
		break;
	case 1:
		cfg_out(&g, fuzz_take(f, 1) % 8, fuzz_take(f, 1) & ~(size - 1), size,
			fuzz_take(f, 4));
		break;
	case 2:
		cfg_in(&g, fuzz_take(f, 1) % 8, fuzz_take(f, 1) & ~(size - 1), size);
		break;
	case 3: /* a BAR anywhere, on or off */
		cfg_out(&g, dev, 0x10, 4, fuzz_take(f, 2) << 12);
		cfg_out(&g, dev, 4, 2, fuzz_take(f, 1) & 7);
		break;
	case 4:
		put((gpa_t)fuzz_take(f, 2) << 12 | fuzz_take(f, 1), size, fuzz_take(f, 4));
		break;
	case 5:
		get((gpa_t)fuzz_take(f, 2) << 12 | fuzz_take(f, 1), size);
		break;
	case 6:
		bus_port_out(g.bus, (u16)fuzz_take(f, 2), size, fuzz_take(f, 4));
		break;
	case 7:
		bus_port_in(g.bus, (u16)fuzz_take(f, 2), size);
		break;
	case 8:
		put(reg(dev, fuzz_take(f, 1) % 0x60), size, fuzz_take(f, 4));
		break;
	case 9:
		for (u32 i = 0; i < sizeof(typed); i++)
			typed[i] = (u8)fuzz_take(f, 1);
		bus_console_input(g.bus, (const char *)typed, sizeof(typed));
		break;
	case 10:
		ram_put(&g, place(dev, 0) + fuzz_take(f, 2) % 0x6000, (u8[]){(u8)fuzz_take(f, 1)},
			1);
		break;
	case 11:
		bus_poll(g.bus);
		break;
	default:
		descriptor(f, dev);
	}
}

/* BARs back to where they were, then a driver that does everything right. */
static void heals(void)
{
	struct fuzz_bytes none = {NULL, NULL};

	memset(fake_ram(&g.guest.mem), 0, MINI_RAM);
	for (u32 dev = 1; dev <= DEVICES; dev++) {
		cfg_out(&g, dev, 0x10, 4, MINI_WINDOW + (dev - 1) * PAGE_SIZE);
		cfg_out(&g, dev, 4, 2, 2);
	}
	for (u32 dev = 1; dev <= DEVICES; dev++) {
		handshake(&none, dev);
		MUST(get(reg(dev, R_STATUS), 1) == 0xf);
		put(reg(dev, R_STATUS), 1, 0);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_bytes f = {data, data + size};

	if (!g.bus)
		start();
	memset(fake_ram(&g.guest.mem), 0, MINI_RAM);
	memset(g.irqs, 0, sizeof(g.irqs));
	for (u32 i = 0; i < STEPS && !fuzz_over(&f); i++)
		step(&f);
	bus_console_flush(g.bus);
	g.text_len = 0;
	for (u32 line = 0; line < ARRAY_LEN(g.irqs); line++)
		MUST(!g.irqs[line] || (line >= 1 && line <= DEVICES));
	heals();
	return 0;
}
