/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c */
/* SOURCES: devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c */
/* SOURCES: devices/virtio/net.c devices/virtio/line.c devices/virtio/offload.c */
/* SOURCES: devices/netswitch.c tests/unit/fake_gmem.c tests/unit/mini_guest.c */
/* TCP data that drivers hand over as one long frame: passed on as it is, cut, refused; buffers that
 * are merged for it; the line of frames that wait. */
#include "devices/netswitch.h"
#include "devices/virtio/line.h"
#include "tests/unit/mini_guest.h"

#include <string.h>

#define DEV    1u
#define DATA   0x20000u /* receive buffers, STRIDE each */
#define STRIDE 0x1000u
#define SEND   0x200000u
#define HEADER 12u
#define BROKEN 0x40u

#define CSUM	   0x0001u
#define GUEST_CSUM 0x0002u
#define MAC	   0x0020u
#define GUEST_TSO4 0x0080u
#define HOST_TSO4  0x0800u
#define MRG_RXBUF  0x8000u
#define ALL	   (CSUM | GUEST_CSUM | MAC | GUEST_TSO4 | HOST_TSO4 | MRG_RXBUF)

struct station {
	struct mini g;
	struct mqueue q[2];
	u16 next_rx;
	u8 mac;
};

static struct station a, b, c;

static void open_again(struct station *s, u32 features)
{
	reg_out(&s->g, DEV, R_STATUS, 1, 0);
	mini_open(&s->g, DEV, features, 0, 2, s->q);
	s->next_rx = 0;
}

static void start(struct station *s, const char *name, u8 mac, u32 pages, u32 features)
{
	const u8 address[6] = {2, 0, 0, 0, 0, mac};

	mini_init_pages(&s->g, name, pages);
	assert_int_equal(bus_add_net(s->g.bus, "lan0", address), HV_OK);
	open_again(s, features);
	s->mac = mac;
}

static int setup(void **state)
{
	(void)state;
	start(&a, "a", 1, 4096, ALL);
	start(&b, "b", 2, 4096, ALL);
	start(&c, "c", 3, MINI_RAM_PAGES, MAC);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mini_free(&a.g);
	mini_free(&b.g);
	mini_free(&c.g);
	return 0;
}

/* n receive buffers of so many bytes. */
static void give(struct station *s, u32 n, u32 bytes)
{
	for (u32 i = 0; i < n; i++) {
		u16 d = s->next_rx++ % 256;

		mdesc_set(&s->q[0], d, DATA + d % 32 * STRIDE, bytes, D_WRITE, 0);
		mqueue_offer(&s->q[0], d);
	}
	mqueue_kick(&s->q[0]);
}

/* ---- A long frame, and what must come of it ----------------------------------------------- */

static u8 sent[HEADER + FRAME_WHOLE + 100]; /* with its header */

static void put16(u8 *p, u32 v)
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

static void host16(u8 *p, u32 v)
{
	u16 word = (u16)v;

	memcpy(p, &word, 2);
}

struct shape {
	u32 tag, ip_options, tcp_options, data, mss; /* bytes */
};

static u32 ip_place(const struct shape *s)
{
	return 14 + s->tag;
}

static u32 tcp_place(const struct shape *s)
{
	return ip_place(s) + 20 + s->ip_options;
}

static u32 data_place(const struct shape *s)
{
	return tcp_place(s) + 20 + s->tcp_options;
}

#define FLAGS 0x99u /* CWR, ACK, PSH, FIN */

/* The frame as Linux would hand it over; the sum of the pseudo header is not looked at. */
static u32 make(const struct shape *s, u8 to, u8 from)
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

/* Hand over what is in `sent`, in pieces of a page. */
static void hand_over(struct station *s, u32 len)
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

static void work_off(void)
{
	for (u32 i = 0; i < 3; i++)
		while (bus_poll(a.g.bus) || bus_poll(b.g.bus) || bus_poll(c.g.bus))
			;
}

static void expect_given_back(struct station *s)
{
	u32 id, used;

	assert_true(mqueue_used(&s->q[1], &id, &used));
	assert_int_equal(id, 0);
	assert_int_equal(used, 0);
	assert_false(mqueue_used(&s->q[1], &id, &used));
	assert_int_equal(reg_in(&s->g, DEV, R_STATUS, 1), 0xf);
}

static u8 got[HEADER + FRAME_WHOLE];

/* The next frame, out of as many buffers as its header says. Its length; 0: there is none. */
static u32 take(struct station *s, u32 *buffers)
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

/* A piece of `sent` as RFC 791 and 793 want it; the data from byte `from` on. */
static void check_piece(const struct shape *s, u32 n, const u8 *f, u32 len)
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

static const struct shape shapes[] = {
	{0, 0, 12, 20000, 1448},  {0, 0, 0, 65495, 1460},   {4, 0, 12, 65000, 1448},
	{0, 40, 40, 30000, 1300}, {0, 0, 0, 1, 1460},	    {0, 4, 4, 1456, 1456},
	{0, 0, 0, 1461, 1460},	  {4, 40, 40, 65415, 1380}, {0, 0, 12, 700, 1},
	{0, 0, 12, 64, 2},
};

/* ---- Tests -------------------------------------------------------------------------------- */

static void offered(void **state)
{
	(void)state;
	reg_out(&a.g, DEV, R_OFFERED_SELECT, 4, 0);
	assert_int_equal(reg_in(&a.g, DEV, R_OFFERED, 4) & 0xffff, ALL);
	reg_out(&c.g, DEV, R_OFFERED_SELECT, 4, 0);
	assert_int_equal(reg_in(&c.g, DEV, R_OFFERED, 4) & 0xffff, CSUM | MAC);
}

/* To a driver that takes wholes: as it is, with a header of ours, in buffers of all sizes. */
static void passed(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(shapes); i++)
		for (u32 bytes = 2049; bytes <= STRIDE; bytes += 2047) {
			const struct shape *s = &shapes[i];
			u32 len = make(s, 2, 1), buffers;
			u8 header[HEADER] = {1, 1};

			give(&b, 33, bytes);
			hand_over(&a, len);
			expect_given_back(&a);
			work_off();
			assert_int_equal(take(&b, &buffers), len);
			assert_int_equal(buffers, (HEADER + len + bytes - 1) / bytes);
			host16(header + 2, data_place(s));
			host16(header + 4, s->mss);
			host16(header + 6, tcp_place(s));
			host16(header + 8, 16);
			host16(header + 10, buffers);
			assert_memory_equal(got, header, HEADER);
			assert_memory_equal(got + HEADER, sent + HEADER, len);
			assert_int_equal(take(&b, &buffers), 0);
			open_again(&b, ALL);
		}
}

/* To all others: in frames, at most 32 at a time, with headers and sums of their own. */
static void cut(void **state)
{
	static const u32 lacks[] = {GUEST_CSUM, GUEST_TSO4, GUEST_CSUM | GUEST_TSO4};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(shapes); i++) {
		const struct shape *s = &shapes[i];
		u32 len, buffers, n = 0, total = (s->data + s->mss - 1) / s->mss;

		open_again(&b, ALL & ~lacks[i % ARRAY_LEN(lacks)]);
		for (u32 round = 0; n < total; round++) {
			u32 before = n;

			give(&b, 32, 2048);
			len = make(s, 2, 1);
			if (round == 0)
				hand_over(&a, len);
			else
				(void)bus_poll(a.g.bus);
			(void)bus_poll(b.g.bus);
			while ((len = take(&b, &buffers)) != 0) {
				assert_int_equal(buffers, 1);
				assert_int_equal(got[0], 0);
				assert_int_equal(got[1], 0);
				check_piece(s, n++, got + HEADER, len);
			}
			assert_true(n > before && n - before <= 32);
		}
		assert_int_equal(n, total);
		expect_given_back(&a);
	}
}

static struct {
	struct net_port port;
	const struct shape *shape;
	u32 pieces;
} card;

static void card_deliver(struct net_port *p, const u8 *frame, u32 len)
{
	(void)p;
	check_piece(card.shape, card.pieces++, frame, len);
}

/* A card of the machine, and what nobody has answered from yet, get pieces. */
static void cut_for_cards(void **state)
{
	static const struct net_port_ops ops = {card_deliver};
	u32 len, buffers;

	(void)state;
	memset(&card, 0, sizeof(card));
	card.port.ops = &ops;
	card.port.mac[0] = 2;
	card.port.mac[5] = 9;
	card.shape = &shapes[0];
	assert_int_equal(netswitch_attach(&card.port, "lan0"), HV_OK);
	give(&b, 40, STRIDE);
	hand_over(&a, make(&shapes[0], 9, 1));
	work_off();
	expect_given_back(&a);
	assert_int_equal(card.pieces, 14);
	assert_int_equal(take(&b, &buffers), 0);
	card.pieces = 0;
	hand_over(&a, make(&shapes[0], 0x77, 1));
	work_off();
	expect_given_back(&a);
	assert_int_equal(card.pieces, 14);
	for (u32 i = 0; i < 14; i++) {
		len = take(&b, &buffers);
		check_piece(&shapes[0], i, got + HEADER, len);
	}
	/* Another one's address: nothing of it arrives anywhere. */
	card.pieces = 0;
	hand_over(&a, make(&shapes[0], 9, 7));
	hand_over(&b, make(&shapes[0], 1, 7));
	work_off();
	assert_int_equal(card.pieces, 0);
	assert_int_equal(take(&a, &buffers), 0);
	netswitch_detach(&card.port);
}

/* Every number of the header and of the packet at its border; places count from the frame on. */
static const struct {
	const char *what;
	int at; /* below 0: in the header, from its end */
	u8 value[2];
	u8 bytes;
	bool good;
} asked[] = {
	{"as it is", 0, {2}, 1, true},
	{"no checksum", -12, {0}, 1, false},
	{"another flag", -12, {2}, 1, false},
	{"both flags", -12, {3}, 1, false},
	{"UDP", -11, {3}, 1, false},
	{"TCP over IPv6", -11, {4}, 1, false},
	{"with ECN", -11, {0x81}, 1, false},
	{"hdr_len is a hint", -10, {0xff, 0xff}, 2, true},
	{"no size", -8, {0, 0}, 2, false},
	{"size 1", -8, {1, 0}, 2, true},
	{"size to the border", -8, {0xac, 5}, 2, true},
	{"size over it", -8, {0xad, 5}, 2, false},
	{"size 65535", -8, {0xff, 0xff}, 2, false},
	{"sum begins before", -6, {33, 0}, 2, false},
	{"sum begins behind", -6, {35, 0}, 2, false},
	{"sum begins nowhere", -6, {0xff, 0xff}, 2, false},
	{"sum elsewhere", -4, {15, 0}, 2, false},
	{"sum nowhere", -4, {0xff, 0xff}, 2, false},
	{"num_buffers means nothing", -2, {0xff, 0xff}, 2, true},
	{"ARP", 13, {6}, 1, false},
	{"IPv6", 12, {0x86, 0xdd}, 2, false},
	{"a tag in front", 12, {0x81, 0}, 2, false},
	{"version 6", 14, {0x65}, 1, false},
	{"header of 16", 14, {0x44}, 1, false},
	{"header of 24", 14, {0x46}, 1, false},
	{"total shorter", 17, {0x53}, 1, false},
	{"total longer", 17, {0x55}, 1, false},
	{"more fragments", 20, {0x20}, 1, false},
	{"a later fragment", 21, {1}, 1, false},
	{"may be fragmented", 20, {0}, 1, true},
	{"UDP in IP", 23, {17}, 1, false},
	{"TCP header of 16", 46, {0x40}, 1, false},
	{"TCP header of 36", 46, {0x90}, 1, true},
	{"pieces too long with one of 40", 46, {0xa0}, 1, false},
};

static const struct shape two_pieces = {0, 0, 12, 2000, 1448};

static void refused(void **state)
{
	u32 buffers;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(asked); i++) {
		u32 len = make(&two_pieces, 2, 1);

		memcpy(sent + (int)HEADER + asked[i].at, asked[i].value, asked[i].bytes);
		open_again(&b, ALL);
		give(&b, 33, STRIDE);
		hand_over(&a, len);
		expect_given_back(&a);
		work_off();
		if (!!take(&b, &buffers) != asked[i].good)
			fail_msg("%s", asked[i].what);
		if (asked[i].good) /* the header is ours whatever it said */
			assert_int_equal(got[2] | got[3] << 8, asked[i].at == 46 ? 70 : 66);
	}
}

static void refused_as_a_whole(void **state)
{
	u32 buffers;

	(void)state;
	give(&b, 33, STRIDE);
	/* Offers that were not taken. */
	for (u32 i = 0; i < 2; i++) {
		open_again(&a, ALL & ~(i ? HOST_TSO4 : CSUM));
		hand_over(&a, make(&two_pieces, 2, 1));
		expect_given_back(&a);
		work_off();
		assert_int_equal(take(&b, &buffers), 0);
	}
	open_again(&a, ALL);
	/* Every length from nothing to the first byte of data, and too long ones. */
	for (u32 len = 0; len <= 66; len++) {
		make(&two_pieces, 2, 1);
		put16(sent + HEADER + 16, len - 14);
		hand_over(&a, len);
		expect_given_back(&a);
		work_off();
		assert_int_equal(take(&b, &buffers), 0);
	}
	for (u32 len = 65550; len < 65556; len++) {
		make(&two_pieces, 2, 1);
		put16(sent + HEADER + 16, len - 14);
		hand_over(&a, len);
		expect_given_back(&a);
		work_off();
		assert_int_equal(take(&b, &buffers), 0);
	}
}

/* Too few buffers: it waits, and what comes behind it too. */
static void waits_for_buffers(void **state)
{
	u32 len = make(&shapes[0], 2, 1), buffers;

	(void)state;
	hand_over(&a, len);
	hand_over(&a, len);
	for (u32 i = 0; i < 4; i++) {
		give(&b, 1, STRIDE);
		assert_int_equal(take(&b, &buffers), 0);
		assert_int_equal(mqueue_used_flags(&b.q[0]), 0); /* buffers are news */
		assert_false(bus_has_work(b.g.bus));		 /* but nothing is done meanwhile */
	}
	give(&b, 5, STRIDE);
	for (u32 i = 0; i < 2; i++) {
		assert_int_equal(take(&b, &buffers), i ? 0 : len);
		if (i == 0) {
			assert_int_equal(buffers, 5);
			assert_memory_equal(got + HEADER, sent + HEADER, len);
		}
	}
	give(&b, 1, STRIDE);
	assert_int_equal(take(&b, &buffers), len);
	assert_memory_equal(got + HEADER, sent + HEADER, len);
	assert_int_equal(mqueue_used_flags(&b.q[0]), 1);
}

/* Buffers that can never hold it come back empty; the next frame arrives. */
static void never_fits(void **state)
{
	static const struct {
		u32 size, n, features, back;
	} row[] = {
		{64, 100, ALL, 64},		  /* more than 64 buffers */
		{8, 64, ALL, 64},		  /* not even the header in one */
		{STRIDE, 1, ALL & ~MRG_RXBUF, 1}, /* one only may be used */
	};
	u32 id, used, buffers, len;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		open_again(&b, row[i].features);
		give(&b, row[i].n, row[i].size);
		hand_over(&a, make(&shapes[0], 2, 1));
		work_off();
		for (u32 k = 0; k < row[i].back; k++) {
			assert_true(mqueue_used(&b.q[0], &id, &used));
			assert_int_equal(used, 0);
		}
		assert_false(mqueue_used(&b.q[0], &id, &used));
		open_again(&b, ALL);
		give(&b, 8, STRIDE);
		len = make(&shapes[0], 2, 1);
		hand_over(&a, len);
		work_off();
		assert_int_equal(take(&b, &buffers), len);
	}
	/* A queue of four is full with four. */
	reg_out(&b.g, DEV, R_STATUS, 1, 0);
	mini_features(&b.g, DEV, ALL, 1);
	mini_queue(&b.g, DEV, 0, 0, 4, &b.q[0]);
	mini_queue(&b.g, DEV, 1, 0x3000, 4, &b.q[1]);
	mini_ready(&b.g, DEV);
	b.next_rx = 0;
	give(&b, 4, STRIDE);
	hand_over(&a, make(&shapes[0], 2, 1));
	work_off();
	for (u32 k = 0; k < 4; k++) {
		assert_true(mqueue_used(&b.q[0], &id, &used));
		assert_int_equal(used, 0);
	}
}

static void one_large_buffer(void **state)
{
	u32 id, used, len;

	(void)state;
	/* A buffer of 70000 bytes without merging is what a driver of that kind has. */
	open_again(&b, ALL & ~MRG_RXBUF);
	mdesc_set(&b.q[0], 0, DATA, 70000, D_WRITE, 0);
	mqueue_offer(&b.q[0], 0);
	mqueue_kick(&b.q[0]);
	len = make(&shapes[1], 2, 1);
	hand_over(&a, len);
	work_off();
	assert_true(mqueue_used(&b.q[0], &id, &used));
	assert_int_equal(used, HEADER + len);
	/* One that cannot be written, among good ones, stops the device of its own guest only.
	 */
	open_again(&b, ALL);
	give(&b, 2, STRIDE);
	mdesc_set(&b.q[0], 2, DATA, STRIDE, 0, 0);
	mqueue_offer(&b.q[0], 2);
	mqueue_kick(&b.q[0]);
	hand_over(&a, make(&shapes[0], 2, 1));
	assert_int_equal(reg_in(&b.g, DEV, R_STATUS, 1), 0xf | BROKEN);
	assert_int_equal(reg_in(&a.g, DEV, R_STATUS, 1), 0xf);
}

/* A reset in the middle of cutting ends it; nothing is written afterwards. */
static void reset_while_cutting(void **state)
{
	u32 id, used, buffers, n = 0;

	(void)state;
	open_again(&b, MAC);
	give(&b, 200, 2048);
	hand_over(&a, make(&shapes[1], 2, 1)); /* 45 pieces */
	while (take(&b, &buffers))
		n++;
	assert_int_equal(n, 32);
	assert_true(bus_has_work(a.g.bus));
	open_again(&a, ALL);
	work_off();
	assert_int_equal(take(&b, &buffers), 0);
	assert_false(mqueue_used(&a.q[1], &id, &used));
	hand_over(&a, make(&shapes[0], 2, 1));
	expect_given_back(&a);
	for (n = 0; take(&b, &buffers); n++)
		;
	assert_int_equal(n, 14);
}

/* The line against a list: frames come out in order and whole, none lies over another or beyond the
 * ring, and an empty line has room for what it promises. */
static void against_a_list(u32 bytes, u32 often, u32 longest)
{
	static u8 ring[LINE_LONG + 64];
	struct line l = {ring, bytes, 0, 0, 0, 0};
	u32 in = 0, out = 0, seed = 12345, lengths[64], most = 0;

	memset(ring + bytes, 0xa5, 64);
	for (u32 step = 0; step < 60000; step++) {
		u32 r = mini_random(&seed);

		if (r % 5 < (step / 1000 % 2 ? 3u : 2u)) {
			u32 len = (r >> 12) % (1 + (r >> 8 & 7 ? often : longest));
			struct line_frame *f = line_place(&l, len);

			if (!f) {
				assert_true(in - out > 0);
				continue;
			}
			f->len = len;
			memset(f->bytes, (int)(in & 0xff), len);
			line_add(&l, f);
			lengths[in++ % 64] = len;
			most = MAX(most, in - out);
			assert_true(in - out <= LINE_FRAMES);
		} else if (in != out) {
			const struct line_frame *f = line_first(&l);

			assert_int_equal(f->len, lengths[out % 64]);
			for (u32 i = 0; i < f->len; i += 1 + f->len / 50)
				assert_int_equal(f->bytes[i], out & 0xff);
			if (f->len)
				assert_int_equal(f->bytes[f->len - 1], out & 0xff);
			line_drop(&l);
			out++;
		}
		assert_int_equal(l.waiting, in - out);
	}
	assert_true(most > LINE_FRAMES / 2);
	for (u32 i = 0; i < 64; i++)
		assert_int_equal(ring[bytes + i], 0xa5);
}

static void line_model(void **state)
{
	(void)state;
	against_a_list(LINE_LONG, FRAME_MAX, FRAME_WHOLE);
	against_a_list(LINE_SHORT, FRAME_MAX, FRAME_MAX);
	against_a_list(512, 20, 480);
}

/* What an empty line promises, wherever it was emptied: frames, and a whole behind all but one. */
static void line_room(void **state)
{
	static u8 ring[LINE_LONG];
	struct line l = {ring, LINE_LONG, 0, 0, 0, 0};

	(void)state;
	for (u32 n = 0; n < 40; n++) {
		l.waiting = 0;
		for (u32 i = 0; i < LINE_FRAMES; i++) {
			u32 len = i + 1 == LINE_FRAMES && n % 2 ? FRAME_WHOLE : FRAME_MAX;
			struct line_frame *f = line_place(&l, len);

			assert_non_null(f);
			f->len = len;
			line_add(&l, f);
		}
		assert_null(line_place(&l, FRAME_MIN));
		for (u32 i = 0; i < n % LINE_FRAMES; i++)
			line_drop(&l);
	}
	l.bytes = LINE_SHORT;
	l.waiting = 0;
	for (u32 i = 0; i < LINE_FRAMES; i++) {
		struct line_frame *f = line_place(&l, FRAME_MAX);

		assert_non_null(f);
		f->len = FRAME_MAX;
		line_add(&l, f);
	}
	l.waiting = 0;
	assert_null(line_place(&l, FRAME_WHOLE));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(offered),
		T(passed),
		T(cut),
		T(cut_for_cards),
		T(refused_as_a_whole),
		T(one_large_buffer),
		T(refused),
		T(waits_for_buffers),
		T(never_fits),
		T(reset_while_cutting),
		cmocka_unit_test(line_model),
		cmocka_unit_test(line_room),
	};

	return cmocka_run_group_tests_name("net_whole", tests, NULL, NULL);
}
