/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/fake_card.c devices/host/bars.c */
/* The tulip driver, included here, against a model of the card and its serial ROM. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>

#define LIB_X86_H /* the real port accesses stay out */

#define IO    0xc000
#define DESCS 64u

static struct {
	u32 csr[16];
	u32 resets, sent, place, demands;
	bool cable;
	u8 last_byte;
	u32 last_len;
} model;

/* A 93C46 or 93C66: a start bit, an operation of two bits, an address of `bits`, a word. */
static struct {
	u16 word[64];
	u32 bits;
	bool dead;
	u32 clocks, shift, out;
	bool begun, high;
} rom;

#include "devices/host/net/nic.h"

struct model_desc {
	u32 status, control, address, second;
};

static struct model_desc *ring(u32 csr)
{
	return (struct model_desc *)(uintptr_t)model.csr[csr];
}

static void rom_clocked(bool in)
{
	if (!rom.begun) { /* it waits for the start bit */
		rom.begun = in;
		rom.clocks = 0;
		rom.out = 1;
		return;
	}
	rom.clocks++;
	if (rom.clocks <= 2 + rom.bits) {
		rom.shift = rom.shift << 1 | in;
		if (rom.clocks < 2 + rom.bits)
			return;
		assert_int_equal(rom.shift >> rom.bits & 3, 2); /* read */
		rom.out = 0;
		rom.shift = rom.word[rom.shift & 63];
		return;
	}
	rom.out = rom.shift >> 15 & 1;
	rom.shift <<= 1;
}

static void rom_written(u32 v)
{
	if (!(v & 1)) {
		rom.begun = false;
		rom.shift = 0;
		rom.high = false;
		return;
	}
	assert_int_equal(v & 0x4800, 0x4800);
	if (v & 2 && !rom.high)
		rom_clocked(v & 4);
	rom.high = v & 2;
}

static void model_transmit(void)
{
	struct model_desc *d = ring(4) + model.place;

	while (model.cable && model.csr[6] & 0x2000 && d->status & 0x80000000) {
		assert_int_equal(d->control & 0x60000000, 0x60000000);
		assert_int_equal(d->control >> 25 & 1, model.place == DESCS - 1);
		model.last_len = d->control & 0x7ff;
		model.last_byte = *(u8 *)(uintptr_t)d->address;
		d->status = 0;
		model.sent++;
		model.place = (model.place + 1) % DESCS;
		d = ring(4) + model.place;
	}
}

static u32 inl(u16 port)
{
	u32 n = (port - IO) / 8u;

	assert_int_equal((port - IO) % 8u, 0);
	assert_in_range(n, 0, 15);
	if (n == 9)
		return rom.dead ? 0xffffffff : rom.out << 3;
	return model.csr[n];
}

static void outl(u16 port, u32 v)
{
	u32 n = (port - IO) / 8u;

	assert_int_equal((port - IO) % 8u, 0);
	assert_in_range(n, 0, 15);
	switch (n) {
	case 0:
		if (v & 1) {
			memset(model.csr, 0, sizeof(model.csr));
			model.place = 0;
			model.resets++;
		}
		break;
	case 1:
		model_transmit();
		break;
	case 2:
		model.demands++;
		break;
	case 5:
		model.csr[5] &= ~v;
		break;
	case 9:
		rom_written(v);
		break;
	default:
		model.csr[n] = v;
	}
}

static void io_wait(void)
{
}

#include "devices/host/net/tulip.c"
#include "tests/unit/fake_card.h"

static int set_up(void **state)
{
	(void)state;
	memset(&model, 0, sizeof(model));
	memset(&rom, 0, sizeof(rom));
	rom.bits = 6;
	rom.word[10] = 0x5150;
	rom.word[11] = 0x5352;
	rom.word[12] = 0x5554;
	model.cable = true;
	fake_card_reset(IO | 1);
	assert_int_equal(open(&fake_nic, &fake_function), HV_OK);
	assert_int_equal(model.csr[6] & 0x2002, 0); /* silent */
	assert_int_equal(model.csr[7], 0);
	go(&fake_nic);
	return 0;
}

static void opened(void **state)
{
	static const u8 mac[6] = {0x50, 0x51, 0x52, 0x53, 0x54, 0x55};

	(void)state;
	assert_memory_equal(fake_nic.port.mac, mac, 6);
	assert_int_equal(model.csr[6] & 0x2042, 0x2042); /* both ways, every station's frames */
	assert_int_equal(model.csr[7] & 0x12040, 0x12040);
	assert_int_equal(fake_nic.irq, FAKE_IRQ);
	assert_int_equal(fake_command(), 5);
	for (u32 i = 0; i < DESCS; i++) {
		assert_int_equal(ring(3)[i].status, 0x80000000);
		assert_int_equal(ring(3)[i].control >> 25 & 1, i == DESCS - 1);
	}
	rom.bits = 8; /* a larger ROM */
	memset(fake_nic.port.mac, 0, 6);
	assert_int_equal(open(&fake_nic, &fake_function), HV_OK);
	assert_memory_equal(fake_nic.port.mac, mac, 6);
	for (u32 i = 1; i <= 5; i++) {
		fake_no_memory = i;
		assert_int_equal(open(&fake_nic, &fake_function), HV_NOMEM);
	}
	rom.dead = true; /* an address of all ones */
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
	rom.dead = false;
	memset(rom.word, 0, sizeof(rom.word));
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
	fake_function.irq_line = 0;
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
	fake_card_reset(0xfebc0000);
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
}

static void arrive(u32 i, u32 len, u8 fill, u32 status)
{
	struct model_desc *d = ring(3) + i;
	u32 room = d->control & 0x7ff;

	assert_int_equal(d->status, 0x80000000);
	assert_int_equal(room % 4, 0);
	memset((void *)(uintptr_t)d->address, fill, MIN(len, room));
	d->status = len << 16 | status;
	model.csr[5] |= 0x10040;
}

static void receives(void **state)
{
	static const struct {
		u32 len, status;
	} bad[] = {{64, 0x8300}, {64, 0x0200}, {64, 0x0100},
		   {4, 0x0300},	 {0, 0x0300},  {0x3fff, 0x0300}};

	(void)state;
	assert_false(serve(&fake_nic, 8));
	assert_false(fake_nic.raised);
	for (u32 i = 0; i < 200; i++) {
		u32 before = model.demands;

		arrive(i % DESCS, 64 + i, (u8)i, 0x0300);
		assert_false(serve(&fake_nic, 8));
		assert_true(fake_nic.raised);
		assert_int_equal(fake_gots, i + 1);
		assert_int_equal(fake_got_len, 60 + i); /* without its checksum */
		assert_int_equal(fake_got[59 + i], (u8)i);
		assert_int_equal(model.csr[5], 0);
		assert_int_equal(model.demands, before + 1);
	}
	for (u32 i = 0; i < ARRAY_LEN(bad); i++) {
		arrive((200 + i) % DESCS, bad[i].len, 1, bad[i].status);
		assert_false(serve(&fake_nic, 8));
	}
	assert_int_equal(fake_gots, 200);
	for (u32 i = 0; i < 10; i++)
		arrive((200 + ARRAY_LEN(bad) + i) % DESCS, 64, 7, 0x0300);
	assert_true(serve(&fake_nic, 8));
	assert_false(serve(&fake_nic, 8));
	assert_int_equal(fake_gots, 210);
}

static void sends(void **state)
{
	(void)state;
	for (u32 i = 0; i < 200; i++) {
		fake_put_frame(&tulip_driver, (u8)i, 60 + i);
		assert_int_equal(model.sent, i + 1);
		assert_int_equal(model.last_len, 60 + i);
		assert_int_equal(model.last_byte, (u8)i);
	}
	model.cable = false;
	for (u32 i = 0; i < DESCS; i++)
		fake_put_frame(&tulip_driver, 9, 60);
	assert_null(room(&fake_nic));
	model.cable = true;
	model_transmit();
	assert_int_equal(model.sent, 200 + DESCS);
	assert_non_null(room(&fake_nic));
}

/* The bus failed: everything begins anew, and interrupts are on again. */
static void bus_error(void **state)
{
	u32 resets = model.resets;

	(void)state;
	model.cable = false;
	fake_put_frame(&tulip_driver, 1, 60);
	model.csr[5] |= 0xa000;
	assert_false(serve(&fake_nic, 8));
	assert_true(fake_nic.raised);
	assert_int_equal(model.resets, resets + 1);
	assert_int_equal(model.csr[7] & 0x12040, 0x12040);
	model.cable = true;
	fake_put_frame(&tulip_driver, 2, 70);
	assert_int_equal(model.sent, 1);
	assert_int_equal(model.last_len, 70);
	arrive(0, 64, 3, 0x0300);
	assert_false(serve(&fake_nic, 8));
	assert_int_equal(fake_gots, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(opened, set_up),
		cmocka_unit_test_setup(receives, set_up),
		cmocka_unit_test_setup(sends, set_up),
		cmocka_unit_test_setup(bus_error, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
