/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/bars.c mm/stretch.c */
/* The AHCI driver and its finder, included here, against a model of a controller. */
#include "tests/unit/ahci_model.c"

#include "devices/host/disk/ahci.c"
#include "devices/host/disk/ahci_probe.c"
#include "devices/host/disk/ata_identify.c"
#include "devices/host/disk/packet.c"
#include "devices/host/disk/queue.c"

static int fresh(void **state)
{
	u16 *w = model.identity;

	(void)state;
	memset(&model, 0, sizeof(model));
	memset(ahci_disks, 0, sizeof(ahci_disks));
	memset(hbas, 0, sizeof(hbas));
	hba_count = disk_count = 0;
	disks = NULL;
	queues = NULL;
	lent = false;
	bar = BAR;
	function = (struct host_function){
		.base_class = 1, .sub_class = 6, .prog_if = 1, .irq_line = 10};
	model.pi = 0x3f;
	model.cap2 = 1;
	model.bohc = 1;
	*preg(0x28) = 0x123;
	*preg(0x24) = 0x101;
	*preg(0x20) = 0x50;
	*preg(0x18) = 0xc017; /* as the BIOS left it */
	w[49] = 0x0300;
	w[60] = SECTORS;
	w[82] = w[85] = 0x20;
	w[83] = 0x7400;
	w[100] = SECTORS;
	return 0;
}

/* ---- Requests ------------------------------------------------------------------------------- */

static u32 dones;
static enum hv_status last;
static u8 data[SECTORS * 512];

static u32 left; /* sectors: who asks for many is done when all are, command by command */

static void done(struct blk_req *r, enum hv_status status)
{
	if (status == HV_OK && r->sectors < left) {
		left -= r->sectors;
		r->sector += r->sectors;
		r->buf = (u8 *)r->buf + r->sectors * 512;
		r->sectors = left;
		disk_find("sda")->ops->submit(disk_find("sda"), r);
		return;
	}
	left = 0;
	dones++;
	last = status;
}

static void interrupts(void)
{
	while (model.line) {
		model.line = false;
		handler(handler_ctx);
	}
}

static enum hv_status run(bool write, u64 sector, u32 sectors)
{
	static struct blk_req r;

	r = (struct blk_req){
		.write = write, .sector = sector, .sectors = sectors, .buf = data, .done = done};
	dones = 0;
	left = sectors;
	disk_find("sda")->ops->submit(disk_find("sda"), &r);
	interrupts();
	return last;
}

static void fill(u8 seed)
{
	for (u32 i = 0; i < sizeof(data); i++)
		data[i] = (u8)(i * 7 + i / 512 + seed);
}

static void reads_and_writes(void **state)
{
	struct blk_req flush = {.done = done};

	(void)state;
	ahci_probe();
	assert_non_null(disk_find("sda"));
	assert_int_equal(disk_find("sda")->sectors, SECTORS);
	assert_int_equal(model.bohc, 2);	  /* taken from the BIOS */
	assert_int_equal(model.silent, model.pi); /* and no other port says anything */
	assert_int_equal(model.resets, 0);
	fill(1);
	assert_int_equal(run(true, 0, SECTORS), HV_OK);
	assert_int_equal(dones, 1);
	assert_int_equal(model.last_command, 0x35);
	assert_memory_equal(model.medium, data, sizeof(data));
	memset(data, 0, sizeof(data));
	assert_int_equal(run(false, 17, 2000), HV_OK);
	assert_memory_equal(model.medium + 17 * 512, data, 2000 * 512);
	dones = 0;
	disk_find("sda")->ops->flush(disk_find("sda"), &flush);
	interrupts();
	assert_int_equal(dones, 1);
	assert_int_equal(model.flushes, 1);
	assert_int_equal(run(true, SECTORS, 1), HV_BADARG);
}

/* 28-bit addresses, and a cache that cannot be flushed. */
static void old_drive(void **state)
{
	struct blk_req flush = {.done = done};

	(void)state;
	model.identity[83] = 0x4000;
	ahci_probe();
	assert_int_equal(model.last_command, 0xef); /* switched off */
	fill(2);
	assert_int_equal(run(true, 5, 100), HV_OK);
	assert_int_equal(model.last_command, 0xca);
	assert_memory_equal(model.medium + 5 * 512, data, 100 * 512);
	dones = 0;
	disk_find("sda")->ops->flush(disk_find("sda"), &flush);
	assert_int_equal(dones, 1);
	assert_int_equal(model.flushes, 0);
}

static void faults(void **state)
{
	(void)state;
	ahci_probe();
	fill(3);
	model.fault = DRIVE_ERROR;
	model.faults = 1;
	assert_int_equal(run(true, 0, 8), HV_IO);
	assert_int_equal(dones, 1);
	assert_int_equal(run(true, 0, 8), HV_OK); /* and on it goes */
	for (enum fault f = CRC_ERROR; f <= BUS_ERROR; f++) {
		model.fault = f;
		model.faults = 2;
		fill((u8)f);
		assert_int_equal(run(true, 0, 8), HV_OK); /* tried again */
		assert_memory_equal(model.medium, data, 8 * 512);
		model.faults = 3;
		assert_int_equal(run(true, 0, 8), HV_IO);
		assert_int_equal(dones, 1);
	}
	model.faults = 0;
	assert_int_equal(run(false, 0, 8), HV_OK);
	assert_int_equal(model.resets, 0);
}

static const u64 ms = 1000000;

static void lost_interrupt(void **state)
{
	(void)state;
	ahci_probe();
	model.fault = NO_INTERRUPT;
	model.faults = 1;
	(void)run(false, 0, 8);
	assert_int_equal(dones, 0);
	assert_true(host_disks_busy());
	host_disks_poll(1000 * ms);
	host_disks_poll(1501 * ms);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_OK);
}

static void hangs(void **state)
{
	(void)state;
	ahci_probe();
	model.fault = HANGS;
	model.faults = 1;
	(void)run(false, 0, 8);
	host_disks_poll(1000 * ms);
	host_disks_poll(31000 * ms);
	assert_int_equal(model.resets, 0);
	host_disks_poll(32001 * ms);
	assert_int_equal(model.resets, 1);
	assert_int_equal(dones, 0);
	model.fault = NONE;
	*preg(0x20) = 0x50; /* it comes back */
	host_disks_poll(32502 * ms);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_IO);
	assert_int_equal(run(false, 0, 8), HV_OK);
}

static void does_not_come_back(void **state)
{
	(void)state;
	ahci_probe();
	model.fault = HANGS;
	model.faults = 99;
	(void)run(false, 0, 8);
	host_disks_poll(1000 * ms);
	host_disks_poll(32001 * ms);
	host_disks_poll(32502 * ms);
	host_disks_poll(63000 * ms);
	assert_int_equal(dones, 0);
	host_disks_poll(63600 * ms);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_IO);
	assert_int_equal(run(false, 0, 8), HV_IO);
	assert_int_equal(dones, 1);
	assert_false(host_disks_busy());
}

static void pulled_out(void **state)
{
	(void)state;
	ahci_probe();
	model.fault = PULLED;
	model.faults = 1;
	assert_int_equal(run(false, 0, 8), HV_IO);
	assert_int_equal(dones, 1);
	assert_int_equal(run(true, 0, 8), HV_IO);
	assert_int_equal(dones, 1);
	assert_int_equal(*preg(0x14), 0); /* silent */
	handler(handler_ctx);
}

/* The list does not stop after an error: nothing but a reset of the port helps. */
static void does_not_stop(void **state)
{
	(void)state;
	ahci_probe();
	model.stuck = true;
	model.fault = DRIVE_ERROR;
	model.faults = 1;
	(void)run(false, 0, 8);
	assert_int_equal(dones, 0);
	assert_int_equal(model.resets, 1);
	model.stuck = false;
	host_disks_poll(1000 * ms);
	host_disks_poll(1501 * ms);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_IO);
}

static void not_used(void **state)
{
	static const struct {
		u32 at, value;
	} ports[] = {{0x24, 0xeb140101}, {0x20, 0x80}, {0x20, 0x08}}; /* the first: of what kind? */

	for (u32 i = 0; i < ARRAY_LEN(ports); i++) {
		(void)fresh(state);
		*preg(ports[i].at) = ports[i].value;
		ahci_probe();
		assert_null(disk_find("sda"));
		assert_int_equal(disk_count, 1); /* its name is taken */
		assert_int_equal(*preg(0x14), 0);
	}
	(void)fresh(state);
	*preg(0x28) = 1; /* a drive, but no link */
	ahci_probe();
	assert_int_equal(disk_count, 0);
	(void)fresh(state);
	model.stuck = true;
	ahci_probe();
	assert_null(disk_find("sda"));
	(void)fresh(state);
	model.fault = HANGS;
	model.faults = 1;
	ahci_probe();
	assert_null(disk_find("sda"));
	(void)fresh(state);
	memset(model.identity, 0xff, sizeof(model.identity));
	ahci_probe();
	assert_null(disk_find("sda"));
	for (u32 i = 0; i < 3; i++) {
		(void)fresh(state);
		lent = i == 0;
		bar = i == 1 ? 0xc001 : BAR;
		function.irq_line = i == 2 ? 0 : 10;
		ahci_probe();
		assert_int_equal(disk_count, 0);
		assert_int_equal(model.ghc, 0);
	}
}

static int with_disc(void **state)
{
	(void)fresh(state);
	*preg(0x24) = 0xeb140101;
	memset(model.identity, 0, sizeof(model.identity));
	model.identity[0] = 0x8580;
	model.attentions = 1;
	for (u32 i = 0; i < sizeof(model.medium); i++)
		model.medium[i] = (u8)(i * 7 + i / 512);
	return 0;
}

static void reads_a_disc(void **state)
{
	(void)state;
	ahci_probe();
	assert_non_null(disk_find("sda"));
	assert_true(disk_find("sda")->readonly);
	assert_int_equal(disk_find("sda")->sectors, SECTORS);
	for (u32 at = 0; at < 9; at++)
		for (u32 n = 1; n < 300; n += 1 + n / 5) {
			memset(data, 0xee, sizeof(data));
			assert_int_equal(run(false, at, n), HV_OK);
			assert_memory_equal(data, model.medium + at * 512, n * 512);
			assert_int_equal(data[n * 512], 0xee);
		}
	assert_int_equal(run(false, SECTORS - 1, 1), HV_OK);
	assert_int_equal(run(true, 0, 1), HV_BADARG);
	model.attentions = 1; /* another one was put in */
	assert_int_equal(run(false, 0, 4), HV_OK);
	model.not_ready = 0x3a; /* and taken out */
	assert_int_equal(run(false, 0, 4), HV_IO);
	model.not_ready = 0;
	assert_int_equal(run(false, 0, 4), HV_OK);
}

static void no_disc(void **state)
{
	(void)state;
	model.not_ready = 0x3a;
	ahci_probe();
	assert_null(disk_find("sda"));
	assert_true(model.packets < 6);
	(void)with_disc(state);
	model.not_ready = 0x04; /* for ever: an end is found */
	ahci_probe();
	assert_null(disk_find("sda"));
	(void)with_disc(state);
	model.identity[0] = 0x8180; /* a tape */
	ahci_probe();
	assert_null(disk_find("sda"));
	assert_int_equal(model.packets, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reads_and_writes, fresh),
		cmocka_unit_test_setup(old_drive, fresh),
		cmocka_unit_test_setup(faults, fresh),
		cmocka_unit_test_setup(lost_interrupt, fresh),
		cmocka_unit_test_setup(hangs, fresh),
		cmocka_unit_test_setup(does_not_come_back, fresh),
		cmocka_unit_test_setup(pulled_out, fresh),
		cmocka_unit_test_setup(does_not_stop, fresh),
		cmocka_unit_test_setup(reads_a_disc, with_disc),
		cmocka_unit_test_setup(no_disc, with_disc),
		cmocka_unit_test_setup(not_used, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
