/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Just enough of the Internet to ping and to be pinged: ARP and ICMP echo over IPv4. The address
 * is ip=A.B.C.D on the command line, or 10.0.0.N with N made of the card's last two bytes.
 */
#include "guest-stubs/shell/shell.h"

#define TYPE_ARP     0x0806
#define TYPE_IP	     0x0800
#define ARP_REQUEST  1
#define ARP_REPLY    2
#define PROTO_ICMP   1
#define ECHO_REPLY   0
#define ECHO_REQUEST 8
#define PING_BYTES   56
#define PING_ID	     0x7269
#define ANSWER_MS    1000

#define PACKED __attribute__((packed))

struct ethernet {
	u8 to[6], from[6];
	u16 type;
} PACKED;

struct arp {
	struct ethernet eth;
	u16 hardware, protocol;
	u8 hardware_len, protocol_len;
	u16 op;
	u8 sender[6], sender_ip[4], target[6], target_ip[4];
} PACKED;

struct echo {
	struct ethernet eth;
	u8 version_len, tos;
	u16 total, id, fragment;
	u8 ttl, protocol;
	u16 ip_sum;
	u8 source[4], target[4];
	u8 type, code;
	u16 sum, echo_id, sequence;
	u8 data[PING_BYTES];
} PACKED;

#define IP_LEN	 20u
#define ICMP_LEN (sizeof(struct echo) - sizeof(struct ethernet) - IP_LEN)

static bool up;
static u8 mac[6], ip[4];
static u8 frame[FRAME_MAX];

/* Of the other side, filled by the receiving thread. */
static u8 asked_ip[4], found_mac[6];
static bool found;
static u32 answered, answer_sequence;

static u16 swap16(u16 v)
{
	return (u16)(v << 8 | v >> 8);
}

static u16 checksum(const void *data, u32 len)
{
	const u8 *p = data;
	u32 sum = 0, i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (u32)p[i] << 8 | p[i + 1];
	if (len & 1)
		sum += (u32)p[len - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return swap16((u16)~sum);
}

static void address(struct ethernet *e, const u8 to[6], u16 type)
{
	memcpy(e->to, to, 6);
	memcpy(e->from, mac, 6);
	e->type = swap16(type);
}

static void send_arp(u16 op, const u8 to[6], const u8 to_ip[4])
{
	struct arp a = {.hardware = swap16(1),
			.protocol = swap16(TYPE_IP),
			.hardware_len = 6,
			.protocol_len = 4,
			.op = swap16(op)};

	address(&a.eth, to, TYPE_ARP);
	memcpy(a.sender, mac, 6);
	memcpy(a.sender_ip, ip, 4);
	if (op == ARP_REPLY)
		memcpy(a.target, to, 6);
	memcpy(a.target_ip, to_ip, 4);
	vnet_send(&a, sizeof(a));
}

static void got_arp(const struct arp *a, u32 len)
{
	if (len < sizeof(*a) || memcmp(a->target_ip, ip, 4))
		return;
	if (swap16(a->op) == ARP_REQUEST) {
		send_arp(ARP_REPLY, a->sender, a->sender_ip);
	} else if (!memcmp(a->sender_ip, asked_ip, 4)) {
		memcpy(found_mac, a->sender, 6);
		found = true;
	}
}

/* Turn a request round where it stands and send it back. */
static void answer_echo(struct echo *e, u32 len)
{
	u32 icmp_len = swap16(e->total) - IP_LEN;
	u8 back[6];

	if (icmp_len < 8 || icmp_len > len - sizeof(e->eth) - IP_LEN)
		return;
	memcpy(back, e->eth.from, 6);
	address(&e->eth, back, TYPE_IP);
	memcpy(e->target, e->source, 4);
	memcpy(e->source, ip, 4);
	e->type = ECHO_REPLY;
	e->sum = 0;
	e->sum = checksum(&e->type, icmp_len);
	e->ip_sum = 0;
	e->ip_sum = checksum(&e->version_len, IP_LEN);
	vnet_send(e, sizeof(e->eth) + IP_LEN + icmp_len);
}

static void got_ip(struct echo *e, u32 len)
{
	if (len < sizeof(e->eth) + IP_LEN + 8 || e->version_len != 0x45 ||
	    e->protocol != PROTO_ICMP || memcmp(e->target, ip, 4))
		return;
	if (e->type == ECHO_REQUEST) {
		answer_echo(e, len);
	} else if (e->type == ECHO_REPLY && e->echo_id == swap16(PING_ID)) {
		answered++;
		answer_sequence = swap16(e->sequence);
	}
}

static bool frame_there(u32 unused)
{
	(void)unused;
	return vnet_ready();
}

static void receive_thread(void)
{
	for (;;) {
		u32 len = vnet_receive(frame, sizeof(frame));
		u16 type = swap16(((struct ethernet *)frame)->type);

		if (!len)
			task_wait(frame_there, 0);
		else if (len >= sizeof(struct ethernet) && type == TYPE_ARP)
			got_arp((struct arp *)frame, len);
		else if (len >= sizeof(struct ethernet) && type == TYPE_IP)
			got_ip((struct echo *)frame, len);
	}
}

static bool parse_address(const char *text, u8 out[4])
{
	u32 i;

	for (i = 0; i < 4; i++) {
		const char *end;
		u32 v = parse_u32(text, &end);

		if (end == text || v > 255 || *end != (i < 3 ? '.' : '\0'))
			return false;
		out[i] = (u8)v;
		text = end + 1;
	}
	return true;
}

void net_init(void)
{
	static const u8 network[4] = {10, 0, 0, 0};
	char text[16];

	up = vnet_init(mac);
	if (!up)
		return;
	memcpy(ip, network, 4);
	ip[3] = (u8)(mac[4] + mac[5] + 1);
	if (option("ip", text, sizeof(text)) && !parse_address(text, ip))
		printf("ip=%s is no address\n", text);
	printf("net: %u.%u.%u.%u at %02x:%02x:%02x:%02x:%02x:%02x\n", ip[0], ip[1], ip[2], ip[3],
	       mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	task_kernel("net", receive_thread);
}

static u32 deadline;

static bool found_or_late(u32 unused)
{
	(void)unused;
	return found || (s32)(clock_ms() - deadline) >= 0;
}

static bool answered_or_late(u32 wanted)
{
	return answered >= wanted || (s32)(clock_ms() - deadline) >= 0;
}

static bool resolve(u32 tries)
{
	static const u8 everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	for (found = false; tries && !found; tries--) {
		send_arp(ARP_REQUEST, everybody, asked_ip);
		deadline = clock_ms() + ANSWER_MS;
		task_wait(found_or_late, 0);
	}
	return found;
}

static void send_echo(u32 sequence)
{
	struct echo e = {.version_len = 0x45,
			 .ttl = 64,
			 .protocol = PROTO_ICMP,
			 .total = swap16(IP_LEN + ICMP_LEN),
			 .type = ECHO_REQUEST,
			 .echo_id = swap16(PING_ID),
			 .sequence = swap16((u16)sequence)};
	u32 i;

	address(&e.eth, found_mac, TYPE_IP);
	memcpy(e.source, ip, 4);
	memcpy(e.target, asked_ip, 4);
	for (i = 0; i < PING_BYTES; i++)
		e.data[i] = (u8)i;
	e.sum = checksum(&e.type, ICMP_LEN);
	e.ip_sum = checksum(&e.version_len, IP_LEN);
	vnet_send(&e, sizeof(e));
}

void net_ping(const char *text, u32 count)
{
	u32 i, before = answered, us;

	if (!up || !parse_address(text, asked_ip)) {
		puts(up ? "ping A.B.C.D [COUNT]\n" : "ping: no network card\n");
		return;
	}
	if (!resolve(20)) {
		printf("ping: nobody is %s\n", text);
		return;
	}
	for (i = 1; i <= count; i++) {
		deadline = clock_ms() + ANSWER_MS;
		us = clock_us();
		send_echo(i);
		task_wait(answered_or_late, before + i);
		us = clock_us() - us;
		if (answer_sequence == i)
			printf("%u bytes from %s: seq=%u time=%u us\n", (u32)ICMP_LEN, text, i, us);
	}
	printf("ping: %u sent, %u answered\n", count, answered - before);
}
