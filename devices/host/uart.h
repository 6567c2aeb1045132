/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to uart.c and its test: the byte ring between the callers and the interrupt. */
#ifndef DEVICES_HOST_UART_H
#define DEVICES_HOST_UART_H

#include "lib/base.h"

#define UART_RING 4096u /* a power of two: indices wrap by masking */

struct uart_ring {
	u8 data[UART_RING];
	u32 head, count; /* the oldest byte, and how many */
};

/* False, and nothing changed: full. */
static inline bool ring_put(struct uart_ring *r, u8 c)
{
	if (r->count >= UART_RING)
		return false;
	r->data[(r->head + r->count) & (UART_RING - 1)] = c;
	r->count++;
	return true;
}

/* The oldest byte, or -1. */
static inline int ring_get(struct uart_ring *r)
{
	u8 c;

	if (!r->count)
		return -1;
	c = r->data[r->head & (UART_RING - 1)];
	r->head = (r->head + 1) & (UART_RING - 1);
	r->count--;
	return c;
}

#endif
