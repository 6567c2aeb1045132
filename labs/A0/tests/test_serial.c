/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A0: the serial driver against a model of the chip. */
#include <stdio.h>

#include "tests/unit/uart_model.h"

#include "devices/host/uart.c"

#define TEXT "the first words of a hypervisor"

enum hv_status host_irq_register(unsigned irq, host_irq_fn *fn, void *ctx)
{
	(void)irq;
	(void)fn;
	(void)ctx;
	return HV_OK;
}

static void fresh(int kind)
{
	memset(&chip, 0, sizeof(chip));
	memset(&console, 0, sizeof(console));
	chip.base = 0x3f8;
	chip.kind = kind;
	chip.loopback = true;
}

static void speed(void)
{
	static const struct {
		u32 baud, divisor;
	} row[] = {{115200, 1}, {9600, 12}, {50, 2304}};

	for (u32 i = 0; i < ARRAY_LEN(row); i++) {
		u32 seen;

		fresh(CHIP_16550A);
		if (!uart_init(0x3f8, row[i].baud)) {
			printf("not ok speed: %u baud: expected true, seen false\n", row[i].baud);
			return;
		}
		seen = chip.dll | (u32)chip.dlm << 8;
		if (seen != row[i].divisor || chip.lcr != 3 || chip.ier) {
			printf("not ok speed: %u baud: expected divisor %u, LCR 3, IER 0, seen %u, "
			       "%u, %u\n",
			       row[i].baud, row[i].divisor, seen, chip.lcr, chip.ier);
			return;
		}
	}
	fresh(CHIP_16550A);
	if (uart_init(0x3f8, 0) || uart_init(0x3f8, 115201))
		printf("not ok speed: 0 and 115201 baud: expected false, seen true\n");
	else
		printf("ok speed\n");
}

static void fifo(void)
{
	for (int kind = CHIP_8250; kind <= CHIP_16550A; kind++) {
		unsigned burst = kind == CHIP_16550A ? 16 : 1;

		fresh(kind);
		if (!uart_init(0x3f8, 115200) || console.burst != burst) {
			printf("not ok fifo: chip %d: expected %u bytes at once, seen %u\n", kind,
			       burst, console.burst);
			return;
		}
		if (kind == CHIP_16550 && chip.fcr & 1) {
			printf("not ok fifo: a 16550 without A: expected its FIFO to be off, seen "
			       "on\n");
			return;
		}
		uart_write(TEXT, sizeof(TEXT) - 1);
		uart_flush();
		if (chip.lost || chip.sent_count != sizeof(TEXT) - 1 ||
		    memcmp(chip.sent, TEXT, sizeof(TEXT) - 1) != 0) {
			printf("not ok fifo: chip %d: expected \"" TEXT
			       "\", seen \"%.*s\", %u bytes lost\n",
			       kind, (int)chip.sent_count, chip.sent, chip.lost);
			return;
		}
		if ((chip.mcr & 0x1b) != 0x0b) {
			printf("not ok fifo: chip %d: expected MCR 0xb, seen %#x\n", kind,
			       chip.mcr);
			return;
		}
	}
	printf("ok fifo\n");
}

static void nobody_there(void)
{
	bool first, none;

	fresh(CHIP_16550A);
	first = uart_init(0x3f8, 115200);
	fresh(ABSENT);
	none = uart_init(0x3f8, 115200) || uart_init(0, 115200);
	chip.reads = 0;
	uart_write("lost", 4);
	uart_flush();
	if (!first || none)
		printf("not ok nobody-there: expected true for a chip and false for none, seen %d "
		       "and %d\n",
		       first, none);
	else if (chip.reads)
		printf("not ok nobody-there: expected no access to a port that is not there, seen "
		       "%lu\n",
		       chip.reads);
	else
		printf("ok nobody-there\n");
}

static void dead(void)
{
	unsigned long first;

	fresh(CHIP_16550A);
	if (!uart_init(0x3f8, 115200)) {
		printf("not ok dead: expected true, seen false\n");
		return;
	}
	chip.dead = true;
	chip.patience = 3 * WAIT_LIMIT;
	uart_write(TEXT TEXT, 2 * (sizeof(TEXT) - 1));
	first = chip.reads;
	chip.reads = 0;
	uart_write(TEXT TEXT, 2 * (sizeof(TEXT) - 1));
	if (first < WAIT_LIMIT || first > WAIT_LIMIT + 1000)
		printf("not ok dead: expected about %u reads, seen %lu\n", WAIT_LIMIT, first);
	else if (chip.reads > 1000)
		printf("not ok dead: the second time: expected few reads, seen %lu\n", chip.reads);
	else
		printf("ok dead\n");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	speed();
	fifo();
	nobody_there();
	dead();
	return 0;
}
