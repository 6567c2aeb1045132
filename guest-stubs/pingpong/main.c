/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pingpong: two guests on one virtual network exchange messages and verify every byte.
 *
 *   role=a|b   a serves, b returns (default a)
 *   count=N    messages each way (a's word counts; default 100)
 *
 * Frames carry the local experimental ethertype. A message that gets no answer is sent again, so
 * it does not matter which side is up first or whether the network drops something.
 */
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/virtio.h"

#define HZ	      100
#define RESEND_TICKS  5
#define PATIENCE      (60 * HZ) /* ticks without a word from the other side */
#define BYE_TRIES     5
#define ETHERTYPE     0xb588 /* 88b5, IEEE 802 local experimental 1, as stored */
#define PAYLOAD_MAX   1400u
#define PAYLOAD_FIRST 46u

enum kind { PING = 1, PONG, BYE, BYE_ANSWER };

struct message {
	u8 to[6], from[6];
	u16 ethertype;
	u16 kind;
	u32 number, len;
	u8 data[PAYLOAD_MAX];
} __attribute__((packed));

#define MESSAGE_HEADER offsetof(struct message, data)
_Static_assert(sizeof(struct message) <= FRAME_MAX, "a message fits a frame");

static u8 mac[6];
static u8 peer[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}; /* until it has spoken */
static struct message in, out;

/* Byte i of message n; the answer carries its complement. */
static u8 expected(u32 kind, u32 n, u32 i)
{
	u8 v = (u8)((n * 131 + i * 17 + (i >> 8)) ^ 0x5a);

	return kind == PONG ? (u8)~v : v;
}

static u32 length_of(u32 n)
{
	return PAYLOAD_FIRST + n * 97 % (PAYLOAD_MAX - PAYLOAD_FIRST);
}

static void send(u32 kind, u32 n)
{
	u32 i;

	memcpy(out.to, peer, sizeof(peer));
	memcpy(out.from, mac, sizeof(mac));
	out.ethertype = ETHERTYPE;
	out.kind = (u16)kind;
	out.number = n;
	out.len = length_of(n);
	for (i = 0; i < out.len; i++)
		out.data[i] = expected(kind, n, i);
	vnet_send(&out, MESSAGE_HEADER + out.len);
}

/* The next message, verified; false when `ticks` pass without one. */
static bool receive(u32 ticks)
{
	u32 start = clock_ticks, got, i;

	irq_off();
	while (clock_ticks - start < ticks) {
		got = vnet_receive(&in, sizeof(in));
		if (!got) {
			halt_off();
			continue;
		}
		if (got < MESSAGE_HEADER || in.ethertype != ETHERTYPE)
			continue;
		irq_on();
		if (in.len != length_of(in.number) || got < MESSAGE_HEADER + in.len)
			panic("pingpong: message %u has length %u", in.number, in.len);
		for (i = 0; i < in.len; i++)
			if (in.data[i] != expected(in.kind, in.number, i))
				panic("pingpong: message %u differs at byte %u", in.number, i);
		memcpy(peer, in.from, sizeof(peer));
		return true;
	}
	irq_on();
	return false;
}

/* Send until the answer with that number comes; the number of times it took, 0: never. */
static u32 exchange(u32 kind, u32 n, u32 answer, u32 most)
{
	u32 tries;

	for (tries = 1; tries <= most; tries++) {
		send(kind, n);
		while (receive(RESEND_TICKS))
			if (in.kind == answer && in.number == n)
				return tries;
	}
	return 0;
}

static void serve(u32 count)
{
	u32 n, bytes = 0, again = 0, start = clock_ms(), ms;

	for (n = 0; n < count; n++) {
		u32 tries = exchange(PING, n, PONG, PATIENCE / RESEND_TICKS);

		if (!tries)
			panic("pingpong: no answer to message %u", n);
		if (n == 0)
			start = clock_ms(); /* do not count the wait for the other side */
		else
			again += tries - 1;
		bytes += 2 * in.len;
	}
	ms = clock_ms() - start;
	exchange(BYE, count, BYE_ANSWER, BYE_TRIES);
	printf("pingpong a: %u messages each way, %u bytes in %u ms, %u sent again, all verified\n",
	       count, bytes, ms, again);
}

static void answer(void)
{
	u32 answered = 0;

	for (;;) {
		if (!receive(PATIENCE))
			panic("pingpong: the other side is silent after %u messages", answered);
		if (in.kind == PING) {
			send(PONG, in.number);
			answered++;
		} else if (in.kind == BYE) {
			send(BYE_ANSWER, in.number);
			break;
		}
	}
	printf("pingpong b: %u messages answered, all verified\n", answered);
}

void guest_main(void)
{
	char role[4];

	option("role", role, sizeof(role));
	traps_init();
	clock_start(HZ);
	irq_on();
	if (!vnet_init(mac))
		panic("pingpong: no network card: give the guest net=NAME");
	printf("pingpong %s: %02x:%02x:%02x:%02x:%02x:%02x\n", role[0] == 'b' ? "b" : "a", mac[0],
	       mac[1], mac[2], mac[3], mac[4], mac[5]);
	if (role[0] == 'b')
		answer();
	else
		serve(option_u32("count", 100));
}
