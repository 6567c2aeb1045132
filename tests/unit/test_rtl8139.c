/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/fake_card.c devices/host/bars.c */
/* The RTL8139 driver, included here, against a model of the card. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>

#define LIB_X86_H /* the real port accesses stay out */

#define IO   0xc000
#define RING (32u << 10)

static struct {
	u8 command;
	u16 mask, status, read;
	u32 ring;  /* address */
	u32 write; /* where the next frame goes */
	u32 tx[4], tx_address[4];
	u32 rx_config, tx_config;
	u32 next_place, sent, resets, receiver_starts;
	u8 last_byte; /* of the last frame sent */
	u32 last_len;
	bool reset_hangs, cable;
} model;

static u8 *ring(void)
{
	return (u8 *)(uintptr_t)model.ring;
}

/* Send what waits, in order, as long as there is a cable. */
static void model_transmit(void)
{
	while (model.cable && !(model.tx[model.next_place] & 0x2000)) {
		u32 *t = &model.tx[model.next_place];

		model.last_len = *t & 0x1fff;
		model.last_byte = *(u8 *)(uintptr_t)model.tx_address[model.next_place];
		*t |= 0x2000 | 0x8000;
		model.status |= 4;
		model.sent++;
		model.next_place = (model.next_place + 1) % 4;
	}
}

static u8 inb(u16 port)
{
	if (port == IO + 0x37)
		return (u8)((model.command & ~1u) |
			    ((model.read + 16u) % RING == model.write % RING));
	assert_in_range(port, IO, IO + 5);
	return (u8)(0x50 + port - IO);
}

static void outb(u16 port, u8 v)
{
	if (port == IO + 0x52)
		return;
	assert_int_equal(port, IO + 0x37);
	if (v & 0x10) {
		model.resets++;
		for (u32 i = 0; i < 4; i++)
			model.tx[i] = 0x2000;
		if (!model.reset_hangs)
			v = 0;
	}
	if (v & 8 && !(model.command & 8)) {
		model.write = 0;
		model.receiver_starts++;
	}
	model.command = v;
}

static u16 inw(u16 port)
{
	assert_int_equal(port, IO + 0x3e);
	return model.status;
}

static void outw(u16 port, u16 v)
{
	if (port == IO + 0x3e)
		model.status &= (u16)~v;
	else if (port == IO + 0x3c)
		model.mask = v;
	else if (port == IO + 0x38)
		model.read = v;
	else
		fail();
}

static u32 inl(u16 port)
{
	assert_in_range(port, IO + 0x10, IO + 0x1c);
	return model.tx[(port - IO - 0x10) / 4];
}

static void outl(u16 port, u32 v)
{
	if (port == IO + 0x30) {
		model.ring = v;
	} else if (port == IO + 0x40) {
		model.tx_config = v;
	} else if (port == IO + 0x44) {
		model.rx_config = v;
	} else if (port >= IO + 0x20 && port < IO + 0x30) {
		model.tx_address[(port - IO - 0x20) / 4] = v;
	} else {
		assert_in_range(port, IO + 0x10, IO + 0x1c);
		assert_true(model.tx[(port - IO - 0x10) / 4] & 0x2000); /* the place was free */
		model.tx[(port - IO - 0x10) / 4] = v & ~0x2000u;
		model_transmit();
	}
}

static void io_wait(void)
{
}

#include "devices/host/net/rtl8139.c"
#include "tests/unit/fake_card.h"

static int set_up(void **state)
{
	(void)state;
	memset(&model, 0, sizeof(model));
	fake_card_reset(IO | 1);
	model.cable = true;
	assert_int_equal(open(&fake_nic, &fake_function), HV_OK);
	assert_int_equal(fake_nic.irq, FAKE_IRQ);
	assert_int_equal(fake_command(), 5); /* ports, bus master */
	assert_int_equal(model.mask, 0);     /* silent */
	assert_int_equal(model.command, 0);
	go(&fake_nic);
	return 0;
}

/* A frame of `len` bytes and its checksum arrives; it may run beyond the ring's end. */
static void arrive(u32 len, u8 fill)
{
	u16 header[2] = {1, (u16)(len + 4)};

	memcpy(ring() + model.write, header, 4);
	memset(ring() + model.write + 4, fill, len);
	model.write = ((model.write + 4 + len + 4 + 3) & ~3u) % RING;
	model.status |= 1;
}

static void opened(void **state)
{
	static const u8 mac[6] = {0x50, 0x51, 0x52, 0x53, 0x54, 0x55};

	(void)state;
	assert_memory_equal(fake_nic.port.mac, mac, 6);
	assert_int_equal(model.rx_config & 0x0f, 0x0f);	    /* every station's frames */
	assert_int_equal(model.rx_config & 0x1880, 0x1080); /* 32 KiB, no wrap within a frame */
	assert_int_equal(model.command, 0x0c);
	model.reset_hangs = true;
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
}

static void receives(void **state)
{
	u32 len = 14;

	(void)state;
	assert_false(serve(&fake_nic, 8));
	for (u32 i = 0; i < 300; i++) { /* several times round the ring */
		arrive(len, (u8)i);
		assert_false(serve(&fake_nic, 8));
		assert_int_equal(fake_gots, i + 1);
		assert_int_equal(fake_got_len, len);
		assert_int_equal(fake_got[0], (u8)i);
		assert_int_equal(fake_got[len - 1], (u8)i);
		assert_int_equal(model.status, 0);
		len = len == 1518 ? 14 : MIN(len + 37, 1518);
	}
	for (u32 i = 0; i < 10; i++)
		arrive(60, 7);
	assert_true(serve(&fake_nic, 8));
	assert_false(serve(&fake_nic, 8));
	assert_int_equal(fake_gots, 310);
	assert_int_equal(model.receiver_starts, 1);
}

static void frame_under_way(void **state)
{
	u32 at = model.write;
	u16 unknown = 0xfff0, known = 104;

	(void)state;
	arrive(100, 3);
	memcpy(ring() + at + 2, &unknown, 2);
	assert_false(serve(&fake_nic, 8));
	assert_int_equal(fake_gots, 0);
	memcpy(ring() + at + 2, &known, 2);
	assert_false(serve(&fake_nic, 8));
	assert_int_equal(fake_gots, 1);
	assert_int_equal(model.receiver_starts, 1);
}

static void nonsense(void **state)
{
	static const u16 headers[][2] = {{0, 104}, {1, 3}, {1, 17}, {1, 1600}, {0xffff, 0xffff}};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(headers); i++) {
		u32 at = model.write;

		arrive(100, 3);
		memcpy(ring() + at, headers[i], 4);
		assert_false(serve(&fake_nic, 8));
		assert_int_equal(fake_gots, i); /* nothing; then the next one is good */
		assert_int_equal(model.receiver_starts, i + 2);
		arrive(70, 9);
		assert_false(serve(&fake_nic, 8));
		assert_int_equal(fake_gots, i + 1);
		assert_int_equal(fake_got_len, 70);
	}
}

static void put(u8 fill, u32 len)
{
	u8 *p = room(&fake_nic);

	assert_non_null(p);
	memset(p, fill, len);
	send(&fake_nic, len);
}

static void sends(void **state)
{
	(void)state;
	for (u32 i = 0; i < 200; i++) {
		put((u8)i, 60 + i);
		assert_int_equal(model.sent, i + 1);
		assert_int_equal(model.last_len, 60 + i);
		assert_int_equal(model.last_byte, (u8)i);
	}
}

static void no_cable(void **state)
{
	(void)state;
	model.cable = false;
	for (u32 i = 0; i < 32; i++)
		put((u8)i, 60);
	assert_null(room(&fake_nic));
	assert_int_equal(model.sent, 0);
	model.cable = true;
	model_transmit();
	assert_int_equal(model.sent, 4);
	while (model.status) /* each interrupt lets the next four go */
		assert_false(serve(&fake_nic, 8));
	assert_int_equal(model.sent, 32);
	assert_int_equal(model.last_byte, 31);
	assert_non_null(room(&fake_nic));
}

static void aborted(void **state)
{
	(void)state;
	model.cable = false;
	put(1, 60);
	model.tx[0] |= 0x40000000;
	model.status = 8;
	assert_false(serve(&fake_nic, 8));
	assert_int_equal(model.tx_config & 1, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(opened, set_up),
		cmocka_unit_test_setup(receives, set_up),
		cmocka_unit_test_setup(frame_under_way, set_up),
		cmocka_unit_test_setup(nonsense, set_up),
		cmocka_unit_test_setup(sends, set_up),
		cmocka_unit_test_setup(no_cable, set_up),
		cmocka_unit_test_setup(aborted, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
