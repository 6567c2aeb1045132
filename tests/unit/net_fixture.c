/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See net_fixture.h. */
#include "tests/unit/net_fixture.h"

#include <string.h>

static void probe_deliver(struct net_port *p, const u8 *frame, u32 len)
{
	struct probe *o = container_of(p, struct probe, port);

	o->frames++;
	o->last_len = len;
	memcpy(o->last, frame, len);
}

const struct net_port_ops probe_ops = {probe_deliver};
struct probe p[4];

void plug(struct probe *o, u8 mac, bool one_mac, const char *network)
{
	memset(o, 0, sizeof(*o));
	o->port.ops = &probe_ops;
	o->port.mac[0] = 2;
	o->port.mac[5] = mac;
	o->port.one_mac = one_mac;
	assert_int_equal(netswitch_attach(&o->port, network), HV_OK);
}

int unplug_all(void **state)
{
	(void)state;
	for (u32 i = 0; i < 4; i++)
		netswitch_detach(&p[i].port);
	memset(p, 0, sizeof(p));
	return 0;
}

u8 *frame(u8 to, u8 from)
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

void assert_frames(u32 a, u32 b, u32 c, u32 d)
{
	assert_int_equal(p[0].frames, a);
	assert_int_equal(p[1].frames, b);
	assert_int_equal(p[2].frames, c);
	assert_int_equal(p[3].frames, d);
}

struct station a, b;

void station_start(struct station *s, const char *name, u8 mac)
{
	const u8 address[6] = {2, 0, 0, 0, 0, mac};

	mini_init(&s->g, name);
	assert_int_equal(bus_add_net(s->g.bus, "lan0", address), HV_OK);
	mini_open(&s->g, DEV, 0x20, 0, 2, s->q);
	s->next_rx = 0;
}

int stations_setup(void **state)
{
	(void)state;
	station_start(&a, "a", 1);
	station_start(&b, "b", 2);
	return 0;
}

int stations_teardown(void **state)
{
	(void)state;
	mini_free(&a.g);
	mini_free(&b.g);
	return unplug_all(state);
}

void add_buffers(struct station *s, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		u16 d = (u16)(s->next_rx++ % 64 * 2);

		mdesc_set(&s->q[0], d, DATA + d * 1024u, HEADER, D_WRITE | D_NEXT, (u16)(d + 1));
		mdesc_set(&s->q[0], d + 1u, DATA + d * 1024u + HEADER, 1518, D_WRITE, 0);
		mqueue_offer(&s->q[0], d);
	}
}

void give_buffers(struct station *s, u32 n)
{
	add_buffers(s, n);
	mqueue_kick(&s->q[0]);
}

void send_frame(struct station *s, const u8 *f, u32 len, u8 mark)
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

void expect_frame(struct station *s, u32 len, u8 mark)
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

void expect_no_frame(struct station *s)
{
	u32 id, used;

	assert_false(mqueue_used(&s->q[0], &id, &used));
}
