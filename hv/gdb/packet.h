/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frames of GDB's remote serial protocol ("Debugging with GDB", appendix E): bytes in, whole
 * packets out, and replies being made. No guest, no device: tested and fuzzed on the host. Private
 * to this room.
 */
#ifndef HV_GDB_PACKET_H
#define HV_GDB_PACKET_H

#include "lib/base.h"

#define PACKET_MAX 2048u /* bytes between $ and #, after the escapes were taken away */

enum packet_event {
	PACKET_MORE,	  /* nothing yet */
	PACKET_READY,	  /* a packet with the right checksum is in `data` */
	PACKET_BAD,	  /* one with a wrong checksum, or too long: to be asked for again */
	PACKET_ACK,	  /* the other side has our last one */
	PACKET_AGAIN,	  /* it wants our last one again */
	PACKET_INTERRUPT, /* the user wants the program to stop */
};

struct packet {
	enum { PACKET_OUTSIDE, PACKET_INSIDE, PACKET_ESCAPED, PACKET_SUM1, PACKET_SUM2 } state;
	bool overflow;
	u8 sum, told;
	u32 len;
	char data[PACKET_MAX + 1]; /* a zero behind it */
};
enum packet_event packet_byte(struct packet *p, u8 byte);

/* A reply: "$" text "#xx". What does not fit is left out, and `overflow` says so. */
struct reply {
	u32 len;
	bool overflow;
	char data[2 * PACKET_MAX + 8];
};
void reply_begin(struct reply *r);
void reply_text(struct reply *r, const char *text);
void reply_byte(struct reply *r, u8 byte); /* two hexadecimal digits */
void reply_hex(struct reply *r, u32 value,
	       u32 bytes); /* in the target's order: lowest byte first */
void reply_number(struct reply *r, u32 value);
void reply_raw(struct reply *r, char c); /* escaped where the protocol wants it */
void reply_end(struct reply *r);

/* Read from a packet's text; each returns false, and changes nothing, when it is not there. */
MUST_CHECK bool take_char(const char **at, char c);
MUST_CHECK bool take_number(const char **at, u32 *value); /* hexadecimal, 1 to 8 digits */
MUST_CHECK bool take_byte(const char **at, u8 *byte);	  /* two digits */
MUST_CHECK bool take_hex(const char **at, u32 *value, u32 bytes);
/* Is the packet's beginning this word? Then *at is behind it. */
MUST_CHECK bool take_word(const char **at, const char *word);

#endif
