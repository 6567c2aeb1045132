/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/bars.c mm/stretch.c devices/host/dma.c tests/unit/ata_fixture.c */
/* Disks on an ATA channel that fail, hang, or are pulled out. */
#include "devices/host/disk/disks.h"
#include "tests/unit/ata_fixture.h"

#include <string.h>

static void bad_sector(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	set_fault(BAD_SECTOR, 1);
	assert_int_equal(run_request(d, false, 5, 1), HV_IO);
	read_all(d);
}

static void bad_transfers(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	set_fault(BAD_TRANSFER, 2);
	assert_int_equal(run_request(d, false, 5, 1), HV_OK);
	set_fault(BAD_MASTER, 1); /* the third: no more DMA */
	assert_int_equal(run_request(d, true, 5, 1), HV_OK);
	model.dma_commands = 0;
	read_all(d);
	assert_int_equal(model.dma_commands, 0);
}

static void lost_interrupts(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	set_fault(NO_INTERRUPT, 1);
	start_request(d, false, 0, 16);
	assert_int_equal(dones, 0);
	time_passes(1000);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_OK);
	assert_memory_equal(data, model.drive[0].medium, 16 * 512);
	assert_int_equal(model.resets, 0);
	set_fault(NO_INTERRUPT, 1);
	start_request(d, true, 0, 1);
	time_passes(1000);
	assert_int_equal(dones, 1);
	read_all(d);
}

static void stray_interrupts(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	board.fn(board.ctx);
	set_fault(NO_INTERRUPT, 1); /* busy, and somebody else raises the line */
	model.slow_drq = true;
	start_request(d, true, 0, 1);
	model.status = 0xd0;
	board.fn(board.ctx);
	board.fn(board.ctx);
	assert_int_equal(dones, 0);
	model.status = 0x50;
	if (model.phase == M_WRITE)
		model_block(false);
	time_passes(1500);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_OK);
	model.slow_drq = false;
	read_all(d);
}

static void hangs_then_resets(void **state)
{
	struct blk_backend *d = probe("hda");
	bool was_dma = board.pci;

	(void)state;
	set_fault(HANGS, 1);
	start_request(d, false, 0, 16);
	time_passes(30000);
	assert_int_equal(dones, 0);
	assert_int_equal(model.resets, 0);
	model.busy_polls = 5;
	time_passes(6000);
	assert_int_equal(model.resets, 1);
	/* By DMA it is tried again without; by PIO there is nothing else to try. */
	assert_int_equal(dones, 1);
	assert_int_equal(last, was_dma ? HV_OK : HV_IO);
	model.dma_commands = model.multiple_commands = 0;
	read_all(d);
	assert_int_equal(model.dma_commands + model.multiple_commands, 0);
}

static void never_comes_back(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	set_fault(HANGS, 1000);
	start_request(d, false, 0, 16);
	time_passes(70000);
	assert_int_equal(model.resets, 1);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_IO);
	assert_int_equal(run_request(d, false, 0, 1), HV_IO);
	assert_false(host_disks_busy());
}

static void pulled_out(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	set_fault(GONE, 1);
	start_request(d, true, 0, 16);
	time_passes(1500);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_IO);
	assert_int_equal(run_flush(d), HV_IO);
}

static void cancelled(void **state)
{
	struct blk_backend *d = probe("hda");
	int ctx;

	(void)state;
	memset(data, 0xee, sizeof(data));
	req = (struct blk_req){
		.sector = 1, .sectors = 64, .buf = data, .done = request_done, .ctx = &ctx};
	d->ops->submit(d, &req);
	d->ops->cancel(d, &ctx);
	memset(&req, 0xff, sizeof(req));
	interrupts();
	assert_int_equal(dones, 0);
	assert_int_equal(data[0], 0xee);
	read_all(d);
}

/* A transfer that failed half way does not keep the next flush waiting. */
static void flush_after_bad_sector(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	set_fault(BAD_SECTOR, 1);
	assert_int_equal(run_request(d, false, 5, 1), HV_IO);
	req = (struct blk_req){.done = request_done};
	dones = 0;
	d->ops->flush(d, &req);
	interrupts();
	for (u32 t = 0; t < 80 && !dones; t++)
		time_passes(500);
	assert_int_equal(model.resets, 0);
	assert_int_equal(last, HV_OK);
}

/* After the reset the second try has as long as any command. */
static void second_try_has_time(void **state)
{
	struct blk_backend *d = probe("hda");

	(void)state;
	set_fault(HANGS, 1);
	start_request(d, true, 0, 16);
	model.slow_drq = true; /* the drive takes a second for the first block */
	for (u32 t = 0; t < 80 && !model.resets; t++)
		time_passes(500);
	assert_int_equal(model.resets, 1);
	time_passes(500); /* out of the reset, tried again */
	time_passes(500);
	assert_int_equal(model.resets, 1);
}

int main(void)
{
#define DMA(f) cmocka_unit_test_setup(f, with_dma)
#define PIO(f)                                       \
	{                                            \
#f " (PIO)", f, with_pio, NULL, NULL \
	}
	const struct CMUnitTest tests[] = {
		DMA(bad_sector),
		PIO(bad_sector),
		DMA(bad_transfers),
		DMA(lost_interrupts),
		PIO(lost_interrupts),
		PIO(stray_interrupts),
		DMA(hangs_then_resets),
		PIO(hangs_then_resets),
		DMA(never_comes_back),
		PIO(never_comes_back),
		DMA(pulled_out),
		PIO(pulled_out),
		DMA(cancelled),
		PIO(cancelled),
		PIO(flush_after_bad_sector),
		DMA(flush_after_bad_sector),
		DMA(second_try_has_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
