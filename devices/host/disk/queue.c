/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Queues of disk requests, and the list of the disks that drivers offered. What was cancelled while
 * it was under way is an orphan, whose end is waited for before anything new starts, so that a late
 * write can never overtake a later one. One whose data went through the buffer is forgotten
 * meanwhile; one that is direct is held: its requester hears of its end.
 */
#include "devices/host/disk/queue.h"

#include "devices/host/disk/disks.h"
#include "devices/host/dma.h"
#include "lib/string.h"
#include "lib/x86.h"
#include "mm/gmem.h"

#define NS_PER_MS   1000000u
#define READ_NOW_US 5000000u /* a drive may have to start its motor */

static struct disk *disks;
static struct disk_queue *queues;

/* ---- Commands ----------------------------------------------------------------------------- */

static u32 bytes(u32 sectors)
{
	return sectors * SECTOR_SIZE;
}

/* Can the hardware move the data of this request as it lies, in one command? */
static bool can_be_direct(const struct disk_direct *may, const struct blk_req *r)
{
	u32 left = bytes(r->sectors), wrong = 0;

	if (r->buf || !r->sectors || r->sectors > may->sectors || r->pieces > may->pieces)
		return false;
	for (u32 i = 0; i < r->pieces; i++) {
		const struct stretch *p = &r->piece[i];

		if (!p->bytes || p->bytes > left ||
		    (p->at + p->bytes > 1ull << 32 && !may->above4g))
			return false;
		wrong |= ((u32)p->at | p->bytes) & (may->align - 1);
		left -= p->bytes;
	}
	return !left && !wrong;
}

/* The data of a request that goes through c's buffer: from there, or to it. */
static void copy(struct disk_cmd *c, bool to_buffer)
{
	const struct blk_req *r = c->req;
	u32 n = bytes(c->sectors);

	if (!r->buf)
		stretches_copy(r->piece, r->pieces, c->buffer, n, !to_buffer);
	else if (to_buffer)
		memcpy(c->buffer, r->buf, n);
	else
		memcpy(r->buf, c->buffer, n);
}

/* Start the request in c, or as much of it as one command does. */
static void start_cmd(struct disk_cmd *c)
{
	struct blk_req *r = c->req;

	c->sector = r->sector;
	c->op = !r->sectors ? DISK_FLUSH : r->write ? DISK_WRITE : DISK_READ;
	c->since = 0;
	c->direct = can_be_direct(&c->disk->direct, r);
	if (c->direct) {
		c->piece = r->piece;
		c->pieces = r->pieces;
	} else {
		r->sectors = MIN(r->sectors, DISK_PIECE);
		c->whole = (struct stretch){dma_address(c->buffer), bytes(r->sectors)};
		c->piece = &c->whole;
		c->pieces = r->sectors != 0;
	}
	c->sectors = r->sectors;
	if (!c->direct && c->op == DISK_WRITE)
		copy(c, true);
	c->busy = true;
	if (c->queue->dead)
		disk_done(c, HV_IO);
	else
		c->queue->driver->start(c);
}

/* The next request, disks in turn. */
static struct blk_req *take(struct disk_queue *q, struct disk **from)
{
	for (u32 i = 0; i < q->units; i++) {
		struct disk *d = q->unit[q->turn];
		struct blk_req *r = d->first;

		q->turn = (q->turn + 1) % q->units;
		if (!r)
			continue;
		d->first = r->next;
		if (!d->first)
			d->last = &d->first;
		*from = d;
		return r;
	}
	return NULL;
}

static struct disk_cmd *idle_cmd(struct disk_queue *q)
{
	for (u32 i = 0; i < q->depth; i++)
		if (!q->cmd[i].busy)
			return &q->cmd[i];
	return NULL;
}

/* Start whatever can be. A done() below may come back with more, which this loop then sees. */
static void pump(struct disk_queue *q)
{
	struct disk_cmd *c;

	if (q->pumping)
		return;
	q->pumping = true;
	while (!q->orphans && (c = idle_cmd(q)) != NULL) {
		c->req = take(q, &c->disk);
		if (!c->req)
			break;
		start_cmd(c);
	}
	q->pumping = false;
}

void disk_done(struct disk_cmd *c, enum hv_status status)
{
	struct disk_queue *q = c->queue;
	struct blk_req *r = c->req;

	if (!c->busy)
		return;
	if (r && !c->direct && status == HV_OK && c->op == DISK_READ)
		copy(c, false);
	q->orphans -= !r || c->cancelled;
	c->busy = c->cancelled = false;
	c->req = NULL;
	if (r)
		r->done(r, status);
	pump(q);
}

void disk_again(struct disk_cmd *c)
{
	if (c->req && !c->cancelled)
		start_cmd(c);
	else
		disk_done(c, HV_IO);
}

void disk_queue_kill(struct disk_queue *q)
{
	q->dead = true;
	for (u32 i = 0; i < q->depth; i++)
		disk_done(&q->cmd[i], HV_IO);
}

/* ---- The back-end ------------------------------------------------------------------------- */

static void enqueue(struct disk *d, struct blk_req *r)
{
	r->next = NULL;
	*d->last = r;
	d->last = &r->next;
	pump(d->queue);
}

static void submit(struct blk_backend *b, struct blk_req *r)
{
	if (r->sector > b->sectors || r->sectors > b->sectors - r->sector ||
	    (r->write && b->readonly))
		r->done(r, HV_BADARG);
	else if (!r->sectors)
		r->done(r, HV_OK);
	else
		enqueue(container_of(b, struct disk, backend), r);
}

static void flush(struct blk_backend *b, struct blk_req *r)
{
	r->sector = 0;
	r->sectors = 0;
	enqueue(container_of(b, struct disk, backend), r);
}

static void cancel(struct blk_backend *b, void *ctx)
{
	struct disk *d = container_of(b, struct disk, backend);
	struct disk_queue *q = d->queue;
	struct blk_req **at = &d->first;

	while (*at) {
		if ((*at)->ctx == ctx)
			*at = (*at)->next;
		else
			at = &(*at)->next;
	}
	d->last = at;
	for (u32 i = 0; i < q->depth; i++) {
		struct disk_cmd *c = &q->cmd[i];

		if (!c->busy || c->disk != d || !c->req || c->cancelled || c->req->ctx != ctx)
			continue;
		q->orphans++;
		c->cancelled = c->req->held = c->direct;
		if (!c->direct)
			c->req = NULL;
	}
}

static const struct blk_ops disk_ops = {
	.submit = submit,
	.flush = flush,
	.cancel = cancel,
};

/* ---- Disks -------------------------------------------------------------------------------- */

enum hv_status disk_queue_init(struct disk_queue *q, const struct disk_driver *driver, u32 depth)
{
	u8 *buffers = dma_alloc(depth * bytes(DISK_PIECE));

	if (!buffers)
		return HV_NOMEM;
	q->driver = driver;
	q->depth = depth;
	for (u32 i = 0; i < depth; i++) {
		q->cmd[i].queue = q;
		q->cmd[i].buffer = buffers + i * bytes(DISK_PIECE);
	}
	q->next = queues;
	queues = q;
	return HV_OK;
}

void disk_add(struct disk *d, struct disk_queue *q, const char *name, u64 sectors, bool readonly)
{
	d->backend.ops = &disk_ops;
	d->backend.sectors = sectors;
	d->backend.readonly = readonly;
	d->backend.most = d->direct.sectors ? d->direct.sectors : DISK_PIECE;
	snprintf(d->backend.name, sizeof(d->backend.name), "%s", name);
	d->queue = q;
	d->last = &d->first;
	q->unit[q->units++] = d;
	d->next = disks;
	disks = d;
}

struct blk_backend *disk_find(const char *name)
{
	for (struct disk *d = disks; d; d = d->next)
		if (strcmp(d->backend.name, name) == 0)
			return &d->backend;
	return NULL;
}

const struct blk_backend *disk_nth(u32 n)
{
	const struct disk *d = disks;

	while (d && n--)
		d = d->next;
	return d ? &d->backend : NULL;
}

/* ---- Reading without interrupts ------------------------------------------------------------- */

struct read_now {
	bool ended;
	enum hv_status status;
};

static void read_ended(struct blk_req *r, enum hv_status status)
{
	struct read_now *n = r->ctx;

	n->ended = true;
	n->status = status;
}

/* What an interrupt would say is looked for; no time passes for the command. */
static void look(struct disk_queue *q)
{
	for (u32 i = 0; i < q->depth; i++)
		if (q->cmd[i].busy)
			q->driver->late(&q->cmd[i], 0);
}

bool disk_read_now(struct blk_backend *b, u64 sector, u32 sectors, void *to)
{
	struct read_now now = {.ended = false};
	struct blk_req r = {
		.sector = sector, .sectors = sectors, .buf = to, .done = read_ended, .ctx = &now};
	struct disk_queue *q = container_of(b, struct disk, backend)->queue;

	b->ops->submit(b, &r);
	for (u32 i = 0; i < READ_NOW_US && !now.ended; i++) {
		look(q);
		io_wait();
	}
	if (!now.ended)
		b->ops->cancel(b, &now);
	return now.ended && now.status == HV_OK && r.sectors == sectors;
}

/* ---- Late ----------------------------------------------------------------------------------- */

bool host_disks_busy(void)
{
	for (const struct disk_queue *q = queues; q; q = q->next)
		for (u32 i = 0; i < q->depth; i++)
			if (q->cmd[i].busy)
				return true;
	return false;
}

static void poll_cmd(struct disk_cmd *c, u64 now)
{
	if (!c->busy)
		return;
	if (!c->since)
		c->since = now;
	else if (now - c->since >= (u64)DISK_LATE * NS_PER_MS)
		c->queue->driver->late(c, (u32)((now - c->since) / NS_PER_MS));
}

void host_disks_poll(u64 now_ns)
{
	for (struct disk_queue *q = queues; q; q = q->next)
		for (u32 i = 0; i < q->depth; i++)
			poll_cmd(&q->cmd[i], now_ns);
}
