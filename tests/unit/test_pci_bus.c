/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c
 * devices/virtio/console.c devices/virtio/rng.c devices/virtio/block.c devices/block.c
 * devices/ramdisk.c devices/entropy.c tests/unit/fake_gmem.c tests/unit/mini_guest.c
 * tests/unit/pci_fixture.c */
/* The window in configuration space, and the bus as a whole: its limits and its end. */
#include "tests/unit/pci_fixture.h"

#include <string.h>

static void window_set(u32 dev, u32 bar, u32 length, u32 offset)
{
	cfg_out(&g, dev, 0x88, 1, bar);
	cfg_out(&g, dev, 0x90, 4, length);
	cfg_out(&g, dev, 0x8c, 4, offset);
}

static void early_console(void **state)
{
	static const char text[] = "early\n";

	(void)state;
	cfg_out(&g, CONSOLE, 0x04, 2, 0); /* decode off must not matter */
	for (unsigned i = 0; text[i]; i++) {
		window_set(CONSOLE, 0, 4, 0x44);
		cfg_out(&g, CONSOLE, 0x94, 4, (u8)text[i]);
	}
	assert_int_equal(g.text_len, 6);
	assert_memory_equal(g.text, text, 6);
	assert_int_equal(cfg_in(&g, CONSOLE, 0x04, 2), 0);
}

static void config_window(void **state)
{
	static const struct {
		u32 bar, length, offset;
	} bad[] = {
		{1, 4, 0},	    {255, 1, 0x14},
		{0, 0, 0},	    {0, 3, 0},
		{0, 8, 0},	    {0, 0xffffffff, 0},
		{0, 4, 2},	    {0, 2, 1},
		{0, 4, 0x1000},	    {0, 1, 0x1000},
		{0, 4, 0xfffffffc}, {0, 2, 0xfffffffe},
		{0, 1, 0xffffffff}, {0, 0x80000000, 0x80000000},
	};

	(void)state;
	window_set(BLOCK, 0, 2, 0x12);
	assert_int_equal(cfg_in(&g, BLOCK, 0x94, 4), 1);
	assert_int_equal(cfg_in(&g, BLOCK, 0x95, 1), 0);
	window_set(BLOCK, 0, 1, R_STATUS);
	cfg_out(&g, BLOCK, 0x94, 4, 0xffffff01);
	assert_int_equal(reg_in(&g, BLOCK, R_STATUS, 1), 1);
	assert_int_equal(cfg_in(&g, BLOCK, 0x94, 4), 1);
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		window_set(BLOCK, bad[i].bar, bad[i].length, bad[i].offset);
		cfg_out(&g, BLOCK, 0x94, 4, 0);
		assert_int_equal(cfg_in(&g, BLOCK, 0x94, 4), 0xffffffff);
	}
	window_set(BLOCK, 0, 4, 0xffc); /* inside the BAR, but no register */
	assert_int_equal(cfg_in(&g, BLOCK, 0x94, 4), 0xffffffff);
	assert_int_equal(reg_in(&g, BLOCK, R_STATUS, 1), 1);
}

static void collect(void *ctx, const char *text)
{
	char *all = ctx;

	strcat(all, text);
	strcat(all, "\n");
}

static void show(void **state)
{
	char all[1000] = "";

	(void)state;
	reg_out(&g, CONSOLE, R_STATUS, 1, 1);
	bus_show(g.bus, collect, all);
	assert_string_equal(all,
			    "00:00.0 0000:0000 host-bridge\n"
			    "00:01.0 1af4:1043 virtio-console irq 1 bar 0x00140000 status 0x01\n"
			    "00:02.0 1af4:1042 virtio-block irq 2 bar 0x00141000 status 0x00\n"
			    "00:03.0 1af4:1044 virtio-rng irq 3 bar 0x00142000 status 0x00\n");
}

static void devices_are_limited(void **state)
{
	(void)state;
	assert_int_equal(bus_add_console(g.bus), HV_BADARG);
	for (u32 i = 4; i <= 15; i++)
		assert_int_equal(bus_add_rng(g.bus), HV_OK);
	assert_int_equal(bus_add_rng(g.bus), HV_NOMEM);
	assert_int_equal(cfg_in(&g, 15, 0x3c, 1), 15);
	assert_true(answers(MINI_WINDOW + 14 * 4096, 1));
}

static void nothing_after_detach(void **state)
{
	(void)state;
	bus_detach(g.bus);
	assert_int_equal(cfg_in(&g, CONSOLE, 0, 4), 0xffffffff);
	assert_int_equal(mmio_in(&g, MINI_WINDOW + 0x12, 2), 0xffff);
	mmio_out(&g, MINI_WINDOW + 0x44, 4, 'x');
	assert_int_equal(bus_console_input(g.bus, "abc", 3), 0);
	bus_console_flush(g.bus);
	assert_false(bus_poll(g.bus));
	assert_int_equal(g.text_len, 0);
	assert_int_equal(disk.users, 0);
	assert_int_equal(disk.writers, 0);
	bus_detach(g.bus); /* twice is harmless */
	assert_int_equal(disk.users, 0);
}

static void out_of_memory(void **state)
{
	static struct mini h;

	(void)state;
	for (u32 n = 1; n <= 8; n++) {
		struct bus *b;
		bool failed = false;

		fake_guest_init(&h.guest, 16);
		fake_arena_fail = n;
		b = bus_create(&h.guest.arena, &h.guest.mem, NULL, NULL, "oom");
		assert_int_equal(!b, n == 1);
		if (b) {
			static struct blk_backend other;

			ramdisk_init(&other, "other", disk_bytes, 512);
			failed |= bus_add_console(b) == HV_NOMEM;
			failed |= bus_add_block(b, &other, false) == HV_NOMEM;
			failed |= bus_add_rng(b) == HV_NOMEM;
			assert_true(failed || fake_arena_fail);
			bus_detach(b);
			assert_int_equal(other.users + other.writers, 0);
		}
		fake_guest_free(&h.guest);
	}
	fake_arena_fail = 0;
}

/* RAM that leaves no room for the window below 4 GiB. */
static void window_must_fit(void **state)
{
	struct fake_guest big = {0};

	(void)state;
	arena_init(&big.arena, &big.owner);
	big.mem.ram_pages = 0xfff00;
	assert_null(bus_create(&big.arena, &big.mem, NULL, NULL, "big"));
	big.mem.ram_pages = 0xffeff;
	assert_null(bus_create(&big.arena, &big.mem, NULL, NULL, "big"));
	big.mem.ram_pages = 0xffe00;
	assert_non_null(bus_create(&big.arena, &big.mem, NULL, NULL, "big"));
	arena_release(&big.arena);
}

#define T(name) cmocka_unit_test_setup_teardown(name, pci_setup, pci_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(early_console),	T(config_window),	 T(show),
		T(devices_are_limited), T(nothing_after_detach), T(out_of_memory),
		T(window_must_fit),
	};

	return cmocka_run_group_tests_name("pci_bus", tests, NULL, NULL);
}
