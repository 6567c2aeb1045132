/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c
 * devices/virtio/console.c devices/virtio/rng.c devices/virtio/block.c devices/block.c
 * devices/ramdisk.c devices/entropy.c tests/unit/fake_gmem.c tests/unit/mini_guest.c
 * tests/unit/pci_fixture.c */
/* Configuration mechanism 1, headers and BARs; any accesses. */
#include "tests/unit/pci_fixture.h"

#include <string.h>

static void address_port(void **state)
{
	(void)state;
	/* The probe of mechanism 1 as Linux makes it. */
	bus_port_out(g.bus, 0xcfb, 1, 1);
	bus_port_out(g.bus, 0xcf8, 4, 0x80000000);
	assert_int_equal(bus_port_in(g.bus, 0xcf8, 4), 0x80000000);
	assert_int_equal(cfg_in(&g, 0, 0x0a, 2), 0x0600);
	/* It is stored as written, but only as a whole: bytes and words are other ports. */
	bus_port_out(g.bus, 0xcf8, 4, 0x12345678);
	bus_port_out(g.bus, 0xcf8, 2, 0xfffff00f);
	bus_port_out(g.bus, 0xcf9, 1, 0xabcdef99);
	bus_port_out(g.bus, 0xcfa, 2, 0xfffff00f);
	bus_port_out(g.bus, 0xcfb, 1, 0x01);
	assert_int_equal(bus_port_in(g.bus, 0xcf8, 4), 0x12345678);
	assert_int_equal(bus_port_in(g.bus, 0xcf8, 2), 0xffff);
	assert_int_equal(bus_port_in(g.bus, 0xcfb, 1), 0xff);
	/* The probe of mechanism 2, as Linux makes it: it would read back zeroes. */
	bus_port_out(g.bus, 0xcfb, 1, 0);
	bus_port_out(g.bus, 0xcf8, 1, 0);
	bus_port_out(g.bus, 0xcfa, 1, 0);
	assert_false(bus_port_in(g.bus, 0xcf8, 1) == 0 && bus_port_in(g.bus, 0xcfa, 1) == 0);
	/* Low bits in the address do not matter, the data port's do. */
	bus_port_out(g.bus, 0xcf8, 4, 0x8000080a);
	assert_int_equal(bus_port_in(g.bus, 0xcfe, 2), 0x0700);
	/* An access across the two ports is two accesses. */
	bus_port_out(g.bus, 0xcf8, 4, 0x80000800);
	assert_int_equal(bus_port_in(g.bus, 0xcfa, 4), 0x1af4ffff);
	assert_int_equal(bus_port_in(g.bus, 0xcff, 4), 0xffffff10);
}

/* N-85 */
static void absent_reads_ones(void **state)
{
	static const u32 nothing[] = {
		0x00000800, /* not enabled */
		0x80000000 | ABSENT << 11,
		0x80000000 | 16u << 11,
		0x80000000 | 31u << 11,
		0x80000900, /* function 1 */
		0x80000f00, /* function 7 */
		0x80010800, /* bus 1 */
		0x80ff0800, /* bus 255 */
		0x81000800, /* reserved bits */
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(nothing); i++) {
		bus_port_out(g.bus, 0xcf8, 4, nothing[i]);
		bus_port_out(g.bus, 0xcfc, 4, 0);
		bus_port_out(g.bus, 0xcfd, 1, 0);
		assert_int_equal(bus_port_in(g.bus, 0xcfc, 4), 0xffffffff);
		assert_int_equal(bus_port_in(g.bus, 0xcfe, 2), 0xffff);
		assert_int_equal(bus_port_in(g.bus, 0xcff, 1), 0xff);
	}
	assert_int_equal(cfg_in(&g, CONSOLE, 0, 4), 0x10431af4);
}

/* PCI Local Bus 2.2, 6.1: a function's registers that it does not have. */
static void past_the_registers(void **state)
{
	(void)state;
	for (u32 reg = 0x98; reg < 0x100; reg += 4) {
		cfg_out(&g, CONSOLE, reg, 4, 0xffffffff);
		cfg_out(&g, CONSOLE, reg + 1, 1, 0xff);
		assert_int_equal(cfg_in(&g, CONSOLE, reg, 4), 0);
		assert_int_equal(cfg_in(&g, CONSOLE, reg + 2, 2), 0);
		assert_int_equal(cfg_in(&g, 0, reg + 3, 1), 0);
		assert_int_equal(cfg_in(&g, ABSENT, reg, 4), 0xffffffff);
	}
}

static void host_bridge(void **state)
{
	(void)state;
	for (u32 reg = 0; reg < 0x98; reg += 4) {
		cfg_out(&g, 0, reg, 4, 0xffffffff);
		assert_int_equal(cfg_in(&g, 0, reg, 4), reg == 8 ? 0x06000000 : 0);
	}
}

static void headers(void **state)
{
	static const struct {
		u32 dev, id, class;
	} want[] = {
		{CONSOLE, 0x10431af4, 0x07000001},
		{BLOCK, 0x10421af4, 0x01800001},
		{RNG, 0x10441af4, 0xff000001},
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(want); i++) {
		u32 dev = want[i].dev;

		assert_int_equal(cfg_in(&g, dev, 0x00, 4), want[i].id);
		assert_int_equal(cfg_in(&g, dev, 0x08, 4), want[i].class);
		assert_int_equal(cfg_in(&g, dev, 0x04, 4), 0x00100002);
		assert_int_equal(cfg_in(&g, dev, 0x0e, 1), 0);
		assert_int_equal(cfg_in(&g, dev, 0x2c, 4), 0x00400000);
		assert_int_equal(cfg_in(&g, dev, 0x34, 1), 0x40);
		assert_int_equal(cfg_in(&g, dev, 0x3c, 2), dev);
		assert_int_equal(cfg_in(&g, dev, 0x10, 4), MINI_WINDOW + (dev - 1) * 4096);
	}
}

/* The list as lguest's early console and Linux walk it. */
static void capabilities(void **state)
{
	static const u8 all[][3] = {
		/* at, type, length */
		{0x40, 1, 16}, {0x50, 2, 20}, {0x64, 3, 16}, {0x84, 5, 20}, {0x74, 4, 16},
	};
	static const u32 place[][2] = {{0, 0x38}, {0x38, 2}, {0x3a, 1}, {0, 0}, {0x3c, 12}};

	(void)state;
	for (u32 dev = CONSOLE; dev <= RNG; dev++) {
		unsigned n = dev == RNG ? 4 : 5;
		u32 at = cfg_in(&g, dev, 0x34, 1);

		for (unsigned i = 0; i < n; i++) {
			assert_int_equal(at, all[i][0]);
			assert_int_equal(cfg_in(&g, dev, at, 1), 9);
			assert_int_equal(cfg_in(&g, dev, at + 2, 1), all[i][2]);
			assert_int_equal(cfg_in(&g, dev, at + 3, 1), all[i][1]);
			assert_int_equal(cfg_in(&g, dev, at + 4, 4), 0);
			assert_int_equal(cfg_in(&g, dev, at + 8, 4), place[i][0]);
			assert_int_equal(cfg_in(&g, dev, at + 12, 4),
					 i == 4 && dev == BLOCK ? 36 : place[i][1]);
			at = cfg_in(&g, dev, at + 1, 1);
		}
		assert_int_equal(at, 0);
	}
	assert_int_equal(cfg_in(&g, CONSOLE, 0x60, 4), 0); /* notify multiplier */
}

static void sizing(void **state)
{
	(void)state;
	for (u32 reg = 0x10; reg < 0x34; reg += 4) {
		u32 old = cfg_in(&g, BLOCK, reg, 4);

		if (reg == 0x28 || reg == 0x2c)
			continue;
		cfg_out(&g, BLOCK, reg, 4, reg == 0x30 ? 0xfffff800 : 0xffffffff);
		assert_int_equal(cfg_in(&g, BLOCK, reg, 4), reg == 0x10 ? 0xfffff000 : 0);
		cfg_out(&g, BLOCK, reg, 4, old);
		assert_int_equal(cfg_in(&g, BLOCK, reg, 4), old);
	}
	assert_int_equal(reg_in(&g, BLOCK, 0x12, 2), 1);
}

/* N-86: which bits change is known for every byte, and all come back. */
static u8 writable(u32 reg)
{
	switch (reg) {
	case 0x04:
		return 0x06; /* command: memory, master */
	case 0x0c:	     /* cache line, latency */
	case 0x0d:
	case 0x3c:
		return 0xff; /* interrupt line */
	case 0x11:
		return 0xf0; /* BAR 0 */
	case 0x12:
	case 0x13:
		return 0xff;
	case 0x88:
		return 0xff; /* window: BAR */
	default:
		return reg >= 0x8c && reg < 0x94 ? 0xff : 0;
	}
}

static void every_config_byte(void **state)
{
	static const u8 values[] = {0x00, 0xff, 0x5a, 0xa5};
	u32 seed = 4711;

	(void)state;
	for (u32 dev = CONSOLE; dev <= RNG; dev++)
		for (u32 reg = 0; reg < 0x94; reg++)
			for (u32 i = 0; i < 64; i++) {
				u8 v = i < 4 ? values[i] : (u8)mini_random(&seed);
				u8 old = (u8)cfg_in(&g, dev, reg, 1), mask = writable(reg);
				u8 now;

				cfg_out(&g, dev, reg, 1, v);
				now = (u8)cfg_in(&g, dev, reg, 1);
				assert_int_equal(now, (old & ~mask) | (v & mask));
				cfg_out(&g, dev, reg, 1, old);
				assert_int_equal(cfg_in(&g, dev, reg, 1), old);
			}
	headers(state);
	capabilities(state);
}

/* N-87 */
static void moving_bars(void **state)
{
	gpa_t old = MINI_WINDOW + 4096, far = MINI_WINDOW + 31 * 4096;
	static const u32 outside[] = {
		0,
		0x1000,
		0xfffff000,
		0xffc00000,
		MINI_RAM - 4096,
		MINI_RAM,
		MINI_WINDOW - 4096,
		MINI_WINDOW + 32 * 4096,
	};
	u8 ram[16], now[16];

	(void)state;
	assert_true(answers(old, 1));
	cfg_out(&g, BLOCK, 0x10, 4, far);
	assert_false(answers(old, 1));
	assert_true(answers(far, 1));
	/* Onto the console's: the lower device number answers. */
	cfg_out(&g, BLOCK, 0x10, 4, MINI_WINDOW);
	assert_true(answers(MINI_WINDOW, 2));
	cfg_out(&g, CONSOLE, 0x10, 4, far);
	assert_true(answers(MINI_WINDOW, 1));
	assert_true(answers(far, 2));
	/* Outside of the window nothing is there, and RAM stays RAM. */
	memset(fake_ram(&g.guest.mem), 0x77, MINI_RAM);
	memset(ram, 0x77, sizeof(ram));
	for (unsigned i = 0; i < ARRAY_LEN(outside); i++) {
		const struct slot *s = gmem_find(&g.guest.mem, outside[i] >> PAGE_SHIFT);

		cfg_out(&g, BLOCK, 0x10, 4, outside[i]);
		assert_int_equal(cfg_in(&g, BLOCK, 0x10, 4), outside[i]);
		assert_null(s);
		assert_false(answers(old, 1));
		assert_false(answers(MINI_WINDOW, 1));
		ram_get(&g, outside[i] < MINI_RAM ? outside[i] : 0, now, sizeof(now));
		assert_memory_equal(now, ram, sizeof(ram));
	}
	/* Bytes one after the other, with half an address in between. */
	for (u32 i = 0; i < 4; i++)
		cfg_out(&g, BLOCK, 0x10 + i, 1, old >> i * 8);
	assert_true(answers(old, 1));
	/* The lower number, also where the other one answered until now. */
	cfg_out(&g, CONSOLE, 0x10, 4, old);
	assert_true(answers(old, 2));
	cfg_out(&g, CONSOLE, 0x10, 4, MINI_WINDOW);
	assert_true(answers(old, 1));
	cfg_out(&g, BLOCK, 0x04, 2, 0);
	assert_int_equal(cfg_in(&g, BLOCK, 0x04, 2), 0);
	assert_int_equal(mmio_in(&g, old + 0x12, 2), 0xffff);
	mmio_out(&g, old + 0x14, 1, 1);
	cfg_out(&g, BLOCK, 0x04, 2, 2);
	assert_int_equal(mmio_in(&g, old + 0x14, 1), 0);
	cfg_out(&g, BLOCK, 0x04, 2, 0xffff);
	assert_int_equal(cfg_in(&g, BLOCK, 0x04, 2), 6);
}

/* Accesses of the window that no register answers. */
static void window_edges(void **state)
{
	(void)state;
	assert_int_equal(mmio_in(&g, MINI_WINDOW + 31 * 4096, 4), 0xffffffff); /* no BAR */
	assert_int_equal(mmio_in(&g, MINI_WINDOW + 0xffe, 2), 0xffff);
	assert_int_equal(mmio_in(&g, MINI_WINDOW + 0xffe, 4), 0xffffffff); /* across two BARs */
	assert_int_equal(mmio_in(&g, MINI_WINDOW + 0xfff, 1), 0xff);
	mmio_out(&g, MINI_WINDOW + 0xffe, 4, 0xffffffff);
	mmio_out(&g, MINI_WINDOW + 32 * 4096 - 1, 1, 0xff);
	assert_int_equal(reg_in(&g, CONSOLE, R_STATUS, 1), 0);
	assert_int_equal(reg_in(&g, BLOCK, R_STATUS, 1), 0);
}

/* Random port and window accesses for a while: everything is defined, nothing outside is
 * touched (the sanitizers), and afterwards the bus still works. */
static void fuzz(void **state)
{
	static const u16 ports[] = {0xcf8, 0xcf9, 0xcfa, 0xcfb, 0xcfc, 0xcfd, 0xcfe, 0xcff};
	static const unsigned sizes[] = {1, 2, 4};
	u32 seed = 20241 + support_seed();

	(void)state;
	for (u32 i = 0; i < 400000; i++) {
		u32 r = mini_random(&seed), v = mini_random(&seed);
		unsigned size = sizes[r >> 8 & 0xff ? (r >> 16) % 3 : 2];
		gpa_t at = MINI_WINDOW + (r >> 4) % (32 * 4096 - 3);

		switch (r & 7) {
		case 0:
			bus_port_out(g.bus, 0xcf8, 4, 0x80000000 | (v & 0x38fc));
			break;
		case 1:
			bus_port_out(g.bus, ports[v & 7], size, mini_random(&seed));
			break;
		case 2:
			bus_port_in(g.bus, ports[v & 7], size);
			break;
		case 3:
			mmio_out(&g, MINI_WINDOW + v % 3 * 4096 + (r >> 4) % 0x64, size,
				 mini_random(&seed));
			break;
		case 4:
			mmio_out(&g, at, size, v);
			break;
		case 5:
			mmio_in(&g, at, size);
			break;
		case 6:
			bus_port_out(g.bus, (u16)v, size, r);
			break;
		default:
			bus_port_in(g.bus, (u16)v, size);
		}
	}
	for (u32 dev = CONSOLE; dev <= RNG; dev++) {
		cfg_out(&g, dev, 0x04, 2, 2);
		cfg_out(&g, dev, 0x10, 4, MINI_WINDOW + (dev - 1) * 4096);
		cfg_out(&g, dev, 0x3c, 1, dev);
	}
	headers(state);
	reg_out(&g, BLOCK, R_STATUS, 1, 0);
	assert_int_equal(reg_in(&g, BLOCK, R_STATUS, 1), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, pci_setup, pci_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(address_port),
		T(absent_reads_ones),
		T(past_the_registers),
		T(host_bridge),
		T(headers),
		T(capabilities),
		T(sizing),
		T(every_config_byte),
		T(moving_bars),
		T(window_edges),
		T(fuzz),
	};

	return cmocka_run_group_tests_name("pci", tests, NULL, NULL);
}
