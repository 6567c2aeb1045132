/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio console (virtio 5.3): one port, queue 0 to the guest and queue 1 from it, and the
 * emergency write register, which prints in any state of the device: the early console uses
 * it long before a driver exists. Output goes up unfiltered; whoever shares the line with others
 * must make it harmless.
 *
 * Nothing here waits for the line. What it does not take stays in the guest's queue; what was
 * written to the register stays here, and a guest that goes on writing does not run until some of
 * it is gone.
 */
#include "devices/virtio/virtio.h"
#include "lib/string.h"

enum { QUEUE_TO_GUEST, QUEUE_FROM_GUEST };

#define FEATURE_EMERG_WRITE (1ull << 2)
#define CONFIG_LEN	    12u
#define CONFIG_EMERG_WRITE  8u
_Static_assert(CONFIG_EMERG_WRITE + 4 == CONFIG_LEN, "virtio 5.3.4: it is the last");
_Static_assert(CONFIG_LEN <= VDEV_CONFIG, "it fits");

/* A call prints in pieces, no more than the line takes without waiting, and what the bus's budget
 * allows: a buffer may be as large as the guest, and the others would wait, too. */
#define PIECE_BYTES 64u
#define COST_BYTE   60u	  /* instructions, about: filters, and the line's port */
#define COST_LINE   5000u /* the next one: a prefix, and the screen moves up */
/* What bus_console_flush() prints in all of an ended guest. */
#define FLUSH_BYTES 8192u
/* Written to the register and not printed yet; beyond the mark the guest must wait. One exit may
 * write a whole batch of a string instruction. */
#define EMERGENCY_BYTES 512u
#define EMERGENCY_MARK	256u

struct console {
	struct vdev vdev; /* first */
	bool printing;	  /* `out` is a buffer of which `printed` bytes are done */
	u32 printed;
	bool ended;  /* the guest has */
	u32 flushed; /* bytes of its last words */
	u32 urgent;  /* bytes of emergency[] */
	char emergency[EMERGENCY_BYTES];
	struct vq_chain out, in;
};

static struct console *console_of(struct vdev *d)
{
	return container_of(d, struct console, vdev);
}

/* How many of `n` bytes may be printed now. */
static u32 allowed(const struct console *c, u32 n)
{
	struct bus *b = c->vdev.bus;

	return bus_spent(b) ? 0 : MIN(MIN(n, PIECE_BYTES), b->ops->console_room(b->ctx));
}

static void emit(struct console *c, const char *text, u32 n)
{
	struct bus *b = c->vdev.bus;

	for (u32 i = 0; i < n; i++)
		bus_spend(b, text[i] == '\n' ? COST_LINE : COST_BYTE);
	b->ops->console_out(b->ctx, text, n);
}

/* Print of the buffer in hand what may be printed. */
static void print(struct console *c)
{
	char piece[PIECE_BYTES];
	u32 n;

	while (c->printed < c->out.out_len && (n = allowed(c, c->out.out_len - c->printed)) != 0) {
		if (!vq_read(&c->vdev, &c->out, c->printed, piece, n)) {
			vdev_break(&c->vdev, "output buffer gone");
			return;
		}
		emit(c, piece, n);
		c->printed += n;
		c->flushed += n;
	}
}

/* True: there is more. */
static bool console_output(struct console *c)
{
	struct vqueue *q = &c->vdev.queue[QUEUE_FROM_GUEST];
	bool more;

	while (!bus_spent(c->vdev.bus) && (c->printing || vq_pop(&c->vdev, q, &c->out))) {
		if (!c->printing)
			c->printed = 0;
		c->printing = true;
		print(c);
		if (c->printed < c->out.out_len)
			break;
		vq_push(&c->vdev, q, &c->out, 0);
		c->printing = false;
	}
	vq_signal(&c->vdev, q);
	more = vdev_running(&c->vdev) && (c->printing || vq_waiting(&c->vdev, q));
	vq_quiet(&c->vdev, q, more);
	return more;
}

/* What the register was given; true: there is more. */
static bool emergency_output(struct console *c)
{
	u32 done = 0, n;

	while (done < c->urgent && (n = allowed(c, c->urgent - done)) != 0) {
		emit(c, c->emergency + done, n);
		done += n;
	}
	c->urgent -= done;
	memmove(c->emergency, c->emergency + done, c->urgent);
	c->vdev.bus->stalled = c->urgent > EMERGENCY_MARK;
	return c->urgent != 0;
}

/* New input buffers are no work: whoever has input for the guest will offer it again. */
static bool console_service(struct vdev *d, u32 queue)
{
	struct console *c = console_of(d);
	bool more = queue == QUEUE_FROM_GUEST && (emergency_output(c) || console_output(c));

	d->waiting = more && !d->bus->ops->console_room(d->bus->ctx);
	return more;
}

static void console_config_write(struct vdev *d, u32 offset, unsigned size UNUSED, u32 value)
{
	struct console *c = console_of(d);

	if (offset != CONFIG_EMERG_WRITE || c->urgent == EMERGENCY_BYTES) {
		d->ignored++;
		return;
	}
	c->emergency[c->urgent++] = (char)value;
	if (!emergency_output(c))
		return;
	vdev_mark(d, QUEUE_FROM_GUEST);
}

static void console_reset(struct vdev *d)
{
	struct console *c = console_of(d);

	c->printing = false;
	if (c->urgent)
		vdev_mark(d, QUEUE_FROM_GUEST);
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

	b->budget = BUS_BUDGET;
	while (taken < len && !bus_spent(b) && vq_pop(&c->vdev, q, &c->in)) {
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

bool bus_console_flush(struct bus *b)
{
	struct console *c = bus_console(b);

	if (!c)
		return false;
	b->budget = BUS_BUDGET;
	if (!c->ended)
		c->flushed = 0;
	c->ended = true;
	return (emergency_output(c) || console_output(c)) && c->flushed < FLUSH_BYTES;
}
