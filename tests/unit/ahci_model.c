/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A model of an AHCI controller with one drive on port 2, and the machine around it. Included by
 * its test, which includes the driver behind it: the driver's accesses are this model's functions.
 */
#include "devices/host/irq.h"
#include "devices/host/pci.h"
#include "lib/base.h"
#include "mm/host.h"
#include "tests/unit/support.h"

#include <string.h>

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

/* ---- The machine ---------------------------------------------------------------------------- */

static struct host_function function;
static bool lent;
static host_irq_fn *handler;
static void *handler_ctx;
static u32 bar;

void *dma_alloc(u32 size)
{
	return support_low_memory(size);
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
