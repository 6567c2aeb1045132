/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c */
/* SOURCES: devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c */
/* SOURCES: devices/virtio/net.c devices/virtio/line.c devices/virtio/offload.c */
/* SOURCES: devices/netswitch.c tests/unit/fake_gmem.c tests/unit/mini_guest.c */
/* The switch with ports of our own, and virtio network devices of several guests on it. */
#include "devices/netswitch.h"
#include "tests/unit/mini_guest.h"

#include <string.h>

/* ---- The switch alone --------------------------------------------------------------------- */

struct probe {
	struct net_port port;
	u32 frames, last_len;
	u8 last[FRAME_MAX];
};

static void probe_deliver(struct net_port *p, const u8 *frame, u32 len)
{
	struct probe *o = container_of(p, struct probe, port);

	o->frames++;
	o->last_len = len;
	memcpy(o->last, frame, len);
}

static const struct net_port_ops probe_ops = {probe_deliver};
static struct probe p[4];

static void plug(struct probe *o, u8 mac, bool one_mac, const char *network)
{
	memset(o, 0, sizeof(*o));
	o->port.ops = &probe_ops;
	o->port.mac[0] = 2;
	o->port.mac[5] = mac;
	o->port.one_mac = one_mac;
	assert_int_equal(netswitch_attach(&o->port, network), HV_OK);
}

static int unplug_all(void **state)
{
	(void)state;
	for (u32 i = 0; i < 4; i++)
		netswitch_detach(&p[i].port);
	memset(p, 0, sizeof(p));
	return 0;
}

/* A frame to and from stations 02:00:00:00:00:nn; 0xff is broadcast. */
static u8 *frame(u8 to, u8 from)
{
	static u8 f[FRAME_MAX + 1];

	memset(f, 0, sizeof(f));
	if (to == 0xff)
		memset(f, 0xff, 6);
	else
		f[0] = 2, f[5] = to;
	f[6] = 2;
	f[11] = from;
	f[12] = 0x08;
	return f;
}

static void assert_frames(u32 a, u32 b, u32 c, u32 d)
{
	assert_int_equal(p[0].frames, a);
	assert_int_equal(p[1].frames, b);
	assert_int_equal(p[2].frames, c);
	assert_int_equal(p[3].frames, d);
}

static void flood_and_learn(void **state)
{
	(void)state;
	plug(&p[0], 1, false, "lan0");
	plug(&p[1], 2, false, "lan0");
	plug(&p[2], 3, false, "lan0");
	plug(&p[3], 1, false, "lan1"); /* another network, the same address */
	netswitch_send(&p[0].port, frame(0xff, 1), 60);
	assert_frames(0, 1, 1, 0);
	assert_int_equal(p[1].last_len, 60);
	netswitch_send(&p[0].port, frame(0x55, 1), 60); /* nobody knows it */
	assert_frames(0, 2, 2, 0);
	netswitch_send(&p[2].port, frame(1, 0x55), 60); /* there it is, behind port 2 */
	assert_frames(1, 2, 2, 0);
	netswitch_send(&p[0].port, frame(0x55, 1), 60);
	assert_frames(1, 2, 3, 0);
	netswitch_send(&p[2].port, frame(0x55, 3), 60); /* to the port it comes from */
	assert_frames(1, 2, 3, 0);
	netswitch_send(&p[1].port, frame(0xff, 0x55), 60); /* it moved */
	netswitch_send(&p[0].port, frame(0x55, 1), 60);
	assert_frames(2, 3, 4, 0);
	netswitch_send(&p[3].port, frame(0xff, 1), 60); /* alone over there */
	assert_frames(2, 3, 4, 0);
	/* What was learned goes with the port. */
	netswitch_detach(&p[1].port);
	netswitch_send(&p[0].port, frame(0x55, 1), 60);
	assert_frames(2, 3, 5, 0);
	netswitch_send(&p[1].port, frame(0xff, 2), 60);
	assert_frames(2, 3, 5, 0);
}

static void frames_refused(void **state)
{
	u8 *f;

	(void)state;
	plug(&p[0], 1, true, "lan0");
	plug(&p[1], 2, true, "lan0");
	netswitch_send(&p[0].port, frame(2, 1), 0);
	netswitch_send(&p[0].port, frame(2, 1), FRAME_MIN - 1);
	netswitch_send(&p[0].port, frame(2, 1), FRAME_MAX + 1);
	netswitch_send(&p[0].port, frame(2, 1), 0xffffffff);
	f = frame(2, 1);
	f[6] |= 1; /* no station has such a source */
	netswitch_send(&p[0].port, f, 60);
	assert_int_equal(p[0].port.refused, 5);
	netswitch_send(&p[0].port, frame(2, 2), 60);
	netswitch_send(&p[0].port, frame(2, 9), 60);
	assert_int_equal(p[0].port.spoofed, 2);
	assert_frames(0, 0, 0, 0);
	netswitch_send(&p[0].port, frame(2, 1), FRAME_MIN);
	netswitch_send(&p[0].port, frame(2, 1), FRAME_MAX);
	assert_int_equal(p[1].last_len, FRAME_MAX);
	assert_int_equal(p[0].port.sent, 2);
	assert_frames(0, 2, 0, 0);
}

static void attach_refused(void **state)
{
	struct net_port o = {.ops = &probe_ops, .mac = {2, 0, 0, 0, 0, 1}};
	static struct net_port many[40];
	char name[16] = "net??";
	u32 ok = 0;

	(void)state;
	plug(&p[0], 1, true, "lan0");
	assert_int_equal(netswitch_attach(&o, ""), HV_BADARG);
	assert_int_equal(netswitch_attach(&o, "sixteen-letters-"), HV_BADARG);
	assert_int_equal(netswitch_attach(&o, "lan0"), HV_BUSY);
	assert_null(o.network);
	netswitch_detach(&o);
	assert_int_equal(netswitch_attach(&o, "fifteen-letters"), HV_OK);
	netswitch_detach(&o);
	for (u32 i = 0; i < 40; i++) {
		name[3] = (char)('a' + i / 26);
		name[4] = (char)('a' + i % 26);
		many[i].ops = &probe_ops;
		ok += netswitch_attach(&many[i], name) == HV_OK;
	}
	assert_int_equal(ok, 31);
	assert_int_equal(netswitch_attach(&o, "one-more"), HV_NOMEM);
	for (u32 i = 0; i < 40; i++)
		netswitch_detach(&many[i]);
	assert_int_equal(netswitch_attach(&o, "one-more"), HV_OK);
	netswitch_detach(&o);
}

/* Many stations behind one port: the table forgets, frames do not get lost. */
static void many_stations(void **state)
{
	(void)state;
	plug(&p[0], 1, false, "lan0");
	plug(&p[1], 2, false, "lan0");
	for (u32 i = 3; i < 255; i++)
		netswitch_send(&p[0].port, frame(0xff, (u8)i), 60);
	p[0].frames = 0;
	for (u32 i = 3; i < 255; i++)
		netswitch_send(&p[1].port, frame((u8)i, 2), 60);
	assert_int_equal(p[0].frames, 252);
}

/* ---- Guests ------------------------------------------------------------------------------- */

#define DEV    1u
#define BROKEN 0x40u
#define DATA   0x10000u /* receive buffers, 2 KiB each */
#define SEND   0x30000u /* what is sent */
#define HEADER 12u

struct station {
	struct mini g;
	struct mqueue q[2];
	u16 next_rx;
};

static struct station a, b;

static void station_start(struct station *s, const char *name, u8 mac)
{
	const u8 address[6] = {2, 0, 0, 0, 0, mac};

	mini_init(&s->g, name);
	assert_int_equal(bus_add_net(s->g.bus, "lan0", address), HV_OK);
	mini_open(&s->g, DEV, 0x20, 0, 2, s->q);
	s->next_rx = 0;
}

static int setup(void **state)
{
	(void)state;
	station_start(&a, "a", 1);
	station_start(&b, "b", 2);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mini_free(&a.g);
	mini_free(&b.g);
	return unplug_all(state);
}

/* Put n receive buffers into the ring, header and data in pieces of their own as Linux has them. */
static void add_buffers(struct station *s, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		u16 d = (u16)(s->next_rx++ % 64 * 2);

		mdesc_set(&s->q[0], d, DATA + d * 1024u, HEADER, D_WRITE | D_NEXT, (u16)(d + 1));
		mdesc_set(&s->q[0], d + 1u, DATA + d * 1024u + HEADER, 1518, D_WRITE, 0);
		mqueue_offer(&s->q[0], d);
	}
}

static void give_buffers(struct station *s, u32 n)
{
	add_buffers(s, n);
	mqueue_kick(&s->q[0]);
}

/* Send a frame; `mark` is its last byte. */
static void send_frame(struct station *s, const u8 *f, u32 len, u8 mark)
{
	static const u8 header[HEADER];
	u32 id, used;

	ram_put(&s->g, SEND, header, HEADER);
	ram_put(&s->g, SEND + HEADER, f, len);
	ram_put(&s->g, SEND + HEADER + len - 1, &mark, 1);
	mdesc_set(&s->q[1], 0, SEND, HEADER, D_NEXT, 1);
	mdesc_set(&s->q[1], 1, SEND + HEADER, len, 0, 0);
	mqueue_offer(&s->q[1], 0);
	mqueue_kick(&s->q[1]);
	assert_true(mqueue_used(&s->q[1], &id, &used));
	assert_int_equal(id, 0);
	assert_int_equal(used, 0);
}

static void expect_frame(struct station *s, u32 len, u8 mark)
{
	static const u8 header[HEADER] = {[10] = 1};
	u8 got[HEADER], last;
	u32 id, used;

	assert_true(mqueue_used(&s->q[0], &id, &used));
	assert_int_equal(used, HEADER + len);
	ram_get(&s->g, DATA + id * 1024u, got, HEADER);
	assert_memory_equal(got, header, HEADER);
	ram_get(&s->g, DATA + id * 1024u + HEADER + len - 1, &last, 1);
	assert_int_equal(last, mark);
}

static void expect_no_frame(struct station *s)
{
	u32 id, used;

	assert_false(mqueue_used(&s->q[0], &id, &used));
}

static void address(void **state)
{
	(void)state;
	assert_int_equal(reg_in(&a.g, DEV, R_CONFIG, 4), 0x00000002);
	assert_int_equal(reg_in(&a.g, DEV, R_CONFIG + 5, 1), 1);
	assert_int_equal(reg_in(&b.g, DEV, R_CONFIG + 4, 2), 0x0200);
	assert_int_equal(reg_in(&b.g, DEV, R_CONFIG + 6, 2), 1);
}

static void ping_pong(void **state)
{
	(void)state;
	for (u32 i = 0; i < 1000; i++) {
		give_buffers(&a, 1);
		give_buffers(&b, 1);
		send_frame(&a, frame(2, 1), 60 + i, (u8)i);
		expect_frame(&b, 60 + i, (u8)i);
		send_frame(&b, frame(1, 2), 60, (u8)~i);
		expect_frame(&a, 60, (u8)~i);
		assert_int_equal(b.g.irqs[DEV], 2 * i + 2);
	}
	expect_no_frame(&a);
	expect_no_frame(&b);
	/* Buffers of a receiver that waits for nothing are no news. */
	assert_int_equal(mqueue_used_flags(&a.q[0]), 1);
}

/* N-94: frames wait in line while there is no buffer, then they are dropped. */
static void slow_receiver(void **state)
{
	static struct station c;

	(void)state;
	station_start(&c, "c", 3);
	give_buffers(&c, 50);
	for (u32 i = 0; i < 50; i++)
		send_frame(&a, frame(0xff, 1), 60, (u8)i);
	for (u32 i = 0; i < 50; i++)
		expect_frame(&c, 60, (u8)i); /* the other one lost nothing */
	expect_no_frame(&b);
	assert_int_equal(b.g.irqs[DEV], 0);
	assert_int_equal(mqueue_used_flags(&b.q[0]), 0); /* now a buffer is news */
	give_buffers(&b, 2);
	expect_frame(&b, 60, 0);
	expect_frame(&b, 60, 1);
	expect_no_frame(&b);
	/* In order, also with a fresh frame behind. */
	send_frame(&a, frame(2, 1), 60, 100);
	give_buffers(&b, 40);
	for (u32 i = 2; i < 32; i++)
		expect_frame(&b, 60, (u8)i);
	expect_frame(&b, 60, 100);
	expect_no_frame(&b);
	for (u32 i = 101; i < 110; i++) {
		assert_int_equal(mqueue_used_flags(&b.q[0]), 1);
		send_frame(&a, frame(2, 1), 60, (u8)i);
	}
	send_frame(&a, frame(2, 1), 60, 110); /* the first one that must wait */
	assert_int_equal(mqueue_used_flags(&b.q[0]), 0);
	for (u32 i = 101; i < 110; i++)
		expect_frame(&b, 60, (u8)i);
	expect_no_frame(&b);
	/* Buffers the driver did not tell of are found with the next frame, the line full or not:
	 * then this frame itself is lost. */
	for (u32 filled = 31; filled <= 32; filled++) {
		reg_out(&b.g, DEV, R_STATUS, 1, 0);
		mini_open(&b.g, DEV, 0, 0, 2, b.q);
		b.next_rx = 0;
		for (u32 i = 0; i < filled; i++)
			send_frame(&a, frame(2, 1), 60, (u8)i);
		add_buffers(&b, 40);
		send_frame(&a, frame(2, 1), 60, (u8)filled);
		for (u32 i = 0; i < 32; i++)
			expect_frame(&b, 60, (u8)i);
		expect_no_frame(&b);
	}
	mini_free(&c.g);
}

static void receiver_not_ready(void **state)
{
	(void)state;
	reg_out(&b.g, DEV, R_STATUS, 1, 0);
	for (u32 i = 0; i < 40; i++)
		send_frame(&a, frame(2, 1), 60, (u8)i);
	mini_open(&b.g, DEV, 0, 0, 2, b.q);
	b.next_rx = 0;
	give_buffers(&b, 4);
	expect_no_frame(&b);
	/* What waited in line is forgotten by a reset too. */
	for (u32 i = 0; i < 10; i++)
		send_frame(&a, frame(2, 1), 60, (u8)i);
	for (u32 i = 0; i < 4; i++)
		expect_frame(&b, 60, (u8)i);
	reg_out(&b.g, DEV, R_STATUS, 1, 0);
	mini_open(&b.g, DEV, 0, 0, 2, b.q);
	b.next_rx = 0;
	give_buffers(&b, 4);
	expect_no_frame(&b);
	/* A guest that is gone is no port any more. */
	bus_detach(b.g.bus);
	send_frame(&a, frame(2, 1), 60, 1);
}

/* N-94: nothing of this reaches the other side; the sender gets its buffers back. */
static void bad_frames_sent(void **state)
{
	static const u8 zero[HEADER];
	u32 id, used;

	(void)state;
	give_buffers(&b, 8);
	ram_put(&a.g, SEND, zero, HEADER);
	ram_put(&a.g, SEND + HEADER, frame(2, 1), FRAME_MAX);
	for (u32 i = 0; i < 8; i++) {
		static const u32 len[8] = {0,		1,
					   HEADER - 1,	HEADER,
					   HEADER + 13, HEADER + FRAME_MAX + 1,
					   65536,	MINI_RAM - SEND};

		mdesc_set(&a.q[1], i, SEND, len[i], 0, 0);
		mqueue_offer(&a.q[1], (u16)i);
	}
	mdesc_set(&a.q[1], 8, SEND, 100, D_WRITE, 0); /* nothing to read */
	mqueue_offer(&a.q[1], 8);
	mqueue_kick(&a.q[1]);
	for (u32 i = 0; i < 9; i++) {
		assert_true(mqueue_used(&a.q[1], &id, &used));
		assert_int_equal(id, i);
	}
	/* Offloads that were not accepted. */
	for (u32 i = 0; i < 2; i++) {
		ram_put(&a.g, SEND + i, &(u8){1}, 1);
		mdesc_set(&a.q[1], 0, SEND, HEADER + 60, 0, 0);
		mqueue_offer(&a.q[1], 0);
		mqueue_kick(&a.q[1]);
		assert_true(mqueue_used(&a.q[1], &id, &used));
		ram_put(&a.g, SEND, zero, HEADER);
	}
	send_frame(&a, frame(2, 7), 60, 1); /* spoofed */
	expect_no_frame(&b);
	assert_int_equal(reg_in(&a.g, DEV, R_STATUS, 1), 0xf);
	send_frame(&a, frame(2, 1), FRAME_MAX, 9);
	expect_frame(&b, FRAME_MAX, 9);
}

/* ---- Checksums left to the device --------------------------------------------------------- */

#define FEATURE_CSUM 0x1u
#define FEATURE_MAC  0x20u

static void reopen_with_checksums(struct station *s)
{
	reg_out(&s->g, DEV, R_STATUS, 1, 0);
	mini_open(&s->g, DEV, FEATURE_CSUM | FEATURE_MAC, 0, 2, s->q);
	s->next_rx = 0;
}

/* RFC 1071 as it is written: 16 bits at a time, most significant byte first. */
static u16 reference_checksum(const u8 *bytes, u32 len)
{
	u32 sum = 0;

	for (u32 i = 0; i < len; i++)
		sum += i & 1 ? bytes[i] : (u32)bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)~sum;
}

/* Send f with that header, in two pieces; true: it arrived, and is in `got`. */
static bool send_with(const u8 header[HEADER], const u8 *f, u32 len, u8 *got)
{
	u32 id, used, cut = HEADER + len / 3;

	give_buffers(&b, 1);
	ram_put(&a.g, SEND, header, HEADER);
	ram_put(&a.g, SEND + HEADER, f, len);
	mdesc_set(&a.q[1], 0, SEND, cut, D_NEXT, 1);
	mdesc_set(&a.q[1], 1, SEND + cut, HEADER + len - cut, 0, 0);
	mqueue_offer(&a.q[1], 0);
	mqueue_kick(&a.q[1]);
	assert_true(mqueue_used(&a.q[1], &id, &used));
	if (!mqueue_used(&b.q[0], &id, &used)) {
		send_frame(&a, frame(2, 1), 60,
			   9); /* it is lost alone, and the buffer is still there */
		expect_frame(&b, 60, 9);
		return false;
	}
	assert_int_equal(used, HEADER + len);
	ram_get(&b.g, DATA + id * 1024u + HEADER, got, len);
	return true;
}

static void checksums(void **state)
{
	u8 f[FRAME_MAX], got[FRAME_MAX];
	u32 sent = 0, seed = 1;

	(void)state;
	reopen_with_checksums(&a);
	for (u32 round = 0; round < 4000; round++) {
		u32 len, start, offset;
		u16 sum;

		seed = seed * 1664525u + 1013904223u;
		len = 20 + (seed >> 8) % (FRAME_MAX - 20 + 1);
		seed = seed * 1664525u + 1013904223u;
		start = (seed >> 8) % (round % 4 ? 60 : 0x10000);
		seed = seed * 1664525u + 1013904223u;
		offset = (seed >> 8) % (round % 8 ? 20 : 0x10000);
		memcpy(f, frame(2, 1), sizeof(f));
		for (u32 i = 14; i < len; i++)
			f[i] = (u8)(seed >> (i % 3 * 8) ^ i * i);
		if (round % 5 == 0)
			memset(f + 14, round % 10 ? 0xff : 0, len - 14);
		u8 header[HEADER] = {1,		 0,
				     0,		 0,
				     0,		 0,
				     (u8)start,	 (u8)(start >> 8),
				     (u8)offset, (u8)(offset >> 8)};

		if (start < FRAME_MIN || start + offset + 2 > len) {
			assert_false(send_with(header, f, len, got));
			continue;
		}
		assert_true(send_with(header, f, len, got));
		sum = reference_checksum(f + start, len - start);
		if (!sum)
			sum = 0xffff;
		f[start + offset] = (u8)(sum >> 8);
		f[start + offset + 1] = (u8)sum;
		assert_memory_equal(got, f, len);
		sent++;
	}
	assert_true(sent > 500);
	assert_int_equal(reg_in(&a.g, DEV, R_STATUS, 1), 0xf);
}

/* Each number at its border, and what else the header might ask for. */
static void bad_checksums(void **state)
{
	static const struct {
		u8 flags, gso;
		u16 start, offset;
		bool good;
	} row[] = {
		{1, 0, 14, 0, true},	  {1, 0, 13, 0, false},	     {1, 0, 0, 50, false},
		{1, 0, 34, 24, true},	  {1, 0, 34, 25, false},     {1, 0, 58, 0, true},
		{1, 0, 59, 0, false},	  {1, 0, 60, 0, false},	     {1, 0, 61, 0, false},
		{1, 0, 0xffff, 0, false}, {1, 0, 34, 0xffff, false}, {1, 0, 0xffff, 0xffff, false},
		{0, 0, 0xffff, 7, true},  {2, 0, 34, 16, false},     {3, 0, 34, 16, false},
		{0x81, 0, 34, 16, false}, {1, 1, 34, 16, false},     {0, 1, 0, 0, false},
		{0, 0x80, 0, 0, false},
	};
	u8 got[FRAME_MAX];

	(void)state;
	reopen_with_checksums(&a);
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		u8 header[HEADER] = {[0] = row[i].flags, [1] = row[i].gso};

		memcpy(header + 6, &row[i].start, 2);
		memcpy(header + 8, &row[i].offset, 2);
		assert_int_equal(send_with(header, frame(2, 1), 60, got), row[i].good);
	}
	assert_int_equal(reg_in(&a.g, DEV, R_STATUS, 1), 0xf);
}

static void sending_is_bounded(void **state)
{
	u32 id, used, seen = 0;

	(void)state;
	ram_put(&a.g, SEND + HEADER, frame(2, 1), 60);
	for (u16 i = 0; i < 200; i++) {
		mdesc_set(&a.q[1], i, SEND, HEADER + 60, 0, 0);
		mqueue_offer(&a.q[1], i);
	}
	mqueue_kick(&a.q[1]);
	while (mqueue_used(&a.q[1], &id, &used))
		seen++;
	assert_int_equal(seen, 32);
	while (bus_poll(a.g.bus))
		;
	while (mqueue_used(&a.q[1], &id, &used))
		seen++;
	assert_int_equal(seen, 200);
}

static void short_and_bad_buffers(void **state)
{
	u32 id, used;

	(void)state;
	/* Too short for the frame: comes back empty, the frame is lost, the next one is not. */
	mdesc_set(&b.q[0], 0, DATA, HEADER + 59, D_WRITE, 0);
	mdesc_set(&b.q[0], 1, DATA, 5, D_WRITE, 0);
	mdesc_set(&b.q[0], 2, DATA + 2048, HEADER + 60, D_WRITE, 0);
	for (u16 i = 0; i < 3; i++)
		mqueue_offer(&b.q[0], i);
	for (u32 i = 0; i < 3; i++)
		send_frame(&a, frame(2, 1), 60, (u8)i);
	assert_true(mqueue_used(&b.q[0], &id, &used));
	assert_int_equal(used, 0);
	assert_true(mqueue_used(&b.q[0], &id, &used));
	assert_int_equal(used, 0);
	expect_frame(&b, 60, 2);
	/* Not writable: the receiver's device stops, the sender's does not. */
	mdesc_set(&b.q[0], 3, DATA, 2000, 0, 0);
	mqueue_offer(&b.q[0], 3);
	send_frame(&a, frame(2, 1), 60, 1);
	assert_int_equal(reg_in(&b.g, DEV, R_STATUS, 1), 0xf | BROKEN);
	assert_int_equal(reg_in(&a.g, DEV, R_STATUS, 1), 0xf);
	send_frame(&a, frame(2, 1), 60, 1);
}

/* A card of the machine would be a port like this one: any source address, and it hears what
 * goes to stations nobody knows. */
static void uplink(void **state)
{
	(void)state;
	plug(&p[0], 9, false, "lan0");
	give_buffers(&a, 4);
	netswitch_send(&p[0].port, frame(1, 0x77), 60);
	mini_work();
	expect_frame(&a, 60, 0);
	send_frame(&a, frame(0x77, 1), 60, 3);
	assert_int_equal(p[0].frames, 1);
	assert_int_equal(p[0].last[59], 3);
	send_frame(&a, frame(2, 1), 60, 4); /* between guests */
	assert_int_equal(p[0].frames, 1);
}

static void made_up_address(void **state)
{
	u8 mac[3][6];

	(void)state;
	assert_int_equal(bus_add_net(a.g.bus, "lan0", NULL), HV_OK);
	assert_int_equal(bus_add_net(a.g.bus, "lan0", NULL), HV_OK);
	assert_int_equal(bus_add_net(b.g.bus, "lan0", NULL), HV_OK);
	for (u32 i = 0; i < 6; i++) {
		mac[0][i] = (u8)reg_in(&a.g, 2, R_CONFIG + i, 1);
		mac[1][i] = (u8)reg_in(&a.g, 3, R_CONFIG + i, 1);
		mac[2][i] = (u8)reg_in(&b.g, 2, R_CONFIG + i, 1);
	}
	for (u32 i = 0; i < 3; i++) {
		assert_int_equal(mac[i][0], 2);
		assert_memory_not_equal(mac[i], mac[(i + 1) % 3], 6);
	}
}

static void attach_failures(void **state)
{
	static const u8 mac[6] = {2, 0, 0, 0, 0, 2};
	u32 before = cfg_in(&a.g, 2, 0, 4);

	(void)state;
	assert_int_equal(before, 0xffffffff);
	assert_int_equal(bus_add_net(a.g.bus, "lan0", mac), HV_BUSY);
	assert_int_equal(bus_add_net(a.g.bus, "a-network-name-too-long", mac), HV_BADARG);
	for (u32 i = 1; i <= 2; i++) {
		fake_arena_fail = i;
		assert_int_equal(bus_add_net(a.g.bus, "lan9", mac), HV_NOMEM);
	}
	assert_int_equal(cfg_in(&a.g, 2, 0, 4), 0xffffffff);
	assert_int_equal(bus_add_net(a.g.bus, "lan9", mac), HV_OK);
	assert_int_equal(cfg_in(&a.g, 2, 0, 4), 0x10411af4);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define S(name) cmocka_unit_test_setup_teardown(name, NULL, unplug_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		S(flood_and_learn),
		S(frames_refused),
		S(attach_refused),
		S(many_stations),
		T(address),
		T(ping_pong),
		T(slow_receiver),
		T(receiver_not_ready),
		T(bad_frames_sent),
		T(checksums),
		T(bad_checksums),
		T(sending_is_bounded),
		T(short_and_bad_buffers),
		T(uplink),
		T(made_up_address),
		T(attach_failures),
	};

	return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
