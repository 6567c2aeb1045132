/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shmpair: two guests exchange messages through shared memory and verify every byte.
 *
 *   count=N   messages each way (both must be told the same; default 10000)
 *   hammer=N  instead: for N seconds write and check a part of the memory that is this side's own,
 *             whatever becomes of the others
 *
 * Peer 0 writes message n and rings; peer 1 checks it, answers with its complement in place and
 * rings back. The doorbell's interrupt is the only signal: between messages both sleep.
 */
#include "guest-stubs/lib/pci.h"
#include "guest-stubs/lib/trap.h"

#define HZ	    100
#define PATIENCE    (60 * HZ) /* ticks without a ring from the peer */
#define IVSHMEM_ID  0x11101af4u
#define PCI_BAR2    0x18
#define INTR_MASK   0x00u
#define INTR_STATUS 0x04u
#define POSITION    0x08u
#define DOORBELL    0x0cu
#define MESSAGE_MAX 1024u
#define MESSAGE_MIN 16u

/* How the pair lays out the memory. `turn` says whose message is in it: n * 2 for peer 0's, one
 * more for the answer. */
struct board {
	volatile u32 present[2];
	volatile u32 turn;
	u8 data[MESSAGE_MAX];
};

static u32 registers; /* address of BAR 0 */
static u32 line;
static struct board *board;

static u32 reg_read(u32 at)
{
	return *word_at(registers + at);
}

static void reg_write(u32 at, u32 value)
{
	*word_at(registers + at) = value;
}

static void rang(u32 irq)
{
	(void)irq;
	(void)reg_read(INTR_STATUS);
}

static void find_device(void)
{
	for (u32 dev = 1; dev < PCI_DEVICES; dev++) {
		if (pci_read32(dev, PCI_ID) != IVSHMEM_ID)
			continue;
		registers = pci_read32(dev, PCI_BAR0) & ~0xfu;
		board = (struct board *)(pci_read32(dev, PCI_BAR2) & ~0xfu);
		line = pci_read8(dev, PCI_INTERRUPT_LINE);
		return;
	}
	panic("shmpair: no shared memory: give the guest shm=NAME,SIZE");
}

static u8 expected(u32 turn, u32 i)
{
	u8 v = (u8)((turn / 2 * 73 + i * 29 + (i >> 7)) ^ 0xa5);

	return turn & 1 ? (u8)~v : v;
}

static u32 length_of(u32 turn)
{
	return MESSAGE_MIN + turn / 2 * 89 % (MESSAGE_MAX - MESSAGE_MIN);
}

static void post(u32 turn, u32 peer)
{
	for (u32 i = 0; i < length_of(turn); i++)
		board->data[i] = expected(turn, i);
	__asm__ volatile("" ::: "memory");
	board->turn = turn;
	reg_write(DOORBELL, peer << 16);
}

/* Sleep until it is `turn`, then look at every byte. */
static void await(u32 turn)
{
	u32 start = clock_ticks;

	irq_off();
	while (board->turn != turn) {
		if (clock_ticks - start > PATIENCE)
			panic("shmpair: no message %u (turn is %u)", turn, board->turn);
		halt_off();
	}
	irq_on();
	for (u32 i = 0; i < length_of(turn); i++)
		if (board->data[i] != expected(turn, i))
			panic("shmpair: message %u differs at byte %u", turn, i);
}

static void await_peer(u32 self)
{
	u32 start = clock_ticks;

	board->present[self] = 1;
	while (!board->present[!self]) {
		if (clock_ticks - start > PATIENCE)
			panic("shmpair: nobody else came");
		halt();
	}
}

/* The memory behind the board is cut into parts by peer number. */
static void hammer(u32 self, u32 seconds)
{
	u32 start = clock_ticks, rounds = 0;
	volatile u32 *part = (volatile u32 *)((u8 *)board + PAGE_SIZE * (1 + self));

	while (clock_ticks - start < seconds * HZ) {
		for (u32 i = 0; i < PAGE_SIZE / 4; i++)
			part[i] = rounds * 2654435761u + i;
		for (u32 i = 0; i < PAGE_SIZE / 4; i++)
			if (part[i] != rounds * 2654435761u + i)
				panic("shmpair: word %u of part %u changed", i, self);
		if (rounds++ == 0)
			printf("shmpair: hammering as %u\n", self);
		reg_write(DOORBELL, (rounds % 17) << 16);
	}
	printf("shmpair: hammered %u seconds, all verified\n", seconds);
}

void guest_main(void)
{
	u32 count = option_u32("count", 10000), seconds = option_u32("hammer", 0), self, n;

	traps_init();
	find_device();
	irq_install(line, rang);
	clock_start(HZ);
	irq_on();
	reg_write(INTR_MASK, 1);
	self = reg_read(POSITION);
	if (seconds) {
		hammer(self, seconds);
		return;
	}
	if (self > 1)
		panic("shmpair: a pair has two sides, this is number %u", self);
	await_peer(self);
	for (n = 1; n <= count; n++) {
		if (self == 0) {
			post(n * 2, 1);
			await(n * 2 + 1);
		} else {
			await(n * 2);
			post(n * 2 + 1, 0);
		}
	}
	printf("shmpair: %u messages each way, all verified\n", count);
}
