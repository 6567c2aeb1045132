/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: tests/unit/fake_card.c devices/host/bars.c */
/* The e1000 driver, included here, over registers and rings that the test moves as the card would.
 */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>

#define LIB_X86_H /* the real port accesses stay out */

static u8 registers[128 << 10] ALIGNED(4096);
static bool reset_hangs;
static u32 *reg(u32 at)
{
	return (u32 *)(registers + at);
}

/* Time passes for the card: a reset ends, and the address comes out of the EEPROM. */
static void io_wait(void)
{
	if (!reset_hangs && *reg(0) & 0x04000000) {
		*reg(0) &= ~0x04000000u;
		*reg(0x5400) = 0x12005452;
		*reg(0x5404) = 0x80005634;
	}
}

#include "devices/host/net/e1000.c"
#include "tests/unit/fake_card.h"

void *host_map_device(u64 phys, u32 bytes, enum cache_type cache)
{
	assert_int_equal(phys, 0xfebc0000);
	assert_int_equal(bytes, sizeof(registers));
	assert_int_equal(cache, CACHE_UC);
	return registers;
}

static int set_up(void **state)
{
	(void)state;
	memset(registers, 0, sizeof(registers));
	fake_card_reset(0xfebc0000);
	reset_hangs = false;
	return 0;
}

static void opened(void **state)
{
	static const u8 mac[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};

	(void)state;
	assert_int_equal(open(&fake_nic, &fake_function), HV_OK);
	assert_memory_equal(fake_nic.port.mac, mac, 6);
	assert_int_equal(fake_nic.irq, FAKE_IRQ);
	assert_int_equal(*reg(R_RCTL), 0); /* silent */
	assert_int_equal(*reg(R_IMS), 0);
	go(&fake_nic);
	assert_int_equal(*reg(R_RCTL) & 0x1a, 0x1a); /* on, and every station's frames */
	assert_int_equal(*reg(R_TCTL) & 2, 2);
	assert_int_equal(*reg(R_RDT), DESCS - 1);
	assert_int_equal(*reg(R_RDLEN), DESCS * 16);
	assert_int_equal(*reg(R_CTRL) & 0x40, 0x40);
	assert_int_not_equal(*reg(R_IMS), 0);
}

static void refused(void **state)
{
	(void)state;
	fake_function.irq_line = 0;
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
	fake_card_reset(0xc001);
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
	fake_card_reset(0xfebc0000);
	for (u32 i = 1; i <= 5; i++) {
		fake_no_memory = i;
		assert_int_equal(open(&fake_nic, &fake_function), HV_NOMEM);
	}
	reset_hangs = true;
	assert_int_equal(open(&fake_nic, &fake_function), HV_IO);
}

/* The card receives `len` bytes of `fill` at descriptor i. */
static void arrive(u32 i, u32 len, u8 fill, u8 errors)
{
	struct e1000 *e = fake_nic.data;
	struct rx_desc *d = &e->rx[i];

	memset((void *)(uintptr_t)d->address, fill, len);
	d->bytes = (u16)len;
	d->errors = errors;
	d->status = 3;
}

static void receives(void **state)
{
	struct e1000 *e;

	(void)state;
	assert_int_equal(open(&fake_nic, &fake_function), HV_OK);
	e = fake_nic.data;
	go(&fake_nic);
	assert_false(fake_nic.driver);
	assert_false(serve(&fake_nic, 8));
	for (u32 round = 0; round < 3 * DESCS; round++) {
		arrive(round % DESCS, 60 + round, (u8)round, 0);
		assert_false(serve(&fake_nic, 8));
		assert_int_equal(fake_gots, round + 1);
		assert_int_equal(fake_got_len, 60 + round);
		assert_int_equal(fake_got[59 + round], (u8)round);
		assert_int_equal(*reg(R_RDT), round % DESCS); /* given back at once */
		assert_int_equal(e->rx[round % DESCS].status, 0);
	}
	arrive(0, 100, 1, 0x01); /* a bad checksum */
	assert_false(serve(&fake_nic, 8));
	assert_int_equal(fake_gots, 3 * DESCS);
	for (u32 i = 1; i <= 20; i++)
		arrive(i, 64, 2, 0);
	assert_true(serve(&fake_nic, 8));
	assert_true(serve(&fake_nic, 8));
	assert_false(serve(&fake_nic, 8));
	assert_int_equal(fake_gots, 3 * DESCS + 20);
}

static void sends(void **state)
{
	struct e1000 *e;

	(void)state;
	assert_int_equal(open(&fake_nic, &fake_function), HV_OK);
	e = fake_nic.data;
	go(&fake_nic);
	for (u32 i = 0; i < DESCS; i++) {
		u8 *p = room(&fake_nic);

		/* All may be under way but one: head and tail must not meet. */
		if (i == DESCS - 1)
			break;
		assert_non_null(p);
		memset(p, (int)i, 64);
		send(&fake_nic, 64);
		assert_int_equal(*reg(R_TDT), i + 1);
		assert_int_equal(e->tx[i].bytes, 64);
		assert_int_equal(e->tx[i].status, 0);
		assert_int_equal(*(u8 *)(uintptr_t)e->tx[i].address, i);
	}
	assert_null(room(&fake_nic));
	e->tx[0].status = DESC_DONE;
	assert_non_null(room(&fake_nic));
	send(&fake_nic, 60);
	assert_int_equal(*reg(R_TDT), 0);
	assert_null(room(&fake_nic));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(opened, set_up),
		cmocka_unit_test_setup(refused, set_up),
		cmocka_unit_test_setup(receives, set_up),
		cmocka_unit_test_setup(sends, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
