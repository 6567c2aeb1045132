/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/fake_card.c devices/host/bars.c */
/* The 8255x driver, included here, against a model of the card and its EEPROM. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>

#define LIB_X86_H /* the real accesses stay out */
#define DEVICES_HOST_MMIO_H

#define BAR 0xfebc0000u

static struct {
	u8 ack, command, irq_off, eeprom;
	u32 pointer;
	/* EEPROM: bits clocked in since it was selected, and what comes out. */
	u32 clocks, in, address_bits;
	u16 word[4], shift;
	bool no_eeprom, hangs, cable;
	u32 at; /* the command the card stands at; 0: it has none */
	bool suspended;
	u32 rx; /* the next receive descriptor; 0: the receiver is off */
	u32 sent, last_len, starts, configured;
	u8 last_byte, mac[6];
} model;

struct block {
	u16 status, command;
	u32 link, array;
	u16 bytes, count;
	u8 data[1520];
};

static struct block *block(u32 at)
{
	return (struct block *)(uintptr_t)at;
}

static void do_block(struct block *b)
{
	if ((b->command & 7) == 2) {
		model.configured = ((u8 *)&b->array)[15] & 1 && ((u8 *)&b->array)[21] & 8;
	} else if ((b->command & 7) == 1) {
		memcpy(model.mac, &b->array, 6);
	} else {
		assert_int_equal(b->command & 0xf, 4);
		assert_int_equal(b->array, 0xffffffff);
		assert_int_equal(b->bytes & 0x8000, 0x8000);
		model.last_len = b->bytes & 0x3fff;
		model.last_byte = b->data[0];
		model.sent++;
	}
	b->status = 0xa000;
}

/* Go on until a block says to stop. */
static void run(void)
{
	for (u32 i = 0; model.cable && model.at && !model.suspended; i++) {
		struct block *b = block(model.at);

		assert_true(i < 100);
		assert_int_equal(b->status, 0);
		do_block(b);
		model.suspended = b->command & 0x4000;
		if (!model.suspended)
			model.at = b->link;
	}
}

static void ordered(u8 v)
{
	if (model.hangs) {
		model.command = v;
		return;
	}
	if (v == 0x10) {
		model.at = model.pointer;
		model.suspended = false;
	} else if (v == 0x20) {
		assert_true(model.at);
		if (model.suspended && !(block(model.at)->command & 0x4000)) {
			model.suspended = false;
			model.at = block(model.at)->link;
		}
	} else if (v == 1) {
		model.rx = model.pointer;
		model.starts++;
	} else {
		assert_true(v == 0x60 || v == 6);
		assert_int_equal(model.pointer, 0);
	}
	run();
}

static u8 mmio_read8(const volatile u8 *base, u32 at)
{
	(void)base;
	if (at == 0)
		return model.rx ? 0x10 : 0x08;
	if (at == 1)
		return model.ack;
	if (at == 2)
		return model.command;
	assert_int_equal(at, 0xe);
	if (model.no_eeprom)
		return 8;
	if (model.clocks <= 3 + model.address_bits)
		return model.clocks == 3 + model.address_bits ? 0 : 8;
	return (model.word[model.in % 4] << (model.clocks - 4 - model.address_bits) & 0x8000) ? 8
											      : 0;
}

static void mmio_write8(volatile u8 *base, u32 at, u8 v)
{
	(void)base;
	if (at == 1) {
		model.ack &= (u8)~v;
	} else if (at == 2) {
		ordered(v);
	} else if (at == 3) {
		model.irq_off = v;
	} else {
		assert_int_equal(at, 0xe);
		if (!(v & 2))
			model.clocks = model.in = 0;
		if (v & 2 && v & 1 && !(model.eeprom & 1)) {
			model.clocks++;
			if (model.clocks <= 3 + model.address_bits)
				model.in = model.in << 1 | (v >> 2 & 1);
			if (model.clocks == 3)
				assert_int_equal(model.in, 6);
			if (model.clocks == 3)
				model.in = 0;
		}
		model.eeprom = v;
	}
}

static void mmio_write32(volatile u8 *base, u32 at, u32 v)
{
	(void)base;
	if (at == 8)
		assert_int_equal(v, 0);
	else
		model.pointer = v;
}

static void io_wait(void)
{
}

#include "devices/host/net/i8255x.c"
#include "tests/unit/fake_card.h"

void *host_map_device(u64 phys, u32 bytes, enum cache_type cache)
{
	assert_int_equal(phys, BAR);
	assert_int_equal(bytes, 4096);
	assert_int_equal(cache, CACHE_UC);
	return (void *)(uintptr_t)phys;
}

static int set_up(void **state)
{
	(void)state;
	memset(&model, 0, sizeof(model));
	model.cable = true;
	model.address_bits = 6;
	model.word[0] = 0x5150;
	model.word[1] = 0x5352;
	model.word[2] = 0x5554;
	fake_card_reset(BAR);
	assert_int_equal(open(&fake_nic, &fake_function), HV_OK);
	assert_int_equal(model.irq_off & 1, 1); /* silent */
	assert_int_equal(model.rx, 0);
	go(&fake_nic);
	return 0;
}

static void opened(void **state)
{
	static const u8 mac[6] = {0x50, 0x51, 0x52, 0x53, 0x54, 0x55};

	(void)state;
	assert_memory_equal(fake_nic.port.mac, mac, 6);
	assert_memory_equal(model.mac, mac, 6);
	assert_true(model.configured); /* every station's frames, all groups */
	assert_int_equal(model.irq_off, 0xac);
	assert_int_equal(fake_command(), 6);
	assert_non_null(block(model.rx));
	model.address_bits = 8;
	memset(fake_nic.port.mac, 0, 6);
	assert_int_equal(open(&fake_nic, &fake_function), HV_OK);
	assert_memory_equal(fake_nic.port.mac, mac, 6);
	for (u32 i = 1; i <= 3; i++) {
		fake_no_memory = i;
		assert_int_equal(open(&fake_nic, &fake_function), HV_NOMEM);
	}
	model.no_eeprom = true;
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
	fake_function.irq_line = 0;
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
	fake_card_reset(0xc001);
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
}

/* A frame comes in; false: there is no room. */
static bool arrive(u32 len, u8 fill, u16 status)
{
	struct block *r = block(model.rx);

	if (!model.rx)
		return false;
	assert_int_equal(r->status, 0);
	memset(r->data, fill, MIN(len, sizeof(r->data)));
	r->bytes = (u16)(len | 0xc000);
	r->status = status;
	model.ack |= 0x40;
	model.rx = r->link;
	if (r->command & 0x8000) {
		model.rx = 0;
		model.ack |= 0x10;
	}
	return true;
}

static void receives(void **state)
{
	(void)state;
	assert_false(serve(&fake_nic, 64));
	assert_false(fake_nic.raised); /* the interrupt was another's */
	for (u32 i = 0; i < 200; i++) {
		assert_true(arrive(60 + i, (u8)i, 0xa000));
		fake_nic.raised = false;
		assert_false(serve(&fake_nic, 64));
		assert_true(fake_nic.raised); /* or its line ends as one that nobody quietens */
		assert_int_equal(fake_gots, i + 1);
		assert_int_equal(fake_got_len, 60 + i);
		assert_int_equal(fake_got[59 + i], (u8)i);
		assert_int_equal(model.ack, 0);
	}
	assert_int_equal(model.starts, 1);
	assert_true(arrive(60, 1, 0x8800)); /* a checksum that is wrong; no frame; too long */
	assert_true(arrive(10, 1, 0xa000));
	assert_true(arrive(0x3fff, 1, 0xa000));
	assert_false(serve(&fake_nic, 64));
	assert_int_equal(fake_gots, 200);
	for (u32 i = 0; i < 10; i++)
		assert_true(arrive(60, 7, 0xa000));
	assert_true(serve(&fake_nic, 8));
	assert_false(serve(&fake_nic, 8));
	assert_int_equal(fake_gots, 210);
}

/* All descriptors are full: the receiver stops, and goes on when they are read. */
static void runs_out(void **state)
{
	u32 n = 0;

	(void)state;
	while (arrive(60, (u8)n, 0xa000))
		n++;
	assert_int_equal(n, RING);
	assert_true(serve(&fake_nic, 8));
	assert_false(serve(&fake_nic, 64));
	assert_int_equal(fake_gots, n);
	assert_int_equal(model.starts, 2);
	assert_true(arrive(70, 1, 0xa000));
	assert_false(serve(&fake_nic, 64));
	assert_int_equal(fake_got_len, 70);
}

static void sends(void **state)
{
	u32 n = 0;

	(void)state;
	for (u32 i = 0; i < 200; i++) {
		fake_put_frame(&i8255x_driver, (u8)i, 60 + i);
		assert_int_equal(model.sent, i + 1);
		assert_int_equal(model.last_len, 60 + i);
		assert_int_equal(model.last_byte, (u8)i);
	}
	model.cable = false;
	for (; room(&fake_nic); n++)
		fake_put_frame(&i8255x_driver, (u8)n, 60);
	assert_int_equal(n, RING - 1);
	model.cable = true;
	run();
	assert_int_equal(model.sent, 200 + n);
	fake_put_frame(&i8255x_driver, 77, 60);
	assert_int_equal(model.last_byte, 77);
}

/* A card that takes no orders any more costs one wait, and then nothing. */
static void hangs(void **state)
{
	(void)state;
	model.hangs = true;
	fake_put_frame(&i8255x_driver, 1, 60);
	fake_put_frame(&i8255x_driver, 2, 60);
	assert_null(room(&fake_nic));
	model.rx = 0;
	assert_false(serve(&fake_nic, 64));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(opened, set_up),	  cmocka_unit_test_setup(receives, set_up),
		cmocka_unit_test_setup(runs_out, set_up), cmocka_unit_test_setup(sends, set_up),
		cmocka_unit_test_setup(hangs, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
