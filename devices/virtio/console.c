/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio console (virtio 5.3): one port, queue 0 to the guest and queue 1 from it, and the
 * emergency write register, which prints in any state of the device: the early console uses
 * it long before a driver exists. Output goes up unfiltered; whoever shares the line with others
 * must make it harmless.
 */
#include "devices/virtio/virtio.h"

enum { QUEUE_TO_GUEST, QUEUE_FROM_GUEST };

#define FEATURE_EMERG_WRITE (1ull << 2)
#define CONFIG_LEN	    12u
#define CONFIG_EMERG_WRITE  8u
_Static_assert(CONFIG_EMERG_WRITE + 4 == CONFIG_LEN, "virtio 5.3.4: it is the last");
_Static_assert(CONFIG_LEN <= VDEV_CONFIG, "it fits");

/* One call prints no more than this, in pieces, and no more than the line takes without waiting: a
 * buffer may be as large as the guest, and the others would wait, too. A count of buffers bounds
 * empty ones. */
#define OUTPUT_BYTES   4096u
#define OUTPUT_BUFFERS 64u
#define PIECE_BYTES    256u
/* What bus_console_flush() prints at most. */
#define FLUSH_ROUNDS 2u

struct console {
	struct vdev vdev; /* first */
	bool printing;	  /* `out` is a buffer of which `printed` bytes are done */
	u32 printed;
	struct vq_chain out, in;
};

static struct console *console_of(struct vdev *d)
{
	return container_of(d, struct console, vdev);
}

/* Print up to `budget` bytes of the buffer in hand; returns what is left of the budget. */
static u32 print(struct console *c, u32 budget, bool wait)
{
	struct bus *b = c->vdev.bus;
	char piece[PIECE_BYTES];

	while (budget && c->printed < c->out.out_len) {
		u32 n = MIN(MIN(budget, PIECE_BYTES), c->out.out_len - c->printed);

		if (!wait)
			n = MIN(n, b->ops->console_room(b->ctx));
		if (!n)
			return 0;
		if (!vq_read(&c->vdev, &c->out, c->printed, piece, n)) {
			vdev_break(&c->vdev, "output buffer gone");
			return 0;
		}
		b->ops->console_out(b->ctx, piece, n);
		c->printed += n;
		budget -= n;
	}
	return budget;
}

static bool console_output(struct console *c, bool wait)
{
	struct vqueue *q = &c->vdev.queue[QUEUE_FROM_GUEST];
	u32 budget = OUTPUT_BYTES, buffers = OUTPUT_BUFFERS;

	while (buffers && (c->printing || vq_pop(&c->vdev, q, &c->out))) {
		if (!c->printing)
			c->printed = 0;
		c->printing = true;
		budget = print(c, budget, wait);
		if (c->printed < c->out.out_len)
			break;
		vq_push(&c->vdev, q, &c->out, 0);
		c->printing = false;
		buffers--;
	}
	vq_signal(&c->vdev, q);
	bool more = c->printing || vq_waiting(&c->vdev, q);
	vq_quiet(&c->vdev, q, more);
	return more;
}

static bool console_service(struct vdev *d, u32 queue)
{
	/* New input buffers: whoever has input for the guest will offer it again. */
	return queue == QUEUE_FROM_GUEST && console_output(console_of(d), false);
}

static void console_config_write(struct vdev *d, u32 offset, unsigned size UNUSED, u32 value)
{
	char c = (char)value;

	if (offset == CONFIG_EMERG_WRITE)
		d->bus->ops->console_out(d->bus->ctx, &c, 1);
	else
		d->ignored++;
}

static void console_reset(struct vdev *d)
{
	console_of(d)->printing = false;
}

static const struct vdev_ops console_ops = {
	.name = "virtio-console",
	.id = VIRTIO_CONSOLE,
	.class = 0x07, /* communication controller */
	.subclass = 0x00,
	.queues = 2,
	.config_len = CONFIG_LEN,
	.features = FEATURE_EMERG_WRITE,
	.service = console_service,
	.config_write = console_config_write,
	.reset = console_reset,
};

/* The console's place is fixed: the early console looks nowhere else. */
#define CONSOLE_DEVICE 1u

enum hv_status bus_add_console(struct bus *b)
{
	struct vdev *d;

	if (b->devices != CONSOLE_DEVICE)
		return HV_BADARG;
	d = vdev_create(b, &console_ops, sizeof(struct console));
	if (!d)
		return HV_NOMEM;
	vdev_plug(d);
	return HV_OK;
}

static struct console *bus_console(struct bus *b)
{
	struct vdev *d = b->vdev[CONSOLE_DEVICE];

	return d && d->ops == &console_ops ? console_of(d) : NULL;
}

u32 bus_console_input(struct bus *b, const char *text, u32 len)
{
	struct console *c = bus_console(b);
	u32 taken = 0;

	if (!c)
		return 0;
	struct vqueue *q = &c->vdev.queue[QUEUE_TO_GUEST];

	while (taken < len && vq_pop(&c->vdev, q, &c->in)) {
		u32 n = MIN(len - taken, c->in.in_len);

		if (n == 0 || !vq_write(&c->vdev, &c->in, 0, text + taken, n)) {
			vdev_break(&c->vdev, "input buffer cannot be written");
			break;
		}
		vq_push(&c->vdev, q, &c->in, n);
		taken += n;
	}
	vq_signal(&c->vdev, q);
	/* The driver need not tell of new buffers while nobody waits for one. */
	vq_quiet(&c->vdev, q, taken == len);
	return taken;
}

void bus_console_flush(struct bus *b)
{
	struct console *c = bus_console(b);

	for (u32 i = 0; c && i < FLUSH_ROUNDS; i++)
		if (!console_output(c, true))
			break;
}
