/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio block (virtio 5.2) over a blk_backend, which is told where in the machine's memory the
 * data of a request lies: a disk of the machine may write there by itself. So after a reset, and at
 * the guest's end, what such a disk still has is waited for (bus.held): the guest does not run, and
 * its memory stays its own, until then. A disk that lies in memory is copied from and to at once. A
 * few requests are under way at once; the others wait in the queue, where the driver put them.
 */
#include "devices/block.h"
#include "devices/virtio/virtio.h"
#include "lib/string.h"

#define FEATURE_SEG_MAX (1ull << 2)
#define FEATURE_RO	(1ull << 5)
#define FEATURE_FLUSH	(1ull << 9)

/* virtio 5.2.4: struct virtio_blk_config. */
#define CONFIG_LEN	36u
#define CONFIG_CAPACITY 0u
#define CONFIG_SEG_MAX	12u
#define SEG_MAX		(VQ_SIZE_MAX - 2u) /* beside the header and the status */

/* virtio 5.2.6: request types and outcomes. */
enum { TYPE_IN = 0, TYPE_OUT = 1, TYPE_FLUSH = 4, TYPE_GET_ID = 8 };
enum { STATUS_OK = 0, STATUS_IOERR = 1, STATUS_UNSUPP = 2 };
#define ID_BYTES 20u
_Static_assert(CONFIG_LEN <= VDEV_CONFIG, "it fits");
_Static_assert(CONFIG_SEG_MAX + 4 <= CONFIG_LEN, "virtio 5.2.4");

struct request_header {
	u32 type, priority;
	u64 sector;
};
_Static_assert(sizeof(struct request_header) == 16, "virtio 5.2.6");

#define SLOTS	  4u
#define COST_STEP 200u /* instructions, about, beside the copying */
#define STRETCHES 512u /* of a piece at most */
_Static_assert(STRETCHES >= SECTOR_SIZE, "a sector's bytes may lie anywhere: some piece goes");

enum slot_state {
	SLOT_FREE,
	SLOT_READY,   /* the next piece may be given to the back-end */
	SLOT_WAITING, /* the back-end has it */
	SLOT_DONE,    /* the back-end gave it back, with `result` */
	SLOT_HELD,    /* reset, but the disk has its memory still */
};

struct slot_request {
	struct blk_req req;
	struct block *block;
	enum slot_state state;
	enum hv_status result;
	u32 type;
	u64 sector;	       /* of the next piece */
	u32 len, pos;	       /* data bytes: in all, and done */
	struct stretch *piece; /* STRETCHES of them */
	struct vq_chain chain;
};

struct block {
	struct vdev vdev; /* first */
	struct blk_backend *disk;
	bool readonly;
	bool running; /* inside service(): a completion need not ask for it */
	struct slot_request slot[SLOTS];
};

static struct block *block_of(struct vdev *d)
{
	return container_of(d, struct block, vdev);
}

/* Give the buffer back: `written` data bytes from its start, and the status in its last byte. The
 * length must not count what was not written (virtio 1.0, 2.4.8.2), and the status byte alone, far
 * behind data that never came, is not counted. */
static void finish(struct slot_request *s, u8 status, u32 written)
{
	struct vdev *d = &s->block->vdev;

	s->state = SLOT_FREE;
	if (!vq_write(d, &s->chain, s->chain.in_len - 1, &status, 1)) {
		vdev_break(d, "status byte cannot be written");
		return;
	}
	if (written == s->chain.in_len - 1)
		written++;
	vq_push(d, &d->queue[0], &s->chain, written);
}

/* A read or write may start when it has data, in whole sectors, all of them on the disk. */
static bool transfer_ok(const struct slot_request *s)
{
	const struct blk_backend *disk = s->block->disk;
	u32 sectors = s->len / SECTOR_SIZE;

	if (s->len == 0 || s->len % SECTOR_SIZE)
		return false;
	if (s->type == TYPE_OUT && s->block->readonly)
		return false;
	return s->sector <= disk->sectors && sectors <= disk->sectors - s->sector;
}

static void get_id(struct slot_request *s)
{
	char id[ID_BYTES] = {0};
	u32 n = MIN(s->chain.in_len - 1, ID_BYTES);

	for (u32 i = 0; i < ID_BYTES && s->block->disk->name[i]; i++)
		id[i] = s->block->disk->name[i];
	if (vq_write(&s->block->vdev, &s->chain, 0, id, n))
		finish(s, STATUS_OK, n);
	else
		finish(s, STATUS_IOERR, 0);
}

/* A fresh chain is in the slot: judge it, answer what needs no disk, make the rest ready. */
static void begin(struct slot_request *s)
{
	struct vdev *d = &s->block->vdev;
	struct request_header h;

	if (s->chain.in_len == 0 || !vq_read(d, &s->chain, 0, &h, sizeof(h))) {
		vdev_break(d, "request without header or status byte");
		return;
	}
	s->type = h.type;
	s->sector = h.sector;
	s->pos = 0;
	s->len = 0;
	switch (h.type) {
	case TYPE_IN:
	case TYPE_OUT:
		s->len =
			h.type == TYPE_IN ? s->chain.in_len - 1 : s->chain.out_len - (u32)sizeof(h);
		if (transfer_ok(s))
			s->state = SLOT_READY;
		else
			finish(s, STATUS_IOERR, 0);
		break;
	case TYPE_FLUSH:
		s->state = SLOT_READY;
		break;
	case TYPE_GET_ID:
		get_id(s);
		break;
	default:
		finish(s, STATUS_UNSUPP, 0);
	}
}

static void request_done(struct blk_req *r, enum hv_status status)
{
	struct slot_request *s = container_of(r, struct slot_request, req);

	if (s->state == SLOT_HELD) {
		s->state = SLOT_FREE;
		bus_let_go(s->block->vdev.bus);
		return;
	}
	s->result = status;
	s->state = SLOT_DONE;
	/* Outside of service() this is an interrupt of the real disk, in anybody's time. */
	if (!s->block->running)
		vdev_mark(&s->block->vdev, 0);
}

/* A piece of n bytes is over. */
static void piece_over(struct slot_request *s, bool ok, u32 n)
{
	if (!ok) {
		finish(s, STATUS_IOERR, s->type == TYPE_IN ? s->pos : 0);
		return;
	}
	s->pos += n;
	s->sector += n / SECTOR_SIZE;
	if (s->pos < s->len)
		s->state = SLOT_READY;
	else
		finish(s, STATUS_OK, s->type == TYPE_IN ? s->len : 0);
}

/* Where the data lies in the request's chain: behind the header, or from its start. */
static u32 data_at(const struct slot_request *s)
{
	return s->pos + (s->type == TYPE_OUT ? (u32)sizeof(struct request_header) : 0);
}

/* A disk in memory: n bytes from or to there. */
static bool move(struct slot_request *s, u8 *bytes, u32 n)
{
	struct vdev *d = &s->block->vdev;

	return s->type == TYPE_OUT ? vq_read(d, &s->chain, data_at(s), bytes, n)
				   : vq_write(d, &s->chain, data_at(s), bytes, n);
}

/* Take `bytes` off the end of a list. */
static void shorten(struct stretches *to, u32 bytes)
{
	to->bytes -= bytes;
	while (bytes) {
		struct stretch *last = &to->list[to->count - 1];
		u32 n = MIN(bytes, last->bytes);

		last->bytes -= n;
		bytes -= n;
		to->count -= !last->bytes;
	}
}

/* Hand the next piece to the back-end. It may be done before this returns. */
static void submit(struct slot_request *s)
{
	struct blk_backend *disk = s->block->disk;
	struct stretches to = {.list = s->piece, .room = STRETCHES};
	u32 n = MIN(s->len - s->pos, disk->most * SECTOR_SIZE);

	if (s->type != TYPE_FLUSH && disk->ops->bytes) {
		piece_over(s, move(s, disk->ops->bytes(disk, s->sector), n), n);
		return;
	}
	if (!vq_stretches(&s->block->vdev, &s->chain, s->type == TYPE_IN, data_at(s), n, &to)) {
		finish(s, STATUS_IOERR, 0);
		return;
	}
	shorten(&to, to.bytes % SECTOR_SIZE);
	s->req = (struct blk_req){
		.write = s->type == TYPE_OUT,
		.sector = s->sector,
		.sectors = to.bytes / SECTOR_SIZE,
		.piece = to.list,
		.pieces = to.count,
		.done = request_done,
		.ctx = s->block,
	};
	s->state = SLOT_WAITING;
	if (s->type == TYPE_FLUSH)
		disk->ops->flush(disk, &s->req);
	else
		disk->ops->submit(disk, &s->req);
}

/* One step of one slot; false: it can do nothing now. */
static bool step(struct slot_request *s)
{
	struct vdev *d = &s->block->vdev;

	switch (s->state) {
	case SLOT_FREE:
		if (!vq_pop(d, &d->queue[0], &s->chain))
			return false;
		begin(s);
		return true;
	case SLOT_READY:
		submit(s);
		return true;
	case SLOT_WAITING:
	case SLOT_HELD:
		return false;
	case SLOT_DONE:
		piece_over(s, s->result == HV_OK, s->req.sectors * SECTOR_SIZE);
		return true;
	}
	return false;
}

static bool block_service(struct vdev *d, u32 queue)
{
	struct block *b = block_of(d);
	u32 idle = 0, i = 0;

	b->running = true;
	while (idle < SLOTS && !bus_spent(d->bus) && vdev_running(d)) {
		if (step(&b->slot[i])) {
			idle = 0;
			bus_spend(d->bus, COST_STEP);
		} else {
			idle++;
			i = (i + 1) % SLOTS; /* stay with a slot as long as it moves */
		}
	}
	b->running = false;
	vq_signal(d, &d->queue[queue]);
	return idle < SLOTS && vdev_running(d);
}

static void block_reset(struct vdev *d)
{
	struct block *b = block_of(d);
	bool waiting = false;

	for (u32 i = 0; i < SLOTS; i++)
		waiting |= b->slot[i].state == SLOT_WAITING;
	if (waiting)
		b->disk->ops->cancel(b->disk, b);
	for (u32 i = 0; i < SLOTS; i++) {
		struct slot_request *s = &b->slot[i];

		if (s->state == SLOT_WAITING && s->req.held) {
			s->state = SLOT_HELD;
			bus_hold(d->bus);
		} else if (s->state != SLOT_HELD) {
			s->state = SLOT_FREE;
		}
	}
}

static void block_detach(struct vdev *d)
{
	struct block *b = block_of(d);

	blk_detach(b->disk, b->readonly);
}

static const struct vdev_ops block_ops = {
	.name = "virtio-block",
	.id = VIRTIO_BLOCK,
	.class = 0x01, /* mass storage, of another kind */
	.subclass = 0x80,
	.queues = 1,
	.config_len = CONFIG_LEN,
	.features = FEATURE_SEG_MAX | FEATURE_FLUSH | FEATURE_INDIRECT,
	.service = block_service,
	.reset = block_reset,
	.detach = block_detach,
};

enum hv_status bus_add_block(struct bus *b, struct blk_backend *disk, bool readonly)
{
	const u32 seg_max = SEG_MAX;
	struct stretch *piece;
	enum hv_status s;
	struct block *k;

	if (!disk)
		return HV_ABSENT;
	readonly |= disk->readonly;
	piece = arena_alloc(b->arena, SLOTS * STRETCHES * sizeof(*piece));
	if (!piece)
		return HV_NOMEM;
	k = (struct block *)vdev_create(b, &block_ops, sizeof(*k));
	if (!k)
		return HV_NOMEM;
	s = blk_attach(disk, readonly);
	if (s != HV_OK)
		return s;
	k->disk = disk;
	k->readonly = readonly;
	if (readonly)
		k->vdev.offered |= FEATURE_RO;
	for (u32 i = 0; i < SLOTS; i++) {
		k->slot[i].block = k;
		k->slot[i].piece = piece + i * STRETCHES;
	}
	memcpy(k->vdev.config + CONFIG_CAPACITY, &disk->sectors, sizeof(disk->sectors));
	memcpy(k->vdev.config + CONFIG_SEG_MAX, &seg_max, sizeof(seg_max));
	vdev_plug(&k->vdev);
	return HV_OK;
}
