/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of the remote protocol. Whoever is at the other end may send anything. */
#include "hv/gdb/packet.h"
#include "lib/string.h"

#define INTERRUPT 0x03
#define ESCAPE	  '}'
#define FLIP	  0x20

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void begin(struct packet *p)
{
	p->state = PACKET_INSIDE;
	p->overflow = false;
	p->sum = 0;
	p->len = 0;
}

static void keep(struct packet *p, u8 byte)
{
	if (p->len < PACKET_MAX)
		p->data[p->len++] = (char)byte;
	else
		p->overflow = true;
}

static enum packet_event outside(struct packet *p, u8 byte)
{
	switch (byte) {
	case '$':
		begin(p);
		return PACKET_MORE;
	case '+':
		return PACKET_ACK;
	case '-':
		return PACKET_AGAIN;
	case INTERRUPT:
		return PACKET_INTERRUPT;
	default:
		return PACKET_MORE;
	}
}

static enum packet_event inside(struct packet *p, u8 byte)
{
	if (byte == '$') { /* the one before was cut off */
		begin(p);
		return PACKET_MORE;
	}
	if (byte == '#') {
		p->state = PACKET_SUM1;
		return PACKET_MORE;
	}
	p->sum = (u8)(p->sum + byte);
	if (p->state == PACKET_ESCAPED) {
		p->state = PACKET_INSIDE;
		keep(p, byte ^ FLIP);
	} else if (byte == ESCAPE) {
		p->state = PACKET_ESCAPED;
	} else {
		keep(p, byte);
	}
	return PACKET_MORE;
}

static enum packet_event finish(struct packet *p, int low)
{
	p->state = PACKET_OUTSIDE;
	p->data[p->len] = '\0';
	return low >= 0 && !p->overflow && (p->told | low) == p->sum ? PACKET_READY : PACKET_BAD;
}

enum packet_event packet_byte(struct packet *p, u8 byte)
{
	int n = digit((char)byte);

	switch (p->state) {
	case PACKET_INSIDE:
	case PACKET_ESCAPED:
		return inside(p, byte);
	case PACKET_SUM1:
		p->told = (u8)((u32)n << 4);
		p->state = n < 0 ? PACKET_OUTSIDE : PACKET_SUM2;
		return n < 0 ? PACKET_BAD : PACKET_MORE;
	case PACKET_SUM2:
		return finish(p, n);
	default:
		return outside(p, byte);
	}
}

/* ---- Replies ------------------------------------------------------------------------------ */

static const char digits[] = "0123456789abcdef";

static void put(struct reply *r, char c)
{
	if (r->len < sizeof(r->data) - 3) /* room for the checksum */
		r->data[r->len++] = c;
	else
		r->overflow = true;
}

void reply_begin(struct reply *r)
{
	r->len = 0;
	r->overflow = false;
	put(r, '$');
}

void reply_text(struct reply *r, const char *text)
{
	while (*text)
		put(r, *text++);
}

void reply_byte(struct reply *r, u8 byte)
{
	put(r, digits[byte >> 4]);
	put(r, digits[byte & 15]);
}

void reply_hex(struct reply *r, u32 value, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++)
		reply_byte(r, i < 4 ? (u8)(value >> i * 8) : 0);
}

void reply_number(struct reply *r, u32 value)
{
	char text[12];

	snprintf(text, sizeof(text), "%x", value);
	reply_text(r, text);
}

void reply_raw(struct reply *r, char c)
{
	if (c == '$' || c == '#' || c == ESCAPE || c == '*') {
		put(r, ESCAPE);
		c ^= FLIP;
	}
	put(r, c);
}

void reply_end(struct reply *r)
{
	u8 sum = 0;

	for (u32 i = 1; i < r->len; i++)
		sum = (u8)(sum + (u8)r->data[i]);
	r->data[r->len++] = '#';
	r->data[r->len++] = digits[sum >> 4];
	r->data[r->len++] = digits[sum & 15];
}

/* ---- Reading ------------------------------------------------------------------------------ */

bool take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

bool take_number(const char **at, u32 *value)
{
	const char *c = *at;
	u32 n = 0;

	for (; digit(*c) >= 0; c++) {
		if (n >> 28)
			return false;
		n = n << 4 | (u32)digit(*c);
	}
	if (c == *at)
		return false;
	*at = c;
	*value = n;
	return true;
}

bool take_byte(const char **at, u8 *byte)
{
	const char *c = *at;

	if (digit(c[0]) < 0 || digit(c[1]) < 0)
		return false;
	*byte = (u8)(digit(c[0]) << 4 | digit(c[1]));
	*at = c + 2;
	return true;
}

bool take_hex(const char **at, u32 *value, u32 bytes)
{
	const char *c = *at;
	u32 n = 0;

	for (u32 i = 0; i < bytes; i++) {
		u8 byte;

		if (!take_byte(&c, &byte))
			return false;
		if (i < 4)
			n |= (u32)byte << i * 8;
	}
	*at = c;
	*value = n;
	return true;
}

bool take_word(const char **at, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*at, word, n) != 0)
		return false;
	*at += n;
	return true;
}
