/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/fake_card.c devices/host/bars.c */
/* The PCnet driver, included here, against a model of the card. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>

#define LIB_X86_H /* the real port accesses stay out */

#define IO 0xc000

static struct {
	u16 rap, csr[5], style;
	bool wide;	 /* in the mode of 32-bit registers */
	bool stuck_wide; /* and it stays there */
	bool no_init;	 /* an initialisation never ends */
	bool cable;
	u32 inits, sent, place;
	u8 last_byte;
	u32 last_len;
} model;

#include "devices/host/net/nic.h"

struct model_desc {
	u32 address;
	u16 bytes, status;
	u32 message, reserved;
};

static u8 *init_block(void)
{
	return (u8 *)(uintptr_t)(model.csr[1] | (u32)model.csr[2] << 16);
}

static struct model_desc *ring(u32 offset)
{
	u32 at;

	memcpy(&at, init_block() + offset, 4);
	return (struct model_desc *)(uintptr_t)at;
}

static void model_transmit(void)
{
	struct model_desc *d = ring(24) + model.place;

	while (model.cable && d->status & 0x8000) {
		assert_int_equal(d->status & 0x0300, 0x0300);
		model.last_len = (u16)-d->bytes;
		model.last_byte = *(u8 *)(uintptr_t)d->address;
		d->status &= 0x7fff;
		model.sent++;
		model.place = (model.place + 1) % 64;
		d = ring(24) + model.place;
	}
}

static u8 inb(u16 port)
{
	assert_in_range(port, IO, IO + 5);
	return (u8)(0x50 + port - IO);
}

static u16 inw(u16 port)
{
	if (model.wide)
		return 0xffff;
	if (port == IO + 0x14) {
		model.csr[0] = 4;
		return 0;
	}
	if (port == IO + 0x12)
		return model.rap;
	assert_int_equal(port, IO + 0x10);
	assert_in_range(model.rap, 0, 4);
	return model.csr[model.rap];
}

static u32 inl(u16 port)
{
	assert_int_equal(port, IO + 0x18);
	model.wide = model.stuck_wide;
	return 0;
}

static void status_written(u16 v)
{
	model.csr[0] &= (u16) ~(v & 0x7f00);
	model.csr[0] = (u16)((model.csr[0] & ~0x40) | (v & 0x40));
	if (v & 4)
		model.csr[0] = 4;
	if (v & 1) {
		assert_int_equal(model.csr[0] & 4, 4); /* only while it is stopped */
		assert_int_equal(model.style, 2);
		model.inits++;
		model.place = 0;
		model.csr[0] = model.no_init ? 1 : 0x0101;
	}
	if (v & 2)
		model.csr[0] = (u16)((model.csr[0] & ~4) | 0x32);
	if (v & 8)
		model_transmit();
}

static void outw(u16 port, u16 v)
{
	if (port == IO + 0x12) {
		model.rap = v;
	} else if (port == IO + 0x16) {
		assert_int_equal(model.rap, 20);
		model.style = v;
	} else {
		assert_int_equal(port, IO + 0x10);
		assert_in_range(model.rap, 0, 4);
		if (model.rap == 0)
			status_written(v);
		else
			model.csr[model.rap] = v;
	}
}

static void io_wait(void)
{
}

#include "devices/host/net/pcnet.c"
#include "tests/unit/fake_card.h"

static int set_up(void **state)
{
	(void)state;
	memset(&model, 0, sizeof(model));
	model.cable = true;
	model.wide = true;
	fake_card_reset(IO | 1);
	assert_int_equal(open(&fake_nic, &fake_function), HV_OK);
	assert_int_equal(model.csr[0], 4); /* silent */
	go(&fake_nic);
	return 0;
}

static void opened(void **state)
{
	static const u8 mac[6] = {0x50, 0x51, 0x52, 0x53, 0x54, 0x55};

	(void)state;
	assert_memory_equal(fake_nic.port.mac, mac, 6);
	assert_memory_equal(init_block() + 4, mac, 6);
	assert_int_equal(init_block()[1], 0x80); /* every station's frames */
	assert_int_equal(init_block()[2], 0x60);
	assert_int_equal(init_block()[3], 0x60);
	assert_int_equal(model.csr[0] & 0x7e, 0x72);
	assert_int_equal(fake_nic.irq, FAKE_IRQ);
	assert_int_equal(fake_command(), 5);
	for (u32 i = 1; i <= 6; i++) {
		fake_no_memory = i;
		assert_int_equal(open(&fake_nic, &fake_function), HV_NOMEM);
	}
	model.wide = model.stuck_wide = true;
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
	fake_function.irq_line = 0;
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
	fake_card_reset(0xfebc0000);
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
}

static void arrive(u32 i, u32 len, u8 fill, u16 status)
{
	struct model_desc *d = ring(20) + i;

	assert_int_equal(d->status, 0x8000);
	assert_int_equal((u16)-d->bytes, NIC_BUFFER);
	memset((void *)(uintptr_t)d->address, fill, MIN(len, NIC_BUFFER));
	d->message = 0xa5a50000 | (len & 0xfff);
	d->status = status;
	model.csr[0] |= 0x0480;
}

static void receives(void **state)
{
	static const struct {
		u32 len;
		u16 status;
	} bad[] = {{64, 0x4300}, {64, 0x0200}, {64, 0x0100},
		   {4, 0x0300},	 {0, 0x0300},  {4000, 0x0300}};

	(void)state;
	assert_false(serve(&fake_nic, 8));
	for (u32 i = 0; i < 200; i++) {
		arrive(i % 64, 64 + i, (u8)i, 0x0300);
		assert_false(serve(&fake_nic, 8));
		assert_int_equal(fake_gots, i + 1);
		assert_int_equal(fake_got_len, 60 + i); /* without its checksum */
		assert_int_equal(fake_got[59 + i], (u8)i);
		assert_int_equal(model.csr[0] & 0x0400, 0);
	}
	for (u32 i = 0; i < ARRAY_LEN(bad); i++) {
		arrive((200 + i) % 64, bad[i].len, 1, bad[i].status);
		assert_false(serve(&fake_nic, 8));
	}
	assert_int_equal(fake_gots, 200);
	for (u32 i = 0; i < 10; i++)
		arrive((200 + ARRAY_LEN(bad) + i) % 64, 64, 7, 0x0300);
	assert_true(serve(&fake_nic, 8));
	assert_false(serve(&fake_nic, 8));
	assert_int_equal(fake_gots, 210);
}

static void sends(void **state)
{
	(void)state;
	for (u32 i = 0; i < 200; i++) {
		fake_put_frame(&pcnet_driver, (u8)i, 60 + i);
		assert_int_equal(model.sent, i + 1);
		assert_int_equal(model.last_len, 60 + i);
		assert_int_equal(model.last_byte, (u8)i);
	}
	model.cable = false;
	for (u32 i = 0; i < 64; i++)
		fake_put_frame(&pcnet_driver, 9, 60);
	assert_null(room(&fake_nic));
	model.cable = true;
	model_transmit();
	assert_int_equal(model.sent, 264);
	assert_non_null(room(&fake_nic));
}

/* The bus failed: everything begins anew, and interrupts are on again. */
static void memory_error(void **state)
{
	(void)state;
	model.cable = false;
	fake_put_frame(&pcnet_driver, 1, 60);
	model.csr[0] |= 0x8880;
	assert_false(serve(&fake_nic, 8));
	assert_int_equal(model.inits, 2);
	assert_int_equal(model.csr[0] & 0x46, 0x42);
	model.cable = true;
	fake_put_frame(&pcnet_driver, 2, 70);
	assert_int_equal(model.sent, 1);
	assert_int_equal(model.last_len, 70);
	arrive(0, 64, 3, 0x0300);
	assert_false(serve(&fake_nic, 8));
	assert_int_equal(fake_gots, 1);
	model.no_init = true; /* it does not come back: no endless wait */
	model.csr[0] |= 0x8880;
	assert_false(serve(&fake_nic, 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(opened, set_up),
		cmocka_unit_test_setup(receives, set_up),
		cmocka_unit_test_setup(sends, set_up),
		cmocka_unit_test_setup(memory_error, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
