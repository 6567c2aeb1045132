/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See whole_fixture.h. */
#include "tests/unit/whole_fixture.h"

#include <string.h>

struct station a, b, c;

void open_again(struct station *s, u32 features)
{
	reg_out(&s->g, DEV, R_STATUS, 1, 0);
	mini_open(&s->g, DEV, features, 0, 2, s->q);
	s->next_rx = 0;
}

void station_start(struct station *s, const char *name, u8 mac, u32 pages, bool wholes,
		   u32 features)
{
	const u8 address[6] = {2, 0, 0, 0, 0, mac};

	mini_init_pages(&s->g, name, pages);
	/* By its memory the device is told what to offer. */
	s->g.guest.mem.ram_pages = wholes ? WHOLES_PAGES : MINI_RAM_PAGES;
	assert_int_equal(bus_add_net(s->g.bus, "lan0", address), HV_OK);
	s->g.guest.mem.ram_pages = pages;
	open_again(s, features);
	s->mac = mac;
}

int whole_setup(void **state)
{
	(void)state;
	station_start(&a, "a", 1, WHOLES_PAGES, true, ALL);
	station_start(&b, "b", 2, WHOLES_PAGES, true, ALL);
	station_start(&c, "c", 3, MINI_RAM_PAGES, false, MAC);
	return 0;
}

int whole_teardown(void **state)
{
	(void)state;
	mini_free(&a.g);
	mini_free(&b.g);
	mini_free(&c.g);
	return 0;
}

void give_buffers(struct station *s, u32 n, u32 bytes)
{
	for (u32 i = 0; i < n; i++) {
		u16 d = s->next_rx++ % 256;

		mdesc_set(&s->q[0], d, DATA + d % 32 * STRIDE, bytes, D_WRITE, 0);
		mqueue_offer(&s->q[0], d);
	}
	mqueue_kick(&s->q[0]);
}

u8 sent[HEADER + FRAME_WHOLE + 100];

void put16(u8 *p, u32 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
}

static u32 get16(const u8 *p)
{
	return (u32)p[0] << 8 | p[1];
}

static u32 get32(const u8 *p)
{
	return get16(p) << 16 | get16(p + 2);
}

void host16(u8 *p, u32 v)
{
	u16 word = (u16)v;

	memcpy(p, &word, 2);
}

static u32 ip_place(const struct shape *s)
{
	return 14 + s->tag;
}

u32 tcp_place(const struct shape *s)
{
	return ip_place(s) + 20 + s->ip_options;
}

u32 data_place(const struct shape *s)
{
	return tcp_place(s) + 20 + s->tcp_options;
}

u32 make_frame(const struct shape *s, u8 to, u8 from)
{
	u32 ip = ip_place(s), tcp = tcp_place(s), data = data_place(s), len = data + s->data;
	u8 *f = sent + HEADER;

	memset(sent, 0, sizeof(sent));
	sent[0] = 1;
	sent[1] = 1;
	host16(sent + 2, data);
	host16(sent + 4, s->mss);
	host16(sent + 6, tcp);
	host16(sent + 8, 16);
	f[0] = f[6] = 2;
	f[5] = to;
	f[11] = from;
	put16(f + 12, s->tag ? 0x8100 : 0x0800);
	put16(f + ip - 2, 0x0800);
	f[ip] = (u8)(0x40 | (5 + s->ip_options / 4));
	put16(f + ip + 2, len - ip);
	put16(f + ip + 4, 0xfffe);
	put16(f + ip + 6, 0x4000);
	f[ip + 8] = 64;
	f[ip + 9] = 6;
	memcpy(f + ip + 12, (u8[]){10, 0, 0, from, 10, 0, 0, to}, 8);
	put16(f + tcp, 80);
	put16(f + tcp + 2, 40000);
	put16(f + tcp + 4, 0xffff);
	put16(f + tcp + 6, 0xf000);
	put16(f + tcp + 8, 0x1234);
	f[tcp + 12] = (u8)((5 + s->tcp_options / 4) << 4);
	f[tcp + 13] = FLAGS;
	put16(f + tcp + 14, 500);
	for (u32 i = 0; i < s->data; i++)
		f[data + i] = (u8)(i * 7 ^ i >> 8);
	return len;
}

void hand_over(struct station *s, u32 len)
{
	u32 total = HEADER + len, n = 0;

	ram_put(&s->g, SEND, sent, total);
	for (u32 at = 0; at < total; at += STRIDE, n++) {
		u32 part = MIN(total - at, STRIDE);

		mdesc_set(&s->q[1], n, SEND + at, part, at + part < total ? D_NEXT : 0,
			  (u16)(n + 1));
	}
	mqueue_offer(&s->q[1], 0);
	mqueue_kick(&s->q[1]);
}

void work_off(void)
{
	for (u32 i = 0; i < 3; i++)
		while (bus_poll(a.g.bus) || bus_poll(b.g.bus) || bus_poll(c.g.bus))
			;
}

void expect_given_back(struct station *s)
{
	u32 id, used;

	assert_true(mqueue_used(&s->q[1], &id, &used));
	assert_int_equal(id, 0);
	assert_int_equal(used, 0);
	assert_false(mqueue_used(&s->q[1], &id, &used));
	assert_int_equal(reg_in(&s->g, DEV, R_STATUS, 1), 0xf);
}

u8 got[HEADER + FRAME_WHOLE];

u32 take_frame(struct station *s, u32 *buffers)
{
	u32 id, used, total = 0;
	u16 n = 1;

	for (u32 i = 0; i < n; i++) {
		if (!mqueue_used(&s->q[0], &id, &used)) {
			assert_int_equal(i, 0);
			return 0;
		}
		assert_true(total + used <= sizeof(got));
		ram_get(&s->g, DATA + id % 32 * STRIDE, got + total, used);
		total += used;
		if (i == 0)
			memcpy(&n, got + 10, 2);
	}
	*buffers = n;
	return total - HEADER;
}

static u32 sum_of(u32 sum, const u8 *p, u32 len)
{
	for (u32 i = 0; i < len; i++)
		sum += i & 1 ? p[i] : (u32)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

void check_piece(const struct shape *s, u32 n, const u8 *f, u32 len)
{
	u32 ip = ip_place(s), tcp = tcp_place(s), data = data_place(s), from = n * s->mss;
	u32 bytes = MIN(s->mss, s->data - from);
	const u8 *o = sent + HEADER;
	u8 pseudo[12], flags = FLAGS;

	assert_int_equal(len, data + bytes);
	assert_memory_equal(f, o, ip + 2);
	assert_int_equal(get16(f + ip + 2), len - ip);
	assert_int_equal(get16(f + ip + 4), (0xfffe + n) & 0xffff);
	assert_memory_equal(f + ip + 6, o + ip + 6, 4);
	assert_memory_equal(f + ip + 12, o + ip + 12, tcp - ip - 12);
	assert_int_equal(sum_of(0, f + ip, tcp - ip), 0xffff);
	assert_memory_equal(f + tcp, o + tcp, 4);
	assert_int_equal(get32(f + tcp + 4), 0xfffff000u + from);
	assert_memory_equal(f + tcp + 8, o + tcp + 8, 5);
	if (n)
		flags &= 0x7f;
	if (from + bytes < s->data)
		flags &= (u8)~0x09;
	assert_int_equal(f[tcp + 13], flags);
	assert_memory_equal(f + tcp + 14, o + tcp + 14, 2);
	assert_memory_equal(f + tcp + 18, o + tcp + 18, data - tcp - 18);
	assert_memory_equal(f + data, o + data + from, bytes);
	memcpy(pseudo, f + ip + 12, 8);
	put16(pseudo + 8, 6);
	put16(pseudo + 10, len - tcp);
	assert_int_equal(sum_of(sum_of(0, pseudo, 12), f + tcp, len - tcp), 0xffff);
}

const struct shape shapes[SHAPES] = {
	{0, 0, 12, 20000, 1448},  {0, 0, 0, 65495, 1460},   {4, 0, 12, 65000, 1448},
	{0, 40, 40, 30000, 1300}, {0, 0, 0, 1, 1460},	    {0, 4, 4, 1456, 1456},
	{0, 0, 0, 1461, 1460},	  {4, 40, 40, 65415, 1380}, {0, 0, 12, 700, 1},
	{0, 0, 12, 64, 2},
};
