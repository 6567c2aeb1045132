/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model of an ATA channel, for the file that includes the driver: port accesses reach it in
 * place of lib/x86.h. Included by that file alone.
 */
#include "tests/unit/ata_model.h"
#include "tests/unit/support.h"

#include <string.h>

#define LIB_X86_H /* the real port accesses stay out */

struct channel_model model;

static struct model_drive *model_selected(void)
{
	struct model_drive *d = &model.drive[model.device >> 4 & 1];

	return d->kind == GHOST ? &model.drive[0] : d;
}

static void model_interrupt(void)
{
	model.bm_status |= 4;
	if (model.fault == NO_INTERRUPT) {
		if (--model.faults == 0)
			model.fault = NO_FAULT;
	} else if (!(model.control & 2)) {
		model.line = true;
	}
}

static void model_end(u8 status)
{
	model.phase = M_IDLE;
	model.status = (u8)(0x50 | status);
	model_interrupt();
}

static bool model_faulty(void)
{
	enum model_fault f = model.fault;

	if (f == NO_FAULT || f == NO_INTERRUPT)
		return false;
	if (f == BAD_TRANSFER || f == BAD_SECTOR || f == BAD_MASTER)
		if (--model.faults == 0)
			model.fault = NO_FAULT;
	if (f == HANGS || f == GONE) {
		model.status = 0x80;
		model.dead_bus = f == GONE;
		return true;
	}
	if (f == BAD_MASTER)
		model.bm_status |= 2;
	model.error = f == BAD_TRANSFER ? 0x84 : 0x40;
	model_end(f == BAD_MASTER ? 0 : 1);
	return true;
}

#include "tests/unit/ata_model_packet.c"

void model_block(bool multiple)
{
	u32 block = multiple ? model_selected()->block : 1u;

	model.chunk = MIN(model.left, block ? block : 1u);
	model.words = model.chunk * 256;
	model.at = model_selected()->medium + model.sector * 512;
	model.status = 0x58;
}

static bool model_multiple;

static void model_transfer(bool write, bool dma, bool multiple, bool ext)
{
	u64 sector = model.lba[0][0] | (u32)model.lba[1][0] << 8 | (u32)model.lba[2][0] << 16;

	model.ext_commands += ext;
	model.dma_commands += dma;
	model.multiple_commands += multiple;
	if (ext)
		sector |= (u64)model.lba[0][1] << 24 | (u64)model.lba[1][1] << 32 |
			  (u64)model.lba[2][1] << 40;
	else
		sector |= (u32)(model.device & 0xf) << 24;
	model.left = model.count[0] | (ext ? (u32)model.count[1] << 8 : 0);
	model.sector = (u32)(sector % MODEL_SECTORS); /* large drives repeat themselves */
	model_multiple = multiple;
	if (multiple && !model_selected()->block) {
		model.error = 4;
		model_end(1);
		return;
	}
	model.dma_write = write;
	model.phase = dma ? M_DMA : write ? M_WRITE : M_READ;
	if (dma) {
		model.status = 0xd0;
		return;
	}
	model_block(multiple);
	if (!write)
		model_interrupt();
	else if (model.slow_drq)
		model.status = 0xd0;
}

static void model_identify(void)
{
	struct model_drive *d = model_selected();

	if (d->kind == PACKET) {
		model.lba[1][0] = 0x14;
		model.lba[2][0] = 0xeb;
		model.error = 4;
		model_end(1);
		return;
	}
	model.phase = M_IDENTIFY;
	model.at = (u8 *)d->identity;
	model.words = 256;
	model.status = 0x58;
	model_interrupt();
}

/* Commands that move sectors. */
static const struct {
	u8 code;
	bool write, dma, multiple, ext;
} transfers[] = {
	{0x20, 0, 0, 0, 0}, {0x24, 0, 0, 0, 1}, {0x30, 1, 0, 0, 0}, {0x34, 1, 0, 0, 1},
	{0xc4, 0, 0, 1, 0}, {0x29, 0, 0, 1, 1}, {0xc5, 1, 0, 1, 0}, {0x39, 1, 0, 1, 1},
	{0xc8, 0, 1, 0, 0}, {0x25, 0, 1, 0, 1}, {0xca, 1, 1, 0, 0}, {0x35, 1, 1, 0, 1},
};

static void model_command(u8 code)
{
	struct model_drive *d = model_selected();

	model.commands++;
	if (d->kind == NOBODY)
		return;
	model.error = 0;
	if (code != 0xec && code != 0xa0 && code != 0xa1 && model_faulty())
		return;
	for (u32 i = 0; i < ARRAY_LEN(transfers); i++)
		if (transfers[i].code == code) {
			model_transfer(transfers[i].write, transfers[i].dma, transfers[i].multiple,
				       transfers[i].ext);
			return;
		}
	switch (code) {
	case 0xec:
		model_identify();
		break;
	case 0xa1:
		model.phase = M_IDENTIFY;
		model.at = (u8 *)d->identity;
		model.words = 256;
		model.status = 0x58;
		break;
	case 0xa0:
		model.limit = model.lba[1][0] | (u32)model.lba[2][0] << 8;
		assert_int_equal(model.limit % 512, 0);
		model.phase = M_PACKET;
		model.words = 6;
		model.status = model.slow_drq ? 0xd0 : 0x58;
		break;
	case 0xc6:
		d->block = model.count[0];
		model_end(0);
		break;
	case 0xef:
		d->cache_off = model.error == 0;
		model_end(0);
		break;
	case 0xe7:
	case 0xea:
		d->flushes++;
		d->flush_48 = code == 0xea;
		model_end(0);
		break;
	default:
		model.error = 4;
		model_end(1);
	}
}

/* The bus master moves all at once when it is started with a command waiting. */
static void model_bus_master(void)
{
	u8 *medium = model_selected()->medium + model.sector * 512;
	u32 left = model.left * 512;

	if (!(model.bm_command & 1) || model.phase != M_DMA)
		return;
	for (const u8 *e = (const u8 *)(uintptr_t)model.bm_table;; e += 8) {
		u32 address, n;
		u16 bytes, end;

		memcpy(&address, e, 4);
		memcpy(&bytes, e + 4, 2);
		memcpy(&end, e + 6, 2);
		n = bytes ? bytes : 0x10000u;
		assert_true((address & 0xffff) + n <= 0x10000);
		assert_true(n <= left);
		assert_int_equal(!(model.bm_command & 8), model.dma_write);
		if (model.dma_write)
			memcpy(medium, (void *)(uintptr_t)address, n);
		else
			memcpy((void *)(uintptr_t)address, medium, n);
		medium += n;
		left -= n;
		if (end & 0x8000)
			break;
	}
	assert_int_equal(left, 0);
	model_end(0);
}

static void model_data_done(void)
{
	if (model.phase == M_IDENTIFY) {
		model.phase = M_IDLE;
		model.status = 0x50;
		return;
	}
	model.left -= model.chunk;
	model.sector += model.chunk;
	if (model.left) {
		model_block(model_multiple);
		model_interrupt();
	} else if (model.phase == M_WRITE) {
		model_end(0);
	} else {
		model.phase = M_IDLE;
		model.status = 0x50;
	}
}

static void model_reset_line(u8 v)
{
	if (model.control & 4 && !(v & 4)) {
		model.resets++;
		model.phase = M_IDLE;
		model.status = 0x80;
		if (model.fault == HANGS && --model.faults == 0)
			model.fault = NO_FAULT;
		model.drive[0].block = model.drive[1].block = 0;
		model.line = false;
	}
	model.control = v;
}

static u8 model_status(void)
{
	if (model.dead_bus)
		return 0xff;
	if (model_selected()->kind == NOBODY)
		return 0;
	if (model.status == 0x80 && model.phase == M_IDLE && model.fault != HANGS) {
		if (model.busy_polls)
			model.busy_polls--;
		else
			model.status = 0x50;
	}
	return model.status;
}

static u8 inb(u16 port)
{
	if (port == MODEL_CONTROL)
		return model_status();
	if (port == MODEL_BM + 2)
		return model.bm_status;
	if (port == MODEL_BM)
		return model.bm_command;
	if (port < MODEL_BASE || port > MODEL_BASE + 7 || model.dead_bus)
		return 0xff;
	switch (port - MODEL_BASE) {
	case 1:
		return model.error;
	case 2:
		return model_selected()->kind == NOBODY ? 0 : model.count[0];
	case 3:
		return model.lba[0][0];
	case 4:
		return model.lba[1][0];
	case 5:
		return model.lba[2][0];
	case 6:
		return model.device;
	default:
		model.line = false;
		return model_status();
	}
}

static void model_push(u8 reg[2], u8 v)
{
	reg[1] = reg[0];
	reg[0] = v;
}

static void outb(u16 port, u8 v)
{
	if (port == MODEL_CONTROL) {
		model_reset_line(v);
	} else if (port == MODEL_BM) {
		model.bm_command = v;
		model_bus_master();
	} else if (port == MODEL_BM + 2) {
		model.bm_status = (u8)((model.bm_status & ~(v & 6) & ~0x60) | (v & 0x60));
	} else if (port == MODEL_BASE + 2) {
		model_push(model.count, v);
	} else if (port >= MODEL_BASE + 3 && port <= MODEL_BASE + 5) {
		model_push(model.lba[port - MODEL_BASE - 3], v);
	} else if (port == MODEL_BASE + 6) {
		model.device = v;
	} else if (port == MODEL_BASE + 7) {
		model_command(v);
	}
}

static void outl(u16 port, u32 v)
{
	assert_int_equal(port, MODEL_BM + 4);
	model.bm_table = v;
}

static void model_words_taken(u32 words)
{
	model.answer_at += words * 2;
	model.words -= words;
	if (!model.words)
		model_packet_piece();
}

static void insw(u16 port, void *to, u32 count)
{
	assert_int_equal(port, MODEL_BASE);
	if (model.phase == M_PACKET_DATA) { /* in parts, as the driver likes */
		assert_true(model.status & 8 && count <= model.words);
		memcpy(to, model.answer + model.answer_at, count * 2);
		model_words_taken(count);
		return;
	}
	assert_true(model.status & 8 && count == model.words);
	memcpy(to, model.at, count * 2);
	model_data_done();
}

static u16 inw(u16 port)
{
	u16 word;

	assert_int_equal(port, MODEL_BASE);
	assert_true(model.status & 8 && model.phase == M_PACKET_DATA && model.words);
	memcpy(&word, model.answer + model.answer_at, 2);
	model_words_taken(1);
	return word;
}

static void outsw(u16 port, const void *from, u32 count)
{
	assert_int_equal(port, MODEL_BASE);
	assert_true(model.status & 8 && count == model.words);
	if (model.phase == M_PACKET) {
		model_packet(from);
		return;
	}
	assert_int_equal(model.phase, M_WRITE);
	memcpy(model.at, from, count * 2);
	model_data_done();
}

static void io_wait(void)
{
}
