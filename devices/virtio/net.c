/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio network (virtio 5.1) on a port of the switch: one pair of queues. A frame for the guest
 * waits in a short line of this device until the guest's own time, in which it goes into a buffer
 * of its receive queue; when the line is full it is dropped. So a guest that does not listen, or
 * takes a lot of work to be told, costs its peers nothing.
 */
#include "devices/netswitch.h"
#include "devices/virtio/virtio.h"
#include "lib/string.h"

enum { QUEUE_RECEIVE, QUEUE_TRANSMIT };

#define FEATURE_CSUM (1ull << 0) /* the driver may leave checksums to us */
#define FEATURE_MAC  (1ull << 5)
#define CONFIG_LEN   12u /* mac, status, pairs, mtu */

/* virtio 5.1.6: struct virtio_net_hdr. */
struct net_header {
	u8 flags, gso_type;
	u16 hdr_len, gso_size, csum_start, csum_offset, num_buffers;
};
_Static_assert(sizeof(struct net_header) == 12, "virtio 5.1.6");
_Static_assert(offsetof(struct net_header, csum_start) == 6, "virtio 5.1.6");
_Static_assert(CONFIG_LEN <= VDEV_CONFIG, "it fits");

#define HEADER_NEEDS_CSUM 1u

#define LINE_FRAMES 32u
#define SEND_FRAMES 32u /* in one call: the line of who listens has room for them */
_Static_assert(SEND_FRAMES <= LINE_FRAMES, "a burst into an empty line loses nothing");

#define COST_HOP 100u /* instructions, about, beside the copying */

struct line_frame {
	u32 len;
	u8 bytes[FRAME_MAX];
};

struct net {
	struct vdev vdev; /* first */
	struct net_port port;
	struct line_frame *line; /* ring of LINE_FRAMES */
	u32 first, waiting;
	u32 received;
	u32 dropped;  /* for want of a buffer, or too long for the one there was */
	u32 bad_sent; /* not a frame we can send: length, or an offload that was not offered */
	struct vq_chain in, out;
	u8 frame[FRAME_MAX]; /* what is being sent */
};

static struct net *net_of(struct vdev *d)
{
	return container_of(d, struct net, vdev);
}

/* Put one frame into the guest's next buffer. False: it has none. */
static bool receive(struct net *n, const u8 *frame, u32 len)
{
	static const struct net_header header = {.num_buffers = 1};
	struct vqueue *q = &n->vdev.queue[QUEUE_RECEIVE];
	u32 used = (u32)sizeof(header) + len;

	if (!vq_pop(&n->vdev, q, &n->in))
		return false;
	if (n->in.in_len == 0) {
		vdev_break(&n->vdev, "receive buffer cannot be written");
		return false;
	}
	if (vq_write(&n->vdev, &n->in, 0, &header, sizeof(header)) &&
	    vq_write(&n->vdev, &n->in, sizeof(header), frame, len)) {
		n->received++;
	} else { /* too short: the driver gets it back empty */
		n->dropped++;
		used = 0;
	}
	vq_push(&n->vdev, q, &n->in, used);
	return true;
}

/* Move frames that waited into the guest; then say whether new buffers matter to us. True: there
 * are more of both. */
static bool drain_line(struct net *n)
{
	struct vqueue *q = &n->vdev.queue[QUEUE_RECEIVE];

	while (n->waiting && !bus_spent(n->vdev.bus) &&
	       receive(n, n->line[n->first].bytes, n->line[n->first].len)) {
		n->first = (n->first + 1) % LINE_FRAMES;
		n->waiting--;
	}
	vq_signal(&n->vdev, q);
	vq_quiet(&n->vdev, q, n->waiting == 0);
	return n->waiting && vq_waiting(&n->vdev, q);
}

static void net_deliver(struct net_port *p, const u8 *frame, u32 len)
{
	struct net *n = container_of(p, struct net, port);
	struct line_frame *f;

	if (!vdev_running(&n->vdev)) { /* nobody is listening */
		n->dropped++;
		return;
	}
	vdev_mark(&n->vdev, QUEUE_RECEIVE); /* a full line, too: there may be buffers now */
	if (n->waiting == LINE_FRAMES) {
		n->dropped++;
		return;
	}
	f = &n->line[(n->first + n->waiting) % LINE_FRAMES];
	memcpy(f->bytes, frame, len);
	f->len = len;
	n->waiting++;
}

static const struct net_port_ops port_ops = {.deliver = net_deliver};

/* The Internet checksum (RFC 1071): words as they lie in memory, so any byte order comes out right.
 * Two instructions a word, as it is paid for each frame. */
static u16 checksum(const u8 *p, u32 len)
{
	u32 sum = 0, carries = 0, word;

#pragma GCC unroll 8
	for (const u8 *end = p + (len & ~3u); p != end; p += sizeof(word)) {
		__builtin_memcpy(&word, p, sizeof(word));
		carries += __builtin_add_overflow(sum, word, &sum);
	}
	word = 0;
	memcpy(&word, p, len & 3u);
	sum = (sum & 0xffffu) + (sum >> 16) + (word & 0xffffu) + (word >> 16) + carries;
	sum = (sum & 0xffffu) + (sum >> 16);
	return (u16) ~(sum + (sum >> 16));
}

/* What the driver left to do (virtio 5.1.6.2): the sum from a place to the frame's end, that of
 * the pseudo header being there already. A zero means "none" to UDP, and is sent as its other
 * form. False: the places are not in the frame. */
static bool complete(struct net *n, const struct net_header *h, u32 len)
{
	u32 start = h->csum_start, at = start + h->csum_offset;
	u16 sum;

	if (start < FRAME_MIN || at + sizeof(sum) > len)
		return false;
	sum = checksum(n->frame + start, len - start);
	if (!sum)
		sum = 0xffff;
	memcpy(n->frame + at, &sum, sizeof(sum));
	return true;
}

/* Send the buffer in hand; a frame that breaks the rules is dropped and counted. */
static void transmit(struct net *n)
{
	u8 flags = n->vdev.accepted & FEATURE_CSUM ? HEADER_NEEDS_CSUM : 0;
	u32 len = n->out.out_len - (u32)sizeof(struct net_header);
	struct net_header h;

	if (n->out.out_len < sizeof(h) + FRAME_MIN || len > FRAME_MAX ||
	    !vq_read(&n->vdev, &n->out, 0, &h, sizeof(h)) || h.flags & ~flags || h.gso_type ||
	    !vq_read(&n->vdev, &n->out, sizeof(h), n->frame, len) ||
	    (h.flags && !complete(n, &h, len))) {
		n->bad_sent++;
		return;
	}
	bus_spend(n->vdev.bus, netswitch_send(&n->port, n->frame, len) * (COST_HOP + len / 4));
}

static bool net_service(struct vdev *d, u32 queue)
{
	struct net *n = net_of(d);
	struct vqueue *q = &d->queue[queue];

	if (queue == QUEUE_RECEIVE) {
		return drain_line(n);
	}
	for (u32 i = 0; i < SEND_FRAMES && !bus_spent(d->bus) && vq_pop(d, q, &n->out); i++) {
		transmit(n);
		vq_push(d, q, &n->out, 0);
	}
	vq_signal(d, q);
	return vq_waiting(d, q);
}

static void net_reset(struct vdev *d)
{
	net_of(d)->waiting = 0;
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
	struct line_frame *line;
	struct net *n;
	enum hv_status r;

	line = arena_alloc(b->arena, LINE_FRAMES * sizeof(*line));
	if (!line)
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
	memcpy(n->vdev.config, port.mac, MAC_BYTES);
	memcpy(n->vdev.config + 6, &status_up, sizeof(status_up));
	memcpy(n->vdev.config + 8, &pairs, sizeof(pairs));
	memcpy(n->vdev.config + 10, &mtu, sizeof(mtu));
	r = netswitch_attach(&n->port, network);
	if (r == HV_OK)
		vdev_plug(&n->vdev);
	return r;
}
