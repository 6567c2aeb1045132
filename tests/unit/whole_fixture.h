/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests that hand over TCP data as one long frame, and what must come of it at the others. */
#ifndef TESTS_UNIT_WHOLE_FIXTURE_H
#define TESTS_UNIT_WHOLE_FIXTURE_H

#include "devices/netswitch.h"
#include "devices/virtio/line.h"
#include "tests/unit/mini_guest.h"

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

extern struct station a, b, c;

#define WHOLES_PAGES 4096u /* with fewer a guest is not offered whole frames */

/* A guest of so many pages on the network; whether its device offers wholes does not depend on
 * them. */
void station_start(struct station *s, const char *name, u8 mac, u32 pages, bool wholes,
		   u32 features);
void open_again(struct station *s, u32 features);
int whole_setup(void **state);
int whole_teardown(void **state);

/* n receive buffers of so many bytes. */
void give_buffers(struct station *s, u32 n, u32 bytes);

extern u8 sent[HEADER + FRAME_WHOLE + 100]; /* with its header */

void put16(u8 *p, u32 v);
void host16(u8 *p, u32 v);

struct shape {
	u32 tag, ip_options, tcp_options, data, mss; /* bytes */
};

u32 tcp_place(const struct shape *s);
u32 data_place(const struct shape *s);

#define FLAGS 0x99u /* CWR, ACK, PSH, FIN */

/* The frame as Linux would hand it over; the sum of the pseudo header is not looked at. */
u32 make_frame(const struct shape *s, u8 to, u8 from);

/* Hand over what is in `sent`, in pieces of a page. */
void hand_over(struct station *s, u32 len);
void work_off(void);
void expect_given_back(struct station *s);

extern u8 got[HEADER + FRAME_WHOLE];

/* The next frame, out of as many buffers as its header says. Its length; 0: there is none. */
u32 take_frame(struct station *s, u32 *buffers);

/* A piece of `sent` as RFC 791 and 793 want it; the data from byte `from` on. */
void check_piece(const struct shape *s, u32 n, const u8 *f, u32 len);

#define SHAPES 10u
extern const struct shape shapes[SHAPES];

#endif
