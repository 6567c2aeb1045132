/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/bars.c mm/stretch.c devices/host/dma.c tests/unit/ata_fixture.c */
/* Disks on an ATA channel: how they are found, and their data. */
#include "tests/unit/ata_fixture.h"

#include <string.h>

static void finds_a_disk(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	assert_non_null(d);
	assert_int_equal(d->sectors, 256);
	assert_false(d->readonly);
	assert_null(first_disk()->next); /* nobody else */
	assert_int_equal(board.irq, 14);
	assert_int_equal(board.command & 5, 5);
	assert_int_equal(model.control, 0);
	assert_int_equal(model.drive[0].block, 8);
	assert_int_equal(model.resets, 0);
}

static void finds_no_ghosts(void **state)
{
	(void)state;
	model.drive[1].kind = GHOST;
	assert_non_null(probe("hda"));
	assert_null(first_disk()->next);
}

static void finds_a_slave(void **state)
{
	struct blk_backend *d;

	(void)state;
	model.drive[0].kind = PACKET;
	model.drive[1].kind = DISK;
	words_of(&model.drive[1], "Second", 100);
	d = probe("hdb");
	assert_null(first_disk()->next);
	assert_non_null(d);
	memset(data, 0x5a, sizeof(data));
	assert_int_equal(run_request(d, true, 99, 1), HV_OK);
	assert_int_equal(model.drive[1].medium[99 * 512], 0x5a);
	assert_int_equal(model.drive[0].medium[99 * 512], (u8)(99 * 7));
}

static void floating_bus(void **state)
{
	(void)state;
	model.dead_bus = true;
	assert_null(probe("hda"));
	assert_int_equal(model.commands, 0);
}

static void busy_for_ever(void **state)
{
	(void)state;
	model.fault = HANGS;
	model.faults = 1000;
	model.status = 0x80;
	assert_null(probe("hda"));
	assert_int_equal(model.commands, 0);
}

static void native_controller(void **state)
{
	(void)state;
	board.prog_if = 0x80 | 1 | 4;
	board.bar[0] = MODEL_BASE | 1;
	board.bar[1] = (MODEL_CONTROL - 2) | 1;
	no_conventional_ports();
	assert_non_null(probe("hde"));
	assert_int_equal(board.irq, 10);
	read_all(&first_disk()->backend);
}

static void lent_to_a_guest(void **state)
{
	(void)state;
	board.lent = true;
	assert_null(probe("hda"));
	assert_int_equal(model.commands, 0);
	assert_int_equal(board.command, 0);
}

static void cache_that_cannot_be_flushed(void **state)
{
	(void)state;
	model.drive[0].identity[83] = 0x4000;
	assert_non_null(probe("hda"));
	assert_true(model.drive[0].cache_off);
	assert_int_equal(run_flush(&first_disk()->backend), HV_OK);
	assert_int_equal(model.drive[0].flushes, 0);
}

static void dma(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	read_all(d);
	assert_int_equal(model.dma_commands, 4);
	memset(data, 0x77, sizeof(data));
	assert_int_equal(run_request(d, true, 3, 130), HV_OK);
	assert_int_equal(model.drive[0].medium[3 * 512 - 1], (u8)(2 * 7 + 3 * 512 - 1));
	assert_int_equal(model.drive[0].medium[3 * 512], 0x77);
	assert_int_equal(model.drive[0].medium[133 * 512 - 1], 0x77);
	assert_int_not_equal(model.drive[0].medium[133 * 512 + 1], 0x77);
	assert_int_equal(run_flush(d), HV_OK);
	assert_int_equal(model.drive[0].flushes, 1);
	assert_true(model.drive[0].flush_48);
}

static void pio(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	read_all(d);
	assert_int_equal(model.dma_commands, 0);
	assert_int_equal(model.multiple_commands, 4);
	memset(data, 0x77, sizeof(data));
	assert_int_equal(run_request(d, true, 3, 130), HV_OK);
	assert_int_equal(model.drive[0].medium[3 * 512], 0x77);
	assert_int_equal(model.drive[0].medium[133 * 512 - 1], 0x77);
	assert_int_not_equal(model.drive[0].medium[133 * 512 + 1], 0x77);
}

static void pio_by_single_sectors(void **state)
{
	struct blk_backend *d;

	(void)state;
	model.drive[0].identity[47] = 0x8000;
	d = probe("hda");
	read_all(d);
	assert_int_equal(model.multiple_commands, 0);
	memset(data, 0x11, sizeof(data));
	assert_int_equal(run_request(d, true, 0, 9), HV_OK);
	assert_int_equal(model.drive[0].medium[9 * 512 - 1], 0x11);
}

static void no_dma_mode_chosen(void **state)
{
	(void)state;
	model.drive[0].identity[63] = 0x0007;
	read_all(probe("hda"));
	assert_int_equal(model.dma_commands, 0);
}

static void addresses(void **state)
{
	struct blk_backend *d;

	(void)state;
	model.drive[0].identity[60] = 0xffff;
	model.drive[0].identity[61] = 0x0fff;
	model.drive[0].identity[101] = 0xffff; /* 4 G sectors and more */
	model.drive[0].identity[102] = 1;
	d = probe("hda");
	assert_true(d->sectors == 0x1ffff0100ull);
	assert_int_equal(run_request(d, false, 0x0ffffff0, 4), HV_OK);
	assert_int_equal(model.ext_commands, 0);
	assert_int_equal(model.sector, 0xf0);
	assert_int_equal(run_request(d, false, 0x0ffffff0, 64), HV_OK); /* goes over the border */
	assert_int_equal(model.ext_commands, 1);
	assert_int_equal(run_request(d, false, 0x123456789ull, 64), HV_OK);
	assert_int_equal(model.lba[0][1], 0x23);
	assert_int_equal(model.lba[1][1], 0x01);
	assert_int_equal(model.lba[2][0], 0x45);
}

int main(void)
{
#define DMA(f) cmocka_unit_test_setup(f, with_dma)
#define PIO(f)                                       \
	{                                            \
#f " (PIO)", f, with_pio, NULL, NULL \
	}
	const struct CMUnitTest tests[] = {
		DMA(finds_a_disk),
		DMA(finds_no_ghosts),
		DMA(finds_a_slave),
		DMA(floating_bus),
		DMA(busy_for_ever),
		DMA(native_controller),
		DMA(lent_to_a_guest),
		DMA(dma),
		PIO(pio),
		DMA(addresses),
		PIO(pio_by_single_sectors),
		DMA(no_dma_mode_chosen),
		DMA(cache_that_cannot_be_flushed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
