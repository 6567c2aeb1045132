/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio 1.0 over PCI (virtio 4.1): the register page behind BAR 0, driven by a table, and a
 * device's states. function.c is the part in configuration space. Registers answer at their natural
 * width only; any other access reads all ones or is dropped, and is counted. A step that the
 * specification forbids the driver stops the device (vdev_break) until the driver resets it.
 */
#include "devices/virtio/virtio.h"
#include "lib/string.h"

#define NO_VECTOR 0xffffu

/* ---- Work --------------------------------------------------------------------------------- */

void vdev_mark(struct vdev *d, u32 queue)
{
	struct bus *b = d->bus;

	d->pending |= BIT(queue);
	if (b->vdev[d->irq] != d)
		return; /* it is coming or going */
	b->work |= BIT(d->irq);
	b->ops->work(b->ctx);
}

bool vdev_poll(struct vdev *d)
{
	u32 todo = d->pending;

	d->waiting = false;
	for (u32 i = 0; i < d->ops->queues && !bus_spent(d->bus); i++) {
		if (!(todo & BIT(i)))
			continue;
		d->pending &= ~BIT(i);
		if (d->ops->service(d, i))
			d->pending |= BIT(i);
	}
	return d->pending != 0;
}

void vdev_reset(struct vdev *d)
{
	d->pending = 0;
	if (d->ops->reset)
		d->ops->reset(d);
	d->status = 0;
	d->isr = 0;
	d->accepted = 0;
	d->offered_select = d->accepted_select = 0;
	d->queue_select = 0;
	memset(d->queue, 0, sizeof(d->queue));
	for (u32 i = 0; i < d->ops->queues; i++)
		d->queue[i].size = VQ_SIZE_MAX;
}

/* ---- Common registers (virtio 4.1.4.3) ---------------------------------------------------- */

static u32 read_offered_select(struct vdev *d, u32 arg UNUSED)
{
	return d->offered_select;
}

static void write_offered_select(struct vdev *d, u32 arg UNUSED, u32 value)
{
	d->offered_select = value;
}

/* Word `select` of a feature set; there are two. */
static u32 feature_word(u64 features, u32 select)
{
	return select < 2 ? (u32)(features >> select * 32) : 0;
}

static u32 read_offered(struct vdev *d, u32 arg UNUSED)
{
	return feature_word(d->offered, d->offered_select);
}

static u32 read_accepted_select(struct vdev *d, u32 arg UNUSED)
{
	return d->accepted_select;
}

static void write_accepted_select(struct vdev *d, u32 arg UNUSED, u32 value)
{
	d->accepted_select = value;
}

static u32 read_accepted(struct vdev *d, u32 arg UNUSED)
{
	return feature_word(d->accepted, d->accepted_select);
}

static void write_accepted(struct vdev *d, u32 arg UNUSED, u32 value)
{
	u32 select = d->accepted_select;

	if ((d->status & (STATUS_DRIVER | STATUS_FEATURES_OK)) != STATUS_DRIVER) {
		vdev_break(d, "features written outside negotiation");
		return;
	}
	if (value & ~feature_word(d->offered, select)) {
		vdev_break(d, "features accepted that were not offered");
		return;
	}
	if (select < 2) {
		d->accepted &= ~(0xffffffffull << select * 32);
		d->accepted |= (u64)value << select * 32;
	}
}

static u32 read_no_vector(struct vdev *d UNUSED, u32 arg UNUSED)
{
	return NO_VECTOR;
}

static u32 read_num_queues(struct vdev *d, u32 arg UNUSED)
{
	return d->ops->queues;
}

static u32 read_zero(struct vdev *d UNUSED, u32 arg UNUSED)
{
	return 0;
}

static u32 read_status(struct vdev *d, u32 arg UNUSED)
{
	return d->status;
}

/* Features are settled: only now can they be judged. A driver that does not know version 1
 * finds FEATURES_OK still clear, as virtio 3.1.1 step 6 has it. */
static bool features_ok(struct vdev *d)
{
	if (d->accepted & FEATURE_VERSION_1)
		return true;
	vdev_break(d, "driver without VIRTIO_F_VERSION_1");
	return false;
}

static void driver_ok(struct vdev *d)
{
	d->status |= STATUS_DRIVER_OK;
	for (u32 i = 0; i < d->ops->queues; i++)
		if (d->queue[i].enabled)
			vq_start(d, &d->queue[i]);
	for (u32 i = 0; i < d->ops->queues; i++)
		if (d->queue[i].enabled)
			vdev_mark(d, i);
}

/* The four steps of the driver must come in their order; several at once are let pass. */
static bool in_order(u32 steps)
{
	return steps == STATUS_ACKNOWLEDGE || steps == (STATUS_ACKNOWLEDGE | STATUS_DRIVER) ||
	       steps == (STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK) ||
	       steps ==
		       (STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
}

static void write_status(struct vdev *d, u32 arg UNUSED, u32 value)
{
	u32 steps = value & ~(STATUS_FAILED | STATUS_NEEDS_RESET);
	u32 old = d->status & ~(STATUS_FAILED | STATUS_NEEDS_RESET);

	if (value == 0) {
		vdev_reset(d);
		return;
	}
	if (value & STATUS_FAILED) { /* the driver gives up: always allowed */
		d->status |= STATUS_FAILED;
		return;
	}
	if (d->status & (STATUS_FAILED | STATUS_NEEDS_RESET))
		return;
	if ((old & steps) != old || !in_order(steps)) {
		vdev_break(d, "status bits out of order");
		return;
	}
	d->status |= (u8)(steps & (STATUS_ACKNOWLEDGE | STATUS_DRIVER));
	if (steps & ~old & STATUS_FEATURES_OK) {
		if (!features_ok(d))
			return;
		d->status |= STATUS_FEATURES_OK;
	}
	if (steps & ~old & STATUS_DRIVER_OK)
		driver_ok(d);
}

static u32 read_queue_select(struct vdev *d, u32 arg UNUSED)
{
	return d->queue_select;
}

static void write_queue_select(struct vdev *d, u32 arg UNUSED, u32 value)
{
	d->queue_select = (u16)value;
}

/* The selected queue, or NULL: such a queue reads 0 everywhere. */
static struct vqueue *selected_queue(struct vdev *d)
{
	return d->queue_select < d->ops->queues ? &d->queue[d->queue_select] : NULL;
}

/* The selected queue if it may be set up now; otherwise the driver is told. */
static struct vqueue *queue_for_setup(struct vdev *d)
{
	struct vqueue *q = selected_queue(d);

	if (!q)
		vdev_ignore(d, "set-up of a queue that does not exist");
	else if ((d->status & (STATUS_FEATURES_OK | STATUS_DRIVER_OK)) != STATUS_FEATURES_OK)
		vdev_break(d, "queue set up outside FEATURES_OK..DRIVER_OK");
	else if (q->enabled)
		vdev_break(d, "queue changed after it was enabled");
	else
		return q;
	return NULL;
}

static u32 read_queue_size(struct vdev *d, u32 arg UNUSED)
{
	const struct vqueue *q = selected_queue(d);

	return q ? q->size : 0;
}

static void write_queue_size(struct vdev *d, u32 arg UNUSED, u32 value)
{
	struct vqueue *q = queue_for_setup(d);

	if (!q)
		return;
	if (value == 0 || value > VQ_SIZE_MAX || value & (value - 1))
		vdev_break(d, "bad queue size");
	else
		q->size = (u16)value;
}

static u32 read_queue_enable(struct vdev *d, u32 arg UNUSED)
{
	const struct vqueue *q = selected_queue(d);

	return q && q->enabled;
}

static void write_queue_enable(struct vdev *d, u32 arg UNUSED, u32 value)
{
	struct vqueue *q = queue_for_setup(d);
	const char *why;

	if (!q)
		return;
	why = value == 1 ? vq_check(d, q) : "queue_enable written with something else than 1";
	if (why)
		vdev_break(d, why);
	else
		q->enabled = true;
}

static u32 read_queue_addr(struct vdev *d, u32 arg)
{
	const struct vqueue *q = selected_queue(d);

	return q ? q->addr[arg] : 0;
}

static void write_queue_addr(struct vdev *d, u32 arg, u32 value)
{
	struct vqueue *q = queue_for_setup(d);

	if (q)
		q->addr[arg] = value;
}

/* ---- Notification and interrupt status ---------------------------------------------------- */

static void write_notify(struct vdev *d, u32 arg UNUSED, u32 value)
{
	if (value >= d->ops->queues)
		vdev_ignore(d, "notification of a queue that does not exist");
	else if (vdev_running(d) && d->queue[value].enabled)
		vdev_mark(d, value);
	else
		d->ignored++;
}

static u32 read_isr(struct vdev *d, u32 arg UNUSED)
{
	u32 isr = d->isr;

	d->isr = 0;
	return isr;
}

/* ---- The table ---------------------------------------------------------------------------- */

struct reg {
	u8 width; /* 0: none begins here */
	u8 arg;
	u32 (*read)(struct vdev *d, u32 arg);
	void (*write)(struct vdev *d, u32 arg, u32 value); /* NULL: read only */
};

/* By their offset. */
static const struct reg regs[REG_CONFIG] = {
	[0x00] = {4, 0, read_offered_select, write_offered_select},
	[0x04] = {4, 0, read_offered, NULL},
	[0x08] = {4, 0, read_accepted_select, write_accepted_select},
	[0x0c] = {4, 0, read_accepted, write_accepted},
	[0x10] = {2, 0, read_no_vector, NULL},
	[0x12] = {2, 0, read_num_queues, NULL},
	[0x14] = {1, 0, read_status, write_status},
	[0x15] = {1, 0, read_zero, NULL},
	[0x16] = {2, 0, read_queue_select, write_queue_select},
	[0x18] = {2, 0, read_queue_size, write_queue_size},
	[0x1a] = {2, 0, read_no_vector, NULL},
	[0x1c] = {2, 0, read_queue_enable, write_queue_enable},
	[0x1e] = {2, 0, read_zero, NULL},
	[0x20] = {4, VQ_DESC, read_queue_addr, write_queue_addr},
	[0x24] = {4, VQ_DESC_HI, read_queue_addr, write_queue_addr},
	[0x28] = {4, VQ_AVAIL, read_queue_addr, write_queue_addr},
	[0x2c] = {4, VQ_AVAIL_HI, read_queue_addr, write_queue_addr},
	[0x30] = {4, VQ_USED, read_queue_addr, write_queue_addr},
	[0x34] = {4, VQ_USED_HI, read_queue_addr, write_queue_addr},
	[REG_NOTIFY] = {2, 0, read_zero, write_notify},
	[REG_ISR] = {1, 0, read_isr, NULL},
};

_Static_assert(ARRAY_LEN(regs) == REG_CONFIG, "behind them the device's own begin");

static const struct reg *find_reg(u32 offset, unsigned size)
{
	return offset < REG_CONFIG && regs[offset].width == size ? &regs[offset] : NULL;
}

/* The device's own registers may be read at any width (virtio 4.1.3.1 asks for the natural
 * one, but fields differ). */
static bool in_config(const struct vdev *d, u32 offset, unsigned size)
{
	return offset >= REG_CONFIG && offset - REG_CONFIG + size <= d->ops->config_len;
}

u32 vdev_read(struct vdev *d, u32 offset, unsigned size)
{
	const struct reg *r = find_reg(offset, size);
	u32 value = 0;

	if (r)
		return r->read(d, r->arg);
	if (in_config(d, offset, size)) {
		memcpy(&value, &d->config[offset - REG_CONFIG], size);
		return value;
	}
	vdev_ignore(d, "read of no register or at a wrong width");
	return 0xffffffffu >> (32 - size * 8);
}

void vdev_write(struct vdev *d, u32 offset, unsigned size, u32 value)
{
	const struct reg *r = find_reg(offset, size);

	if (r && r->write)
		r->write(d, r->arg, value);
	else if (!r && in_config(d, offset, size) && d->ops->config_write)
		d->ops->config_write(d, offset - REG_CONFIG, size, value);
	else
		vdev_ignore(d, "write to no register, a read-only one, or at a wrong width");
}
