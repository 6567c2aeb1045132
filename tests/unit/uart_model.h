/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A model of the serial chip at the port accesses of the driver, which is included behind it. For
 * the unit tests of the serial driver. */
#ifndef TESTS_UNIT_UART_MODEL_H
#define TESTS_UNIT_UART_MODEL_H

#include "lib/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIB_X86_H /* the real port accesses stay out */

static struct {
	u16 base;
	enum { ABSENT, CHIP_8250, CHIP_16450, CHIP_16550, CHIP_16550A } kind;
	bool loopback; /* it has one */
	bool silent;   /* asked for interrupts while it is empty it raises none (an early 8250) */
	bool dead;     /* the transmitter never becomes empty */
	u8 ier, lcr, mcr, scratch, dll, dlm, fcr;
	u8 fifo[16];
	unsigned held;	  /* bytes in it */
	unsigned busy;	  /* LSR reads until it is empty again */
	char sent[20000]; /* what has left */
	unsigned sent_count;
	unsigned lost; /* written to a full transmitter */
	const char *incoming;
	bool shifting;		       /* a silent one's shift register is busy */
	bool thre_cause;	       /* the transmitter's interrupt is not yet acknowledged */
	unsigned long reads, patience; /* more reads than that end the program; 0: any */
	u8 bus;			       /* last value that was on the bus */
} chip;

static bool fifo_on(void)
{
	return chip.kind == CHIP_16550A && chip.fcr & 1;
}

static void model_write(unsigned reg, u8 v)
{
	bool dlab = chip.lcr & 0x80;

	if (reg == 0 && dlab) {
		chip.dll = v;
	} else if (reg == 0) {
		unsigned room = fifo_on() ? 16 : 1;

		chip.thre_cause = false;
		if (chip.held == room) {
			chip.lost++;
			return;
		}
		chip.fifo[chip.held++] = v;
		chip.busy = 3 * chip.held;
		if (chip.silent && !chip.shifting) { /* straight into the shift register */
			chip.sent[chip.sent_count++] = v;
			chip.held = 0;
			chip.shifting = true;
			chip.thre_cause = chip.ier & 2;
		}
	} else if (reg == 1 && dlab) {
		chip.dlm = v;
	} else if (reg == 1) {
		if (v & 2 && !(chip.ier & 2) && !chip.held)
			chip.thre_cause = !chip.silent;
		chip.ier = v;
	} else if (reg == 2) {
		chip.fcr = v;
	} else if (reg == 3) {
		chip.lcr = v;
	} else if (reg == 4) {
		chip.mcr = v;
	} else if (reg == 7 && chip.kind != CHIP_8250) {
		chip.scratch = v;
	}
}

static void advance(void)
{
	if (chip.dead || !chip.held || --chip.busy)
		return;
	chip.shifting = false;
	memcpy(chip.sent + chip.sent_count, chip.fifo, chip.held);
	chip.sent_count += chip.held;
	chip.held = 0;
	chip.thre_cause = true;
}

static u8 model_read(unsigned reg)
{
	bool cause;

	switch (reg) {
	case 0:
		return chip.incoming && *chip.incoming ? (u8)*chip.incoming++ : 0;
	case 2:
		if (chip.incoming && *chip.incoming && chip.ier & 1)
			return (fifo_on() ? 0xc0 : 0) | 4;
		cause = chip.thre_cause && chip.ier & 2;
		chip.thre_cause = false;
		return (u8)((fifo_on()				       ? 0xc0
			     : chip.kind == CHIP_16550 && chip.fcr & 1 ? 0x80
								       : 0) |
			    (cause ? 2 : 1));
	case 3:
		return chip.lcr;
	case 5:
		advance();
		return (u8)((chip.held ? 0 : 0x60) | (chip.incoming && *chip.incoming ? 1 : 0));
	case 6:
		/* Loopback: RTS comes back as CTS, DTR as DSR, OUT1 as RI, OUT2 as DCD. */
		if (chip.mcr & 0x10 && chip.loopback)
			return (u8)((chip.mcr & 2) << 3 | (chip.mcr & 1) << 5 |
				    (chip.mcr & 4) << 4 | (chip.mcr & 8) << 4);
		return 0xb0;
	case 7:
		return chip.kind == CHIP_8250 ? 0xff : chip.scratch;
	default:
		return 0;
	}
}

static void outb(u16 port, u8 v)
{
	chip.bus = v;
	if (chip.kind != ABSENT && (port & ~7u) == chip.base)
		model_write(port & 7u, v);
}

/* Where nothing answers, the last value may still be on the wires. */
static u8 inb(u16 port)
{
	chip.reads++;
	if (chip.patience && chip.reads > chip.patience) {
		fprintf(stderr, "it reads the port for ever\n");
		exit(1);
	}
	if (chip.kind != ABSENT && (port & ~7u) == chip.base)
		return model_read(port & 7u);
	return chip.bus;
}

static void io_wait(void)
{
	outb(0x80, 0);
}

#endif
