/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/bus.c devices/ports.c devices/pci/pci.c devices/virtio/transport.c
 * devices/virtio/misuse.c devices/virtio/function.c devices/virtio/queue.c devices/virtio/net.c
 * devices/virtio/line.c devices/virtio/offload.c devices/netswitch.c tests/unit/fake_gmem.c
 * tests/unit/mini_guest.c tests/unit/whole_fixture.c tests/unit/support.c tests/fuzz/sides.c */
/*
 * Three guests and a card on one network: two are offered whole frames of TCP and take some of the
 * features, the third one is too small for them. They send frames of all shapes, good and spoilt,
 * in chains of any pieces, to buffers of any pieces; they write rubbish into their rings, also
 * while the device reads them; they stop, begin again, leave the network and come back. Whatever
 * happens, memory outside of theirs is not touched (the sanitizers), a driver that does everything
 * right is never told off, gets only what it asked for, and a card only frames as they travel on a
 * wire, from their sender's address. Afterwards a whole frame still arrives, in one piece or in
 * many.
 */
#include "tests/fuzz/sides.h"

#include <string.h>

#define STEPS	 120u
#define CARD_MAC 9u

/* ---- The card ------------------------------------------------------------------------------ */

static struct net_port card;
static u32 card_frames;

static void card_deliver(struct net_port *p, const u8 *frame, u32 len)
{
	(void)p;
	MUST(len >= FRAME_MIN && len <= FRAME_MAX);
	MUST(!memcmp(frame + 6, (u8[]){2, 0, 0, 0, 0}, 5) && frame[11] >= 1 && frame[11] <= GUESTS);
	card_frames++;
}

static void card_sends(void)
{
	static const struct shape plain = {.data = 1400, .mss = 1400};
	u32 len = MIN(make_frame(&plain, (u8)take(1), (u8)take(1)), take(2));

	(void)netswitch_send(&card, sent + HEADER, len);
}

/* ---- Frames ------------------------------------------------------------------------------- */

static const u8 addresses[] = {1, 2, 3, CARD_MAC, 0x77};

static u32 frame(struct side *d, u32 most)
{
	struct shape s = {
		.tag = take(1) & 1 ? 4 : 0,
		.ip_options = take(1) % 11 * 4,
		.tcp_options = take(1) % 11 * 4,
		.data = 1 + take(2) % most,
		.mss = 1 + take(2) % 1460,
	};
	u32 len;

	s.data = MIN(s.data, 0xffffu - 40 - s.ip_options - s.tcp_options);
	s.mss = MIN(s.mss, FRAME_MAX - data_place(&s));
	len = make_frame(&s, addresses[take(1) % ARRAY_LEN(addresses)], d->s->mac);
	for (u32 n = take(1) % 8; n > 5; n--) /* spoil a byte or two */
		sent[take(1) % (HEADER + FRAME_HEADERS)] = (u8)take(1);
	return len;
}

static void whole(struct side *d)
{
	hand(d, frame(d, 0xffff));
}

/* A frame as it travels, perhaps with a checksum to be made, anywhere. */
static void plain(struct side *d)
{
	u32 len = frame(d, 1500);

	memset(sent, 0, HEADER);
	sent[0] = take(1) & 1;
	host16(sent + 6, take(1));
	host16(sent + 8, take(1));
	hand(d, len);
}

/* ---- Breaking the rules -------------------------------------------------------------------- */

static void rubbish(struct side *d)
{
	struct mqueue *q = &d->s->q[take(1) % 2];
	u32 i = take(1) % q->size;

	d->good = false;
	mdesc_set(q, i, take(3), take(3), (u16)(take(1) & 7), (u16)take(1));
	mqueue_offer(q, (u16)i);
	notify(d, q->index);
}

static void poke(struct side *d)
{
	u32 at = take(1) % 0x40, size = 1u << take(1) % 3;

	d->good = false;
	reg_out(&d->s->g, DEV, at & ~(size - 1), size, take(4));
}

static void scribble(struct side *d)
{
	d->good = false;
	ram_put(&d->s->g, take(2) % 0x6000, (u8[]){(u8)take(1)}, 1);
}

/* A byte changes behind the device's back, after so many reads. */
static struct {
	u32 left;
	gpa_t at;
	u8 value;
} change;

static void after_read(struct gmem *m, gpa_t at, u32 len)
{
	(void)at;
	(void)len;
	if (change.left && --change.left == 0)
		fake_ram(m)[change.at] = change.value;
}

static void change_later(struct side *d)
{
	for (u32 i = 0; i < GUESTS; i++) /* whoever reads is hit */
		sides[i].good = false;
	change.left = 1 + take(1);
	change.at = take(1) & 1 ? send_place(d) + take(1) : take(2) % 0x6000;
	change.at = MIN(change.at, MINI_RAM - 1);
	change.value = (u8)take(1);
}

/* ---- Steps --------------------------------------------------------------------------------- */

static void reopen(struct side *d)
{
	u32 lacks = take(2) & take(2) & (ALL & ~MAC), features = d->offered & ~lacks;

	change.left = 0; /* it would hit one that keeps to the rules again */
	open_side(d, features, 1u << (8 - take(1) % 9));
}

static void leave(struct side *d)
{
	if (take(1) % 4) /* it takes its time */
		return;
	change.left = 0;
	mini_free(&d->s->g);
	begin(d, d->s->mac);
}

static void stop(struct side *d)
{
	d->good = false;
	reg_out(&d->s->g, DEV, R_STATUS, 1, 0);
}

static void poll_one(struct side *d)
{
	(void)bus_poll(d->s->g.bus);
}

static void poll_all(struct side *d)
{
	(void)d;
	mini_work();
}

static void card_step(struct side *d)
{
	(void)d;
	card_sends();
}

/* Those that break no rule come first. */
static void (*const steps[])(struct side *d) = {
	whole,	  whole,  plain, plain,	    give, give,	   collect, poll_one, poll_one,
	poll_all, reopen, leave, card_step, stop, rubbish, poke,    scribble, change_later,
};
#define GOOD_STEPS 13u

/* Half of the inputs keep to the rules; in the others who broke them begins again soon. */
static void step(bool rules)
{
	u32 op = take(1), kinds = rules ? GOOD_STEPS : ARRAY_LEN(steps);
	struct side *d = &sides[op / kinds % GUESTS];

	if (!d->good && take(1) % 4 == 0)
		reopen(d);
	steps[op % kinds](d);
}

static void work_off_all(void)
{
	for (u32 i = 0; i < 5000; i++) {
		bool more = false;

		for (u32 k = 0; k < GUESTS; k++)
			more |= bus_poll(sides[k].s->g.bus);
		if (!more)
			return;
	}
	MUST(!"the work never ends");
}

/* Everybody begins again, and a whole reaches a taker as it is, the others in pieces. */
static void heals(void)
{
	const struct shape *s = &shapes[0];
	u32 len, buffers;

	change.left = 0;
	for (u32 i = 0; i < GUESTS; i++) {
		struct side *d = &sides[i];

		open_again(d->s, d->offered & ~INDIRECT);
		make_frame(s, d->s->mac, d->s->mac); /* the card may have spoken in its name */
		memset(sent, 0, HEADER);
		ram_put(&d->s->g, BUFFERS, sent, HEADER + 100);
		mdesc_set(&d->s->q[TX], 0, BUFFERS, HEADER + 100, 0, 0);
		mqueue_offer(&d->s->q[TX], 0);
		mqueue_kick(&d->s->q[TX]);
	}
	work_off();
	give_buffers(&b, 33, STRIDE);
	hand_over(&a, len = make_frame(s, 2, 1));
	work_off();
	MUST(take_frame(&b, &buffers) == len && buffers == (HEADER + len + STRIDE - 1) / STRIDE);
	MUST(!memcmp(got + HEADER, sent + HEADER, len) && !take_frame(&b, &buffers));
	give_buffers(&c, 32, 2048);
	hand_over(&b, make_frame(s, 3, 2));
	work_off();
	for (u32 i = 0; i < 14; i++) {
		len = take_frame(&c, &buffers);
		check_piece(s, i, got + HEADER, len);
	}
	card_frames = 0;
	hand_over(&b, make_frame(s, CARD_MAC, 2));
	work_off();
	MUST(card_frames == 14);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static const struct net_port_ops card_ops = {card_deliver};
	bool rules;

	input = (struct fuzz_bytes){data, data + size};
	change.left = 0;
	fake_after_read = after_read;
	for (u32 i = 0; i < GUESTS; i++) {
		struct side *d = &sides[i];

		if (!d->s->g.bus)
			begin(d, (u8)(i + 1));
		memset(fake_ram(&d->s->g.guest.mem), 0, d->pages * PAGE_SIZE);
		open_side(d, ~0u, 256);
	}
	card = (struct net_port){.ops = &card_ops, .mac = {2, 0, 0, 0, 0, CARD_MAC}};
	MUST(netswitch_attach(&card, "lan0") == HV_OK);
	rules = take(1) & 1;
	for (u32 i = 0; i < STEPS && !fuzz_over(&input); i++)
		step(rules);
	work_off_all();
	for (u32 i = 0; i < GUESTS; i++)
		collect(&sides[i]);
	heals();
	netswitch_detach(&card);
	return 0;
}
