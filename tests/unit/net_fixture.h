/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is on a network: probes, ports of our own on the switch; and stations, guests with a virtio
 * card. */
#ifndef TESTS_UNIT_NET_FIXTURE_H
#define TESTS_UNIT_NET_FIXTURE_H

#include "devices/netswitch.h"
#include "tests/unit/mini_guest.h"

struct probe {
	struct net_port port;
	u32 frames, last_len;
	u8 last[FRAME_MAX];
};

extern const struct net_port_ops probe_ops;
extern struct probe p[4];

void plug(struct probe *o, u8 mac, bool one_mac, const char *network);
int unplug_all(void **state);

/* A frame to and from stations 02:00:00:00:00:nn; 0xff is broadcast. */
u8 *frame(u8 to, u8 from);
void assert_frames(u32 a, u32 b, u32 c, u32 d);

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

extern struct station a, b;

void station_start(struct station *s, const char *name, u8 mac);
int stations_setup(void **state);
int stations_teardown(void **state);

/* Put n receive buffers into the ring, header and data in pieces of their own as Linux has them. */
void add_buffers(struct station *s, u32 n);
void give_buffers(struct station *s, u32 n);

/* Send a frame; `mark` is its last byte. */
void send_frame(struct station *s, const u8 *f, u32 len, u8 mark);
void expect_frame(struct station *s, u32 len, u8 mark);
void expect_no_frame(struct station *s);

#endif
