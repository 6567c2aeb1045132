/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See ata_fixture.h. The drivers are included here, so that their port accesses are the model's. */
#include "tests/unit/ata_fixture.h"

#include "devices/host/disk/disks.h"
#include "mm/frame.h"

#include "tests/unit/ata_model.c"

#include "devices/host/disk/ata.c"
#include "devices/host/disk/ata_dma.c"
#include "devices/host/disk/ata_identify.c"
#include "devices/host/disk/ata_probe.c"
#include "devices/host/disk/atapi.c"
#include "devices/host/disk/packet.c"
#include "devices/host/disk/queue.c"

struct board board;

void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	const struct host_function other = {.base_class = 2}, ide = {.base_class = 1,
								     .sub_class = 1,
								     .prog_if = board.prog_if,
								     .irq_line = 10};

	if (board.pci)
		(void)(fn(ctx, &other) && fn(ctx, &ide));
}

bool pcihost_claim(const struct host_function *f, const char *as)
{
	assert_int_equal(f->base_class, 1);
	assert_non_null(as);
	return !board.lent;
}

u32 pcihost_read(const struct host_function *f, u8 offset, unsigned size)
{
	(void)size;
	assert_int_equal(f->base_class, 1);
	if (offset == 6) /* status: no capabilities */
		return 0;
	return offset == 4 ? board.command : board.bar[(offset - 0x10) / 4];
}

void pcihost_write(const struct host_function *f, u8 offset, unsigned size, u32 value)
{
	(void)size;
	assert_int_equal(f->base_class, 1);
	assert_int_equal(offset, 4);
	board.command = value;
}

enum hv_status host_irq_register(unsigned irq, host_irq_fn *fn, void *ctx)
{
	assert_false(model.line); /* interrupts are still off, and none is left over */
	board.irq = irq;
	board.fn = fn;
	board.ctx = ctx;
	return HV_OK;
}

/* Low memory, at an address of more than 16 bits; handed out once and kept. */
enum hv_status frame_alloc_run(struct frame_owner *o, u32 count, pfn_t *out)
{
	(void)o;
	out->n = (u32)((uintptr_t)support_low_memory(count * PAGE_SIZE) >> PAGE_SHIFT);
	return HV_OK;
}

void words_of(struct model_drive *d, const char *model_name, u32 sectors)
{
	u16 *w = d->identity;

	memset(w, 0, sizeof(d->identity));
	w[10] = (u16)(uintptr_t)d; /* serial number */
	for (u32 i = 0; i < 20; i++) {
		char a = i * 2 < strlen(model_name) ? model_name[i * 2] : ' ';
		char b = i * 2 + 1 < strlen(model_name) ? model_name[i * 2 + 1] : ' ';

		w[27 + i] = (u16)((u8)a << 8 | (u8)b);
	}
	w[47] = 0x8010;
	w[49] = 0x0300;
	w[53] = 6;
	w[60] = (u16)sectors;
	w[61] = (u16)(sectors >> 16);
	w[63] = 0x0407;
	w[82] = 0x20;
	w[83] = 0x7400; /* both flushes, 48 bits */
	w[85] = 0x20;
	w[100] = w[60];
	w[101] = w[61];
}

u32 dones;
enum hv_status last;

static struct blk_backend *asked;
static u32 left; /* sectors: who asks for many is done when all are, command by command */

void request_done(struct blk_req *r, enum hv_status status)
{
	if (status == HV_OK && r->sectors < left) {
		left -= r->sectors;
		r->sector += r->sectors;
		r->buf = (u8 *)r->buf + r->sectors * 512;
		r->sectors = left;
		asked->ops->submit(asked, r);
		return;
	}
	left = 0;
	dones++;
	last = status;
}

void interrupts(void)
{
	for (u32 i = 0; model.line && i < 1000; i++) {
		model.line = false;
		board.fn(board.ctx);
	}
}

struct blk_req req;
u8 data[MODEL_SECTORS * 512];

void start_request(struct blk_backend *d, bool write, u64 sector, u32 sectors)
{
	assert_non_null(d);
	req = (struct blk_req){.write = write,
			       .sector = sector,
			       .sectors = sectors,
			       .buf = data,
			       .done = request_done};
	dones = 0;
	asked = d;
	left = sectors;
	d->ops->submit(d, &req);
	interrupts();
}

enum hv_status run_request(struct blk_backend *d, bool write, u64 sector, u32 sectors)
{
	start_request(d, write, sector, sectors);
	assert_int_equal(dones, 1);
	return last;
}

enum hv_status run_flush(struct blk_backend *d)
{
	req = (struct blk_req){.done = request_done};
	dones = 0;
	d->ops->flush(d, &req);
	interrupts();
	assert_int_equal(dones, 1);
	return last;
}

static u64 clock_ms;

void time_passes(u32 ms)
{
	for (u32 end = ms / 500; end; end--) {
		clock_ms += 500;
		host_disks_poll(clock_ms * 1000000);
		interrupts();
	}
}

/* A channel with a disk on it; bm: with a bus master. */
static void machine_with(bool bm)
{
	static const struct ata_channel fresh[CHANNELS] = {
		{.base = 0x1f0, .control = 0x3f6, .irq = 14, .letter = 'a'},
		{.base = 0x170, .control = 0x376, .irq = 15, .letter = 'c'},
		{.letter = 'e'},
		{.letter = 'g'},
	};

	memcpy(channels, fresh, sizeof(channels));
	disks = NULL;
	queues = NULL;
	memset(&model, 0, sizeof(model));
	memset(&board, 0, sizeof(board));
	board.pci = bm;
	board.prog_if = 0x80;
	board.bar[4] = MODEL_BM | 1;
	model.status = 0x50;
	model.drive[0].kind = DISK;
	words_of(&model.drive[0], "A disk", 256);
	for (u32 i = 0; i < sizeof(model.drive[0].medium); i++)
		model.drive[0].medium[i] = (u8)(i / 512 * 7 + i);
	clock_ms = 1000;
	dones = 0;
}

int with_dma(void **state)
{
	(void)state;
	machine_with(true);
	return 0;
}

int with_pio(void **state)
{
	(void)state;
	machine_with(false);
	return 0;
}

struct blk_backend *probe(const char *name)
{
	ata_probe();
	for (struct disk *d = disks; d; d = d->next)
		if (!strcmp(d->backend.name, name))
			return &d->backend;
	return NULL;
}

struct disk *first_disk(void)
{
	return disks;
}

u32 regions_of(struct ata_region *table, u32 address, u32 bytes)
{
	return ata_regions(table, &(struct stretch){address, bytes}, 1);
}

void no_conventional_ports(void)
{
	channels[0].base = 0;
}

void read_all(struct blk_backend *d)
{
	memset(data, 0, sizeof(data));
	assert_int_equal(run_request(d, false, 0, 256), HV_OK);
	assert_memory_equal(data, model.drive[0].medium, sizeof(data));
}

void set_fault(enum model_fault f, u32 times)
{
	model.fault = f;
	model.faults = times;
}

int with_disc(void **state)
{
	struct model_drive *d = &model.drive[0];

	(void)state;
	machine_with(true);
	d->kind = PACKET;
	memset(d->identity, 0, sizeof(d->identity));
	d->identity[0] = 0x8580;
	memcpy(d->identity + 27, "wDro eniisce",
	       12); /* each word's first letter is in its high byte */
	model.attentions = 1;
	model.block_bytes = 2048;
	return 0;
}
