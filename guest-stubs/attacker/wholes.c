/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by whole frames of TCP, 64 KiB each and in as many pieces as there may be: to everybody,
 * so that each is cut into 45 frames for each, and to a driver that takes them as they are, into a
 * buffer of as many pieces. */
#include "guest-stubs/attacker/attacker.h"

#include "guest-stubs/lib/trap.h"

#define CSUM	   0x00000001u
#define GUEST_CSUM 0x00000002u
#define MAC	   0x00000020u
#define GUEST_TSO4 0x00000080u
#define HOST_TSO4  0x00000800u
#define INDIRECT   0x10000000u

#define HEADER	  12u /* virtio 1.0, 5.1.6 */
#define ETHERNET  14u
#define IP	  20u
#define TCP	  20u
#define PACKET	  0xffffu /* the longest of IPv4 */
#define BYTES	  (HEADER + ETHERNET + PACKET)
#define PIECE	  (BYTES / WIDE + 1)
#define SEGMENT	  1460u
#define AT_A_TIME 8u
_Static_assert(PIECE *(WIDE - 1) < BYTES && PIECE * WIDE >= BYTES, "each piece has some of it");

static struct virtio card;
static struct wide rx, tx;
static u8 whole[PIECE * WIDE];
static struct virtq_desc table[WIDE];

static void open_card(u32 features)
{
	if (!virtio_open(&card, VIRTIO_NET, 0, features | MAC) || !wide_open(&card, &rx, 0) ||
	    !wide_open(&card, &tx, 1))
		panic("attacker: needs a network card");
	vwrite32(card.common + VC_DRIVER_FEATURE_SELECT, 0);
	if ((vread32(card.common + VC_DRIVER_FEATURE) & features) != features)
		panic("attacker: whole frames are not offered to it");
}

static void in_pieces(struct virtq_desc *d, u32 bytes, u16 flags)
{
	for (u32 i = 0; i < WIDE; i++) {
		u32 n = MIN(bytes, PIECE);

		bytes -= n;
		d[i] = (struct virtq_desc){phys(whole + i * PIECE), n,
					   bytes ? flags | DESC_NEXT : flags, (u16)(i + 1)};
	}
}

/* RFC 791, 793; `to` is the last byte of an address like ours, 0xff: everybody's. */
static void make_whole(u8 to)
{
	u8 *h = whole, *e = h + HEADER, *ip = e + ETHERNET, *tcp = ip + IP;

	h[0] = h[1] = 1; /* a checksum is wanted; TCP over IPv4 */
	h[4] = SEGMENT & 0xff;
	h[5] = SEGMENT >> 8;
	h[6] = ETHERNET + IP;
	h[8] = 16; /* the checksum's place */
	for (u32 i = 0; i < 6; i++) {
		e[i] = to == 0xff ? to : vread8(card.config + i);
		e[6 + i] = vread8(card.config + i);
	}
	e[5] = to;
	e[12] = 8;
	ip[0] = 0x45;
	ip[2] = ip[3] = 0xff;
	ip[9] = 6;
	tcp[12] = TCP / 4 << 4;
}

static void send_wholes(u8 to)
{
	u16 seen = 0;

	open_card(CSUM | HOST_TSO4 | INDIRECT);
	make_whole(to);
	in_pieces(table, BYTES, 0);
	for (u32 i = 0; i < AT_A_TIME; i++)
		tx.desc[i] = (struct virtq_desc){phys(table), sizeof(table), DESC_INDIRECT, 0};
	virtio_start(&card);
	for (u32 i = 0; i < AT_A_TIME; i++)
		wide_offer(&tx, i);
	while (going()) {
		wide_kick(&tx);
		for (; seen != wide_used(&tx); seen++)
			wide_offer(&tx, tx.used.ring[seen % WIDE].id);
	}
	printf("attacker: %u whole frames sent\n", seen);
}

void attack_cuts(void)
{
	send_wholes(0xff);
}

/* To whom has address 2. */
void attack_wholes(void)
{
	send_wholes(2);
}

void attack_takes(void)
{
	u32 wholes = 0;
	u16 seen = 0;

	open_card(CSUM | GUEST_CSUM | GUEST_TSO4);
	in_pieces(rx.desc, sizeof(whole), DESC_WRITE);
	virtio_start(&card);
	virtio_interrupts(&card, NULL);
	wide_offer(&rx, 0);
	clock_start(100);
	while (going()) {
		wide_kick(&rx);
		wide_wait(&rx, seen);
		for (; seen != wide_used(&rx); seen++) {
			wholes += rx.used.ring[seen % WIDE].len == BYTES;
			wide_offer(&rx, 0);
		}
	}
	printf("attacker: %u whole frames taken\n", wholes);
}
