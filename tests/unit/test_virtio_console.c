/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c */
/* SOURCES: devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c */
/* SOURCES: devices/virtio/console.c tests/unit/fake_gmem.c tests/unit/mini_guest.c */
/* virtio console: both directions, the emergency register, bounds. */
#include "tests/unit/mini_guest.h"

#include <string.h>

#define DEV    1u
#define BROKEN 0x40u
#define RING   0x0000u
#define DATA   0x8000u

static struct mini g;
static struct mqueue q[2];
#define input  (&q[0])
#define output (&q[1])

static int setup(void **state)
{
	(void)state;
	mini_init(&g, "console");
	assert_int_equal(bus_add_console(g.bus), HV_OK);
	return 0;
}

static int setup_open(void **state)
{
	setup(state);
	mini_open(&g, DEV, 0, RING, 2, q);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mini_free(&g);
	return 0;
}

static void assert_printed(const char *text)
{
	assert_int_equal(g.text_len, strlen(text));
	assert_memory_equal(g.text, text, g.text_len);
}

static void emergency_write(void **state)
{
	(void)state;
	reg_out(&g, DEV, 0x44, 4, 0x12345600 | 'a');
	reg_out(&g, DEV, R_STATUS, 1, 8); /* broken */
	reg_out(&g, DEV, 0x44, 4, 'b');
	reg_out(&g, DEV, R_STATUS, 1, 0x80);
	reg_out(&g, DEV, 0x44, 1, 'c');
	reg_out(&g, DEV, 0x44, 2, 'd');
	reg_out(&g, DEV, 0x45, 1, 'x'); /* not the register */
	reg_out(&g, DEV, 0x3c, 4, 'x');
	assert_int_equal(reg_in(&g, DEV, 0x44, 4), 0);
	mini_open(&g, DEV, 4, RING, 2, q);
	reg_out(&g, DEV, 0x44, 4, 0);
	reg_out(&g, DEV, 0x44, 4, '\n');
	assert_int_equal(g.text_len, 6);
	assert_memory_equal(g.text, "abcd\0\n", 6);
}

static void output_in_pieces(void **state)
{
	u32 id, len;

	(void)state;
	ram_put(&g, DATA, "Hello, world\n", 13);
	mdesc_set(output, 0, DATA, 5, D_NEXT, 1);
	mdesc_set(output, 1, DATA + 5, 2, D_NEXT, 2);
	mdesc_set(output, 2, DATA + 7, 6, 0, 0);
	mqueue_offer(output, 0);
	mqueue_kick(output);
	assert_printed("Hello, world\n");
	assert_true(mqueue_used(output, &id, &len));
	assert_int_equal(id, 0);
	assert_int_equal(len, 0);
	assert_int_equal(g.irqs[DEV], 1);
	assert_int_equal(mqueue_used_flags(output), 0);
	/* Nothing to say, and a piece that is not for saying. */
	mdesc_set(output, 3, DATA, 0, D_NEXT, 4);
	mdesc_set(output, 4, DATA, 4, D_WRITE, 0);
	mqueue_offer(output, 3);
	mqueue_kick(output);
	assert_true(mqueue_used(output, &id, &len));
	assert_int_equal(g.text_len, 13);
}

/* N-95 and worse: a buffer as large as RAM, many times over. */
static void output_is_bounded(void **state)
{
	u32 id, len, rounds = 1;

	(void)state;
	memset(fake_ram(&g.guest.mem) + DATA, 'z', 50000);
	mdesc_set(output, 0, DATA, 50000, 0, 0);
	mdesc_set(output, 1, DATA, 3, 0, 0);
	mqueue_offer(output, 0);
	mqueue_offer(output, 1);
	mqueue_kick(output);
	assert_in_range(g.text_len, 256, 4096);
	assert_int_equal(mqueue_used_flags(output), 1); /* no need to kick again */
	assert_false(mqueue_used(output, &id, &len));
	while (bus_poll(g.bus)) {
		rounds++;
		assert_in_range(g.text_len, rounds * 64, rounds * 4096);
	}
	assert_int_equal(g.text_len, 50003);
	assert_true(mqueue_used(output, &id, &len));
	assert_true(mqueue_used(output, &id, &len));
	assert_int_equal(id, 1);
	assert_int_equal(mqueue_used_flags(output), 0);
	assert_true(g.text_longest <= 256);
}

/* A slow line: nothing is printed that would have to wait, and nothing is lost. */
static void output_waits_for_room(void **state)
{
	u32 id, len;

	(void)state;
	memset(fake_ram(&g.guest.mem) + DATA, 'z', 1000);
	mdesc_set(output, 0, DATA, 1000, 0, 0);
	mqueue_offer(output, 0);
	g.text_limit = 10;
	mqueue_kick(output);
	assert_int_equal(g.text_len, 10);
	assert_true(bus_poll(g.bus));
	assert_int_equal(g.text_len, 10);
	g.text_limit = 700;
	assert_true(bus_poll(g.bus));
	assert_int_equal(g.text_len, 700);
	assert_false(mqueue_used(output, &id, &len));
	g.text_limit = 1001;
	assert_false(bus_poll(g.bus));
	assert_true(mqueue_used(output, &id, &len));
	assert_int_equal(g.text_len, 1000);
	/* At the end there is no later. */
	mqueue_offer(output, 0);
	mqueue_kick(output);
	assert_int_equal(g.text_len, 1001);
	assert_false(bus_hurries(g.bus));      /* it can do nothing but wait */
	assert_true(bus_console_flush(g.bus)); /* nor can the end */
	assert_int_equal(g.text_len, 1001);
	g.text_limit = 3000;
	assert_false(bus_console_flush(g.bus));
	assert_int_equal(g.text_len, 2000);
}

static void empty_buffers_are_bounded(void **state)
{
	u32 id, len, seen = 0;

	(void)state;
	for (u16 i = 0; i < 256; i++) {
		mdesc_set(output, i, DATA, 0, 0, 0);
		mqueue_offer(output, i);
	}
	mqueue_kick(output);
	while (mqueue_used(output, &id, &len))
		seen++;
	assert_in_range(seen, 64, 255);
	assert_false(bus_poll(g.bus));
	while (mqueue_used(output, &id, &len))
		seen++;
	assert_int_equal(seen, 256);
}

static void flush(void)
{
	u32 calls = 0;

	while (bus_console_flush(g.bus))
		assert_true(++calls < 20);
}

static void flush_at_the_end(void **state)
{
	(void)state;
	memset(fake_ram(&g.guest.mem) + DATA, 'z', 6000);
	mdesc_set(output, 0, DATA, 6000, 0, 0);
	mdesc_set(output, 1, DATA, 4, 0, 0);
	mqueue_offer(output, 0);
	mqueue_kick(output);
	mqueue_offer(output, 1); /* not told */
	flush();
	assert_int_equal(g.text_len, 6004);
	flush();
	assert_int_equal(g.text_len, 6004);
	/* Bounded, whatever the guest left behind. */
	for (u32 i = 0; i < 256; i++)
		mdesc_set(output, i, 0, MINI_RAM, i < 255 ? D_NEXT : 0, (u16)(i + 1));
	mqueue_offer(output, 0);
	flush();
	assert_in_range(g.text_len, 8192, 6004 + 8192 + 2048);
}

/* The register for emergencies while the line takes nothing: kept, in order, and the guest must not
 * go on before there is room again for what one instruction may write. */
static void emergency_waits_for_room(void **state)
{
	(void)state;
	g.text_limit = 3;
	for (u32 i = 0; i < 3; i++)
		reg_out(&g, DEV, R_CONFIG + 8, 4, 'a' + i);
	assert_int_equal(g.text_len, 3);
	assert_false(bus_has_work(g.bus));
	for (u32 i = 0; i < 256; i++)
		reg_out(&g, DEV, R_CONFIG + 8, 4, 'A' + i % 26);
	assert_int_equal(g.text_len, 3);
	assert_false(bus_stalled(g.bus));
	reg_out(&g, DEV, R_CONFIG + 8, 4, '!');
	assert_true(bus_stalled(g.bus));
	assert_true(bus_poll(g.bus));
	assert_false(bus_hurries(g.bus));
	for (u32 i = 0; i < 255; i++) /* the rest of that instruction */
		reg_out(&g, DEV, R_CONFIG + 8, 4, '.');
	reg_out(&g, DEV, R_STATUS, 1, 0); /* a reset of the device forgets nothing */
	g.text_limit = 4000;
	assert_false(bus_poll(g.bus));
	assert_false(bus_stalled(g.bus));
	assert_int_equal(g.text_len, 3 + 256 + 256);
	assert_memory_equal(g.text, "abcABCDEF", 9);
	assert_memory_equal(g.text + 3 + 255, "V!..", 4);
}

/* A device that breaks meanwhile prints them nevertheless, and lets the guest go on. */
static void emergency_of_a_broken_device(void **state)
{
	(void)state;
	g.text_limit = 1;
	for (u32 i = 0; i < 300; i++)
		reg_out(&g, DEV, R_CONFIG + 8, 4, 'x');
	assert_true(bus_stalled(g.bus));
	mdesc_set(input, 0, DATA, 64, 0, 0); /* not to be written */
	mqueue_offer(input, 0);
	assert_int_equal(bus_console_input(g.bus, "abc", 3), 0);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf | BROKEN);
	g.text_limit = 4000;
	assert_false(bus_poll(g.bus));
	assert_int_equal(g.text_len, 300);
	assert_false(bus_stalled(g.bus));
}

static void reset_forgets_output(void **state)
{
	u32 printed;

	(void)state;
	mdesc_set(output, 0, DATA, 50000, 0, 0);
	mqueue_offer(output, 0);
	mqueue_kick(output);
	printed = g.text_len;
	assert_in_range(printed, 256, 4096);
	reg_out(&g, DEV, R_STATUS, 1, 0);
	assert_false(bus_poll(g.bus));
	bus_console_flush(g.bus);
	assert_int_equal(g.text_len, printed);
	mini_open(&g, DEV, 0, RING, 2, q);
	ram_put(&g, DATA, "new", 3);
	mdesc_set(output, 0, DATA, 3, 0, 0);
	mqueue_offer(output, 0);
	mqueue_kick(output);
	assert_memory_equal(g.text + printed, "new", 3);
	assert_int_equal(g.text_len, printed + 3);
}

static void typed(void **state)
{
	u8 *ram = fake_ram(&g.guest.mem);
	u32 id, len;

	(void)state;
	assert_int_equal(bus_console_input(g.bus, "abc", 3), 0); /* no buffer yet */
	assert_int_equal(mqueue_used_flags(input), 0);		 /* we want to hear of one */
	mdesc_set(input, 0, DATA, 4, D_WRITE, 0);
	mdesc_set(input, 1, DATA + 0x100, 1, D_WRITE | D_NEXT, 2);
	mdesc_set(input, 2, DATA + 0x200, 2, D_WRITE, 0);
	mqueue_offer(input, 0);
	mqueue_offer(input, 1);
	mqueue_kick(input);
	assert_int_equal(bus_console_input(g.bus, "abcdefghijk", 11), 7);
	assert_memory_equal(ram + DATA, "abcd", 5);
	assert_memory_equal(ram + DATA + 0x100, "e", 2);
	assert_memory_equal(ram + DATA + 0x200, "fg", 3);
	assert_true(mqueue_used(input, &id, &len));
	assert_int_equal(id, 0);
	assert_int_equal(len, 4);
	assert_true(mqueue_used(input, &id, &len));
	assert_int_equal(id, 1);
	assert_int_equal(len, 3);
	assert_int_equal(g.irqs[DEV], 1);
	mqueue_offer(input, 0);
	assert_int_equal(bus_console_input(g.bus, "x", 1), 1);
	assert_true(mqueue_used(input, &id, &len));
	assert_int_equal(len, 1);
	assert_int_equal(mqueue_used_flags(input), 1); /* no news wanted */
	assert_int_equal(bus_console_input(g.bus, "", 0), 0);
}

static void typed_without_driver(void **state)
{
	(void)state;
	assert_int_equal(bus_console_input(g.bus, "abc", 3), 0);
	reg_out(&g, DEV, R_STATUS, 1, 3);
	assert_int_equal(bus_console_input(g.bus, "abc", 3), 0);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 3);
}

static void input_buffer_not_writable(void **state)
{
	(void)state;
	mdesc_set(input, 0, DATA, 64, 0, 0);
	mqueue_offer(input, 0);
	assert_int_equal(bus_console_input(g.bus, "abc", 3), 0);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf | BROKEN);
	assert_int_equal(bus_console_input(g.bus, "abc", 3), 0);
	mini_open(&g, DEV, 0, RING, 2, q);
	mdesc_set(input, 0, DATA, 0, D_WRITE, 0); /* no room in it */
	mqueue_offer(input, 0);
	assert_int_equal(bus_console_input(g.bus, "abc", 3), 0);
	assert_int_equal(reg_in(&g, DEV, R_STATUS, 1), 0xf | BROKEN);
}

#define T(name, with) cmocka_unit_test_setup_teardown(name, with, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(emergency_write, setup),
		T(output_in_pieces, setup_open),
		T(output_is_bounded, setup_open),
		T(output_waits_for_room, setup_open),
		T(empty_buffers_are_bounded, setup_open),
		T(flush_at_the_end, setup_open),
		T(emergency_waits_for_room, setup_open),
		T(emergency_of_a_broken_device, setup_open),
		T(reset_forgets_output, setup_open),
		T(typed, setup_open),
		T(typed_without_driver, setup),
		T(input_buffer_not_writable, setup_open),
	};

	return cmocka_run_group_tests_name("virtio_console", tests, NULL, NULL);
}
