/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c */
/* SOURCES: devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c */
/* SOURCES: tests/unit/fake_gmem.c tests/unit/mini_guest.c */
/* The legacy ports: the answers that end a kernel's probes, and that nothing else happens. */
#include "tests/unit/mini_guest.h"

static struct mini g;

static int setup(void **state)
{
	(void)state;
	mini_init(&g, "ports");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mini_free(&g);
	return 0;
}

static void answers(void **state)
{
	static const struct {
		u16 port;
		u8 value;
	} want[] = {
		{0x40, 0},     {0x42, 0},     {0x43, 0},     {0x44, 0xff},   {0x3f, 0xff},
		{0x60, 0xff},  {0x61, 0x20},  {0x64, 0x01},  {0x70, 0xff},   {0x71, 0},
		{0x80, 0xff},  {0x3f9, 0xff}, {0x2f9, 0xff}, {0x20, 0xff},   {0xa1, 0xff},
		{0x3da, 0xff}, {0xcf7, 0xff}, {0xd00, 0xff}, {0xffff, 0xff}, {0, 0xff},
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(want); i++)
		assert_int_equal(bus_port_in(g.bus, want[i].port, 1), want[i].value);
}

static void wide_accesses_are_bytes(void **state)
{
	(void)state;
	assert_int_equal(bus_port_in(g.bus, 0x60, 2), 0x20ff);
	assert_int_equal(bus_port_in(g.bus, 0x61, 4), 0x01ffff20);
	assert_int_equal(bus_port_in(g.bus, 0xffff, 4), 0xffffffff);
	assert_int_equal(bus_port_in(g.bus, 0x41, 2), 0);
}

/* N-88 and every other port: no write changes what a port answers, none is fatal. */
static void writes_change_nothing(void **state)
{
	static u8 before[0x10000];

	(void)state;
	for (u32 p = 0; p < 0x10000; p++)
		before[p] = (u8)bus_port_in(g.bus, (u16)p, 1);
	for (u32 p = 0; p < 0x10000; p++) {
		if (p + 3 >= 0xcf8 && p <= 0xcff)
			continue; /* configuration space has its own test */
		bus_port_out(g.bus, (u16)p, 1, 0xfe);
		bus_port_out(g.bus, (u16)p, 2, 0x0606);
		bus_port_out(g.bus, (u16)p, 4, 0xffffffff);
	}
	for (u32 p = 0; p < 0x10000; p++)
		assert_int_equal(bus_port_in(g.bus, (u16)p, 1), before[p]);
	assert_int_equal(g.text_len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(answers, setup, teardown),
		cmocka_unit_test_setup_teardown(wide_accesses_are_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(writes_change_nothing, setup, teardown),
	};

	return cmocka_run_group_tests_name("ports", tests, NULL, NULL);
}
