/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/bars.c */
/* The AHCI driver and its finder, included here, against a model of a controller with one drive on
 * port 2. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>
#include <sys/mman.h>

#define LIB_X86_H /* the real accesses stay out */
#define DEVICES_HOST_MMIO_H

#define BAR	0xfebd1000u
#define PORT	2u
#define SECTORS 3000u

enum fault {
	NONE,
	DRIVE_ERROR,
	CRC_ERROR,
	BUS_ERROR,
	NO_INTERRUPT,
	HANGS,
	PULLED,
};

static struct {
	u32 ghc, is, pi, cap2, bohc;
	u32 port[0x80 / 4];
	u16 identity[256];
	u8 medium[SECTORS * 512];
	enum fault fault;
	u32 faults; /* so many commands in a row */
	u32 commands, flushes, starts, resets;
	u8 last_command;
	bool stuck; /* the list does not stop */
	bool line;
	u32 silent; /* ports whose interrupts were switched off */
	/* Of a drive for discs: how often it tells of a change, why it is not ready, what it told.
	 */
	u8 attentions, not_ready, told;
	u32 packets;
} model;

static u32 *preg(u32 at)
{
	return &model.port[at / 4];
}

/* A cause that was not cleared at the port comes again (as the chips of all makers have it). */
static void latch(void)
{
	if (!(*preg(0x10) & *preg(0x14)))
		return;
	model.is |= 1u << PORT;
	model.line = model.ghc & 2;
}

static void done_with(u32 is, u32 tfd)
{
	*preg(0x20) = tfd;
	*preg(0x10) |= is;
	if (model.fault == NO_INTERRUPT)
		return;
	latch();
}

static void transfer(const u32 *header, const u8 *fis, bool in)
{
	const u32 *table = (const u32 *)(uintptr_t)header[2];
	u64 lba = fis[4] | (u32)fis[5] << 8 | (u32)fis[6] << 16 | (u64)fis[8] << 24;
	u32 bytes = table[0x80 / 4 + 3] + 1;
	u8 *data = (u8 *)(uintptr_t)table[0x80 / 4], *at = model.medium + lba * 512;

	assert_int_equal(header[0] >> 16, 1);
	assert_int_equal(bytes, (fis[12] | fis[13] << 8) * 512);
	assert_true(lba * 512 + bytes <= sizeof(model.medium));
	assert_int_equal(fis[7] & 0x40, 0x40);
	assert_int_equal(header[0] >> 6 & 1, !in);
	memcpy(in ? data : at, in ? at : data, bytes);
}

/* A packet's answer goes to the regions; a refusal is the drive's error. */
static bool packet(const u32 *header)
{
	const u32 *table = (const u32 *)(uintptr_t)header[2];
	const u8 *p = (const u8 *)table + 0x40;
	u8 answer[20] = {0}, key = 0;
	const u8 *from = answer;
	u32 bytes = 0;

	assert_int_equal(header[0] >> 5 & 1, 1);
	model.packets++;
	if (p[0] == 0x03) {
		answer[12] = model.told;
		bytes = p[4];
	} else if (model.attentions) {
		model.attentions--;
		key = 6;
	} else if (model.not_ready) {
		model.told = model.not_ready;
		key = 2;
	} else if (p[0] == 0x25) {
		answer[2] = (SECTORS / 4 - 1) >> 8;
		answer[3] = (u8)(SECTORS / 4 - 1);
		answer[6] = 8;
		bytes = 8;
	} else {
		assert_int_equal(p[0], 0x28);
		from = model.medium + ((u32)p[4] << 8 | p[5]) * 2048;
		bytes = ((u32)p[7] << 8 | p[8]) * 2048;
		assert_true(bytes && from + bytes <= model.medium + sizeof(model.medium));
	}
	if (key) {
		done_with(0x40000000, (u32)key << 12 | 0x51);
		return false;
	}
	for (u32 i = 0; i < header[0] >> 16; i++) {
		const u32 *region = table + 0x80 / 4 + i * 4;

		assert_true(region[3] + 1 <= bytes);
		assert_int_equal(region[3] & 1, 1);
		memcpy((void *)(uintptr_t)region[0], from, region[3] + 1);
		from += region[3] + 1;
		bytes -= region[3] + 1;
	}
	assert_int_equal(bytes, 0);
	return true;
}

/* The command in place 0. */
static void work(void)
{
	const u32 *header = (const u32 *)(uintptr_t)*preg(0);
	const u8 *fis = (const u8 *)(uintptr_t)header[2];
	enum fault fault = model.faults ? model.fault : NONE;

	assert_int_equal(header[0] & 0x1f, 5);
	assert_int_equal(fis[0], 0x27);
	assert_int_equal(fis[1], 0x80);
	assert_int_equal(*preg(0x20) & 0x88, 0);
	model.commands++;
	model.last_command = fis[2];
	if (model.faults)
		model.faults--;
	if (fault == HANGS) {
		*preg(0x20) = 0xd0;
		return;
	}
	if (fault == PULLED) {
		*preg(0x28) = 0;
		*preg(0x20) = 0x7f;
		done_with(0x00400000, 0x7f);
		return;
	}
	if (fault == DRIVE_ERROR || fault == CRC_ERROR || fault == BUS_ERROR) {
		done_with(fault == BUS_ERROR ? 0x20000000 : 0x40000000,
			  fault == DRIVE_ERROR ? 0x4051 : 0x8451);
		return; /* the command stays in CI */
	}
	if (fis[2] == 0xa0) {
		if (!packet(header))
			return;
	} else if (fis[2] == 0xec || fis[2] == 0xa1)
		memcpy((void *)(uintptr_t)((const u32 *)fis)[0x80 / 4], model.identity, 512);
	else if (fis[2] == 0x25 || fis[2] == 0xc8)
		transfer(header, fis, true);
	else if (fis[2] == 0x35 || fis[2] == 0xca)
		transfer(header, fis, false);
	else if (fis[2] == 0xea || fis[2] == 0xe7)
		model.flushes++;
	else
		assert_int_equal(fis[2], 0xef);
	*preg(0x38) = 0;
	done_with(1, 0x50);
	if (fault == NO_INTERRUPT)
		model.fault = model.faults ? NO_INTERRUPT : NONE;
}

static u32 mmio_read32(const volatile u8 *base, u32 offset)
{
	u32 a = (u32)(uintptr_t)base + offset - BAR;
	u32 *const generic[] = {NULL, &model.ghc, &model.is, &model.pi};

	if (a == 0x24)
		return model.cap2;
	if (a == 0x28)
		return model.bohc;
	if (a < 0x10) {
		assert_non_null(generic[a / 4]);
		return *generic[a / 4];
	}
	if (a - 0x100 >= 32 * 0x80 || (a - 0x100) / 0x80 != PORT)
		return 0; /* nobody there */
	return *preg(a % 0x80);
}

static void write_command(u32 v)
{
	u32 runs = *preg(0x18) & 0xc000;

	if (v & 1 && !(*preg(0x18) & 1)) {
		assert_true(v & 0x10);
		assert_int_equal(*preg(0x20) & 0x88, 0); /* AHCI 10.3.1: not while it is busy */
		model.starts++;
		*preg(0x38) = 0;
	}
	runs = v & 1 || (model.stuck && runs & 0x8000) ? runs | 0x8000 : runs & ~0x8000u;
	runs = v & 0x10 ? runs | 0x4000 : runs & ~0x4000u;
	*preg(0x18) = (v & ~0xc000u) | runs;
}

static void write_port(u32 at, u32 v)
{
	if (at == 0x10) {
		*preg(at) &= ~v;
	} else if (at == 0x18) {
		write_command(v);
	} else if (at == 0x2c) {
		if (v & 1 && !(*preg(at) & 1))
			model.resets++;
		if (!(v & 1) && *preg(at) & 1 && model.fault != HANGS)
			*preg(0x20) = 0x50;
		*preg(at) = v;
	} else if (at == 0x38) {
		assert_int_equal(v, 1);
		assert_int_equal(*preg(0x18) & 0xc000, 0xc000);
		*preg(at) = 1;
		work();
	} else if (at != 0x30) {
		assert_true(at < 0x18); /* addresses, interrupts */
		assert_true(at > 0xc || !(*preg(0x18) & 0xc000));
		*preg(at) = v;
	}
}

static void mmio_write32(volatile u8 *base, u32 offset, u32 v)
{
	u32 a = (u32)(uintptr_t)base + offset - BAR;

	if (a >= 0x100 && a % 0x80 == 0x14 && !v)
		model.silent |= 1u << (a - 0x100) / 0x80;
	if (a >= 0x100 && (a - 0x100) / 0x80 != PORT) {
		assert_int_equal(a % 0x80, 0x14); /* no drive there */
		assert_int_equal(v, 0);
	} else if (a >= 0x100) {
		write_port(a % 0x80, v);
	} else if (a == 0x28) {
		model.bohc = v & 2 ? 2 : v;
	} else if (a == 8) {
		model.is &= ~v;
		latch();
	} else {
		assert_int_equal(a, 4);
		assert_int_equal(v & 1, 0); /* no reset of everything */
		model.ghc = v;
	}
}

static void io_wait(void)
{
}

#include "devices/host/disk/ahci.c"
#include "devices/host/disk/ahci_probe.c"
#include "devices/host/disk/ata_identify.c"
#include "devices/host/disk/packet.c"
#include "devices/host/disk/queue.c"

/* ---- The machine ---------------------------------------------------------------------------- */

static struct host_function function;
static bool lent;
static host_irq_fn *handler;
static void *handler_ctx;
static u32 bar;

void *dma_alloc(u32 size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
		       -1, 0);

	assert_ptr_not_equal(p, MAP_FAILED);
	return p;
}

void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	(void)fn(ctx, &function);
}

u32 pcihost_read(const struct host_function *f, u8 offset, unsigned size)
{
	(void)f;
	(void)size;
	return offset == 0x24 ? bar : 0;
}

void pcihost_write(const struct host_function *f, u8 offset, unsigned size, u32 value)
{
	(void)f;
	(void)size;
	assert_int_equal(offset, 4);
	assert_int_equal(value, 6);
}

bool pcihost_claim(const struct host_function *f, const char *as)
{
	(void)f;
	(void)as;
	return !lent;
}

enum hv_status host_irq_register(unsigned irq, host_irq_fn *fn, void *ctx)
{
	assert_int_equal(irq, 10);
	handler = fn;
	handler_ctx = ctx;
	return HV_OK;
}

void *host_map_device(u64 phys, u32 size, enum cache_type cache)
{
	assert_int_equal(phys, BAR);
	assert_int_equal(size, 0x1100);
	assert_int_equal(cache, CACHE_UC);
	return (void *)(uintptr_t)phys;
}

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

static void done(struct blk_req *r, enum hv_status status)
{
	(void)r;
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
