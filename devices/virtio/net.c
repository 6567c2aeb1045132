/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio network (virtio 5.1) on a port of the switch: one pair of queues. A frame for the guest
 * waits in a line of this device until the guest's own time, in which it goes into a buffer of its
 * receive queue; when the line is full it is dropped. So a guest that does not listen, or takes a
 * lot of work to be told, costs its peers nothing.
 *
 * A driver may hand over TCP data of up to 64 KiB as one frame. To another guest whose driver takes
 * such it goes as it is; to all others, the machine's cards among them, in pieces.
 */
#include "devices/netswitch.h"
#include "devices/virtio/line.h"
#include "devices/virtio/virtio.h"
#include "lib/string.h"

enum { QUEUE_RECEIVE, QUEUE_TRANSMIT };

#define FEATURE_CSUM	   (1ull << 0) /* the driver may leave checksums to us */
#define FEATURE_GUEST_CSUM (1ull << 1) /* and we to it */
#define FEATURE_MAC	   (1ull << 5)
#define FEATURE_GUEST_TSO4 (1ull << 7)	/* it takes whole frames of TCP */
#define FEATURE_HOST_TSO4  (1ull << 11) /* and may send some */
#define FEATURE_MRG_RXBUF  (1ull << 15) /* a frame may be in several of its buffers */
#define CONFIG_LEN	   12u		/* mac, status, pairs, mtu */
_Static_assert(CONFIG_LEN <= VDEV_CONFIG, "it fits");

#define FEATURES_WHOLES \
	(FEATURE_GUEST_CSUM | FEATURE_GUEST_TSO4 | FEATURE_HOST_TSO4 | FEATURE_MRG_RXBUF)
#define TAKES_WHOLES (FEATURE_GUEST_CSUM | FEATURE_GUEST_TSO4)
/* A line for wholes is 128 KiB long: not for the smallest of guests. */
#define WHOLES_RAM MIB(16)

#define SEND_FRAMES 32u /* in one call: the line of who listens has room for them */
_Static_assert(SEND_FRAMES <= LINE_FRAMES, "a burst into an empty line loses nothing");

/* A frame lies in at most so many buffers, so those for a whole have 1026 bytes at least. */
#define MERGED 64u
_Static_assert(MERGED <= VQ_SIZE_MAX, "more are never there");

#define COST_HOP 100u /* instructions, about, beside the copying */
#define COST_CUT 400u /* the headers of a piece */

struct net {
	struct vdev vdev; /* first */
	struct net_port port;
	struct line line;
	u32 received;
	u32 dropped;  /* for want of a buffer, or too long for the one there was */
	u32 bad_sent; /* not a frame we can send: length, or an offload that was not offered */
	struct vq_chain in, more, out;
	struct tcp_whole whole; /* of `out`, while it is being cut */
	u32 cut;		/* so much of its data has been sent; valid while `cutting` */
	bool cutting;
	u8 frame[FRAME_MAX]; /* what is being sent */
};

static struct net *net_of(struct vdev *d)
{
	return container_of(d, struct net, vdev);
}

/* A frame's header and bytes into buffers as they come, the first of which is in hand. False: they
 * are too few, and all wait again. Buffers that can never hold it come back empty, and it is lost.
 */
static bool spread(struct net *n, const struct line_frame *f, u32 total)
{
	u32 limit = n->vdev.accepted & FEATURE_MRG_RXBUF ? MERGED : 1, done = 0, pieces = 0;
	struct vqueue *q = &n->vdev.queue[QUEUE_RECEIVE];
	struct vq_chain *c = &n->in;
	u16 count = 0, head[MERGED];
	u32 used[MERGED];
	bool full, fits;

	do {
		if (c->in_len == 0) {
			vdev_break(&n->vdev, "receive buffer cannot be written");
			return false;
		}
		head[count] = c->head;
		used[count] = MIN(total - done, c->in_len);
		if (!vq_write(&n->vdev, c, 0, (const u8 *)&f->header + done, used[count]))
			return false;
		done += used[count++];
		pieces += c->out_segs + c->in_segs;
		c = &n->more;
		full = count == limit || count == q->size || pieces >= VQ_SIZE_MAX;
	} while (done < total && !full && vq_pop(&n->vdev, q, c));
	if (done < total && !full) {
		while (count)
			vq_return(q, head[--count]);
		return false;
	}
	fits = done == total && vq_write(&n->vdev, &n->in, offsetof(struct net_header, num_buffers),
					 &count, sizeof(count));
	for (u32 i = 0; i < count; i++) {
		n->more.head = head[i];
		vq_push(&n->vdev, q, &n->more, fits ? used[i] : 0);
	}
	n->received += fits;
	n->dropped += !fits;
	return true;
}

/* Put the frame that has waited longest into the guest's next buffer, or buffers. False: they are
 * too few, and it waits for more of them. */
static bool receive(struct net *n)
{
	struct vqueue *q = &n->vdev.queue[QUEUE_RECEIVE];
	const struct line_frame *f = line_first(&n->line);
	u32 total = (u32)sizeof(f->header) + f->len;

	if (!vq_pop(&n->vdev, q, &n->in))
		return false;
	if (n->in.in_len < total) {
		if (!spread(n, f, total))
			return false;
	} else {
		bool written = vq_write(&n->vdev, &n->in, 0, &f->header, total);

		n->received += written;
		vq_push(&n->vdev, q, &n->in, written ? total : 0);
	}
	line_drop(&n->line);
	return true;
}

/* Move frames that waited into the guest; then say whether new buffers matter to us. True: there
 * are more of both. */
static bool drain_line(struct net *n)
{
	bool buffers = true;

	while (n->line.waiting && !bus_spent(n->vdev.bus) && buffers)
		buffers = receive(n);
	vq_signal(&n->vdev, &n->vdev.queue[QUEUE_RECEIVE]);
	vq_quiet(&n->vdev, &n->vdev.queue[QUEUE_RECEIVE], n->line.waiting == 0);
	return n->line.waiting && buffers;
}

/* A place in its line for a frame of so many bytes; NULL: it is lost. */
static struct line_frame *place(struct net *n, u32 len)
{
	struct line_frame *f = NULL;

	if (vdev_running(&n->vdev)) {		    /* else nobody is listening */
		vdev_mark(&n->vdev, QUEUE_RECEIVE); /* a full line, too: there may be buffers now */
		f = line_place(&n->line, len);
	}
	n->dropped += !f;
	return f;
}

static void net_deliver(struct net_port *p, const u8 *frame, u32 len)
{
	struct net *n = container_of(p, struct net, port);
	struct line_frame *f = place(n, len);

	if (!f)
		return;
	f->len = len;
	f->header = (struct net_header){.num_buffers = 1};
	memcpy(f->bytes, frame, len);
	line_add(&n->line, f);
}

static const struct net_port_ops port_ops = {.deliver = net_deliver};

/* Does all that goes to this station reach one guest, and takes its driver wholes? */
static struct net *taker(struct net *n)
{
	struct net_port *p = netswitch_peer(&n->port, n->frame);
	struct net *to;

	if (!p || p->ops != &port_ops)
		return NULL;
	to = container_of(p, struct net, port);
	return vdev_running(&to->vdev) && (to->vdev.accepted & TAKES_WHOLES) == TAKES_WHOLES ? to
											     : NULL;
}

/* Hand the whole in hand to another guest, the data from memory to memory. */
static void pass(struct net *n, struct net *to)
{
	const struct tcp_whole *w = &n->whole;
	struct line_frame *f = place(to, w->len);

	n->port.sent++;
	bus_spend(n->vdev.bus, COST_HOP);
	if (!f)
		return;
	f->len = w->len;
	f->header = tcp_whole_header(w);
	memcpy(f->bytes, n->frame, w->data);
	if (vq_read(&n->vdev, &n->out, (u32)sizeof(struct net_header) + w->data, f->bytes + w->data,
		    w->len - w->data))
		line_add(&to->line, f);
}

static void send(struct net *n, u32 len)
{
	bus_spend(n->vdev.bus, netswitch_send(&n->port, n->frame, len) * (COST_HOP + len / 4));
}

/* Send the next piece of the whole that is being cut. */
static void send_piece(struct net *n)
{
	const struct tcp_whole *w = &n->whole;
	u32 part = MIN(w->len - w->data - n->cut, w->size);

	if (!vq_read(&n->vdev, &n->out, (u32)sizeof(struct net_header) + w->data + n->cut,
		     n->frame + w->data, part)) {
		n->cutting = false;
		return;
	}
	bus_spend(n->vdev.bus, COST_CUT + part / 2);
	tcp_piece(w, n->frame, n->cut, part);
	send(n, w->data + part);
	n->cut += part;
	n->cutting = w->data + n->cut < w->len;
}

/* The one door for what the driver wants to be sent: its frame, or as much of it as has all
 * headers, is in n->frame then. */
static bool acceptable(struct net *n, struct net_header *h, u32 len)
{
	u64 agreed = n->vdev.accepted;

	if (n->out.out_len < sizeof(*h) + FRAME_MIN ||
	    !vq_read(&n->vdev, &n->out, 0, h, sizeof(*h)))
		return false;
	if (h->flags & ~(agreed & FEATURE_CSUM ? HEADER_NEEDS_CSUM : 0u))
		return false;
	if (h->gso_type)
		return agreed & FEATURE_HOST_TSO4 &&
		       vq_read(&n->vdev, &n->out, sizeof(*h), n->frame, MIN(len, FRAME_HEADERS)) &&
		       tcp_whole_check(&n->whole, h, n->frame, len);
	return len <= FRAME_MAX && vq_read(&n->vdev, &n->out, sizeof(*h), n->frame, len) &&
	       (!h->flags || offload_checksum(n->frame, len, h->csum_start, h->csum_offset));
}

/* Send the buffer in hand; what breaks the rules is dropped and counted. How many frames that was
 * worth. */
static u32 transmit(struct net *n)
{
	u32 len = n->out.out_len - (u32)sizeof(struct net_header);
	struct net_header h;
	struct net *to;

	if (!acceptable(n, &h, len)) {
		n->bad_sent++;
		return 1;
	}
	if (!h.gso_type) {
		send(n, len);
		return 1;
	}
	to = taker(n);
	if (to) {
		pass(n, to);
		return len / FRAME_MAX + 1;
	}
	n->cutting = true;
	n->cut = 0;
	return 0;
}

static bool net_send(struct net *n)
{
	struct vqueue *q = &n->vdev.queue[QUEUE_TRANSMIT];
	u32 left = SEND_FRAMES, worth;

	while (left && !bus_spent(n->vdev.bus) && vdev_running(&n->vdev)) {
		if (n->cutting) {
			send_piece(n);
			left--;
		} else if (vq_pop(&n->vdev, q, &n->out)) {
			worth = transmit(n);
			left -= MIN(left, worth);
		} else {
			break;
		}
		if (!n->cutting)
			vq_push(&n->vdev, q, &n->out, 0);
	}
	vq_signal(&n->vdev, q);
	return vdev_running(&n->vdev) && (n->cutting || vq_waiting(&n->vdev, q));
}

static bool net_service(struct vdev *d, u32 queue)
{
	return queue == QUEUE_RECEIVE ? drain_line(net_of(d)) : net_send(net_of(d));
}

static void net_reset(struct vdev *d)
{
	net_of(d)->line.waiting = 0;
	net_of(d)->cutting = false;
}

static void net_detach(struct vdev *d)
{
	netswitch_detach(&net_of(d)->port);
}

static const struct vdev_ops net_ops = {
	.name = "virtio-net",
	.id = VIRTIO_NET,
	.class = 0x02, /* network, Ethernet */
	.subclass = 0x00,
	.queues = 2,
	.config_len = CONFIG_LEN,
	.features = FEATURE_CSUM | FEATURE_MAC | FEATURE_INDIRECT,
	.service = net_service,
	.reset = net_reset,
	.detach = net_detach,
};

/* An address for a guest that was given none: locally administered, the same at each start of
 * the guest, as its peers remember it. */
static void make_mac(u8 mac[MAC_BYTES], const char *guest, u8 device)
{
	u32 hash = 2166136261u; /* FNV-1a */

	for (; *guest; guest++)
		hash = (hash ^ (u8)*guest) * 16777619u;
	mac[0] = 0x02;
	memcpy(mac + 1, &hash, sizeof(hash));
	mac[5] = device;
}

enum hv_status bus_add_net(struct bus *b, const char *network, const u8 mac[6])
{
	const u16 status_up = 1, pairs = 1, mtu = 1500;
	struct net_port port = {.ops = &port_ops, .one_mac = true};
	bool wholes = b->mem->ram_pages >= WHOLES_RAM / PAGE_SIZE;
	struct line line = {.bytes = wholes ? LINE_LONG : LINE_SHORT};
	struct net *n;
	enum hv_status r;

	line.ring = arena_alloc(b->arena, line.bytes);
	if (!line.ring)
		return HV_NOMEM;
	n = (struct net *)vdev_create(b, &net_ops, sizeof(*n));
	if (!n)
		return HV_NOMEM;
	if (mac)
		memcpy(port.mac, mac, MAC_BYTES);
	else
		make_mac(port.mac, b->name, n->vdev.irq);
	n->port = port;
	n->line = line;
	if (wholes)
		n->vdev.offered |= FEATURES_WHOLES;
	memcpy(n->vdev.config, port.mac, MAC_BYTES);
	memcpy(n->vdev.config + 6, &status_up, sizeof(status_up));
	memcpy(n->vdev.config + 8, &pairs, sizeof(pairs));
	memcpy(n->vdev.config + 10, &mtu, sizeof(mtu));
	r = netswitch_attach(&n->port, network);
	if (r == HV_OK)
		vdev_plug(&n->vdev);
	return r;
}
