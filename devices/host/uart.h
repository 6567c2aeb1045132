/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serial lines: the console's and the debugger's. For boot/, the console, the end of the
 * machine in hv/, and hv/gdb/. */
#ifndef DEVICES_HOST_UART_H
#define DEVICES_HOST_UART_H

#include "lib/base.h"

/* Probe and set up COM1 (or another base), 8n1, FIFO if there is one. baud 1..115200. False: no
 * UART there, or no such speed; output goes nowhere then. May be called again. */
bool uart_init(u16 base, u32 baud);
/* From polled to interrupt-driven; needs pic_init. Line 0: there is none, it stays polled. */
void uart_irq_on(unsigned line);
/* Queue raw bytes; when the buffer is full waits for room (polled). */
void uart_write(const char *text, u32 len);
u16 uart_base(void);	    /* the console's port; 0: none */
bool uart_fifo(void);	    /* it has one that works */
u32 uart_room(void);	    /* bytes that uart_write() takes without waiting */
int uart_getc(void);	    /* next received byte or -1 */
void uart_flush(void);	    /* wait, bounded, until the last bit has left */
void uart_panic_mode(void); /* polled from now on, buffer kept in order */

/* A second line; false: no such port, or it is the console's. After pic_init. */
bool uart_debug_open(u16 base, u32 baud, unsigned line);
void uart_debug_write(const char *text, u32 len); /* as uart_write() */
int uart_debug_getc(void);

#endif
