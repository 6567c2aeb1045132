/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Queues of disk requests, and the list of the disks that drivers offered. A requester's memory is
 * touched only inside submit(), and just before its done(); what was cancelled meanwhile is an
 * orphan, whose end is waited for before anything new starts, so that a late write can never
 * overtake a later one.
 */
#include "devices/host/disk/queue.h"

#include "devices/host/disk/disks.h"
#include "devices/host/dma.h"
#include "lib/string.h"
#include "lib/x86.h"

#define NS_PER_MS   1000000u
#define READ_NOW_US 5000000u /* a drive may have to start its motor */

static struct disk *disks;
static struct disk_queue *queues;

/* ---- Commands ----------------------------------------------------------------------------- */

static u32 bytes(u32 sectors)
{
	return sectors * SECTOR_SIZE;
}

/* Start the next piece of the request in c. */
static void start_piece(struct disk_cmd *c)
{
	const struct blk_req *r = c->req;

	c->sector = r->sector + c->pos;
	c->sectors = MIN(r->sectors - c->pos, DISK_PIECE);
	c->op = !r->sectors ? DISK_FLUSH : r->write ? DISK_WRITE : DISK_READ;
	c->since = 0;
	if (c->op == DISK_WRITE)
		memcpy(c->buffer, (const u8 *)r->buf + bytes(c->pos), bytes(c->sectors));
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
		c->pos = 0;
		start_piece(c);
	}
	q->pumping = false;
}

void disk_done(struct disk_cmd *c, enum hv_status status)
{
	struct disk_queue *q = c->queue;
	struct blk_req *r = c->req;

	if (!c->busy)
		return;
	if (r && status == HV_OK) {
		if (c->op == DISK_READ)
			memcpy((u8 *)r->buf + bytes(c->pos), c->buffer, bytes(c->sectors));
		c->pos += c->sectors;
		if (c->pos < r->sectors) {
			start_piece(c);
			return;
		}
	}
	c->busy = false;
	c->req = NULL;
	if (r)
		r->done(r, status);
	else
		q->orphans--;
	pump(q);
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

		if (c->busy && c->disk == d && c->req && c->req->ctx == ctx) {
			c->req = NULL;
			q->orphans++;
		}
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
	return now.ended && now.status == HV_OK;
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
