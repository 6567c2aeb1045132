/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * heartbeat: the neighbour of misbehaving guests. It computes a checksum over a growing pattern
 * in two independent ways, with the timer running, and says at the end whether they agree.
 *
 *   rounds=N   patterns to go through (default 500)
 *   ticks=N    go on until that many timer interrupts were seen, too (default 0)
 *   every=N    print "tick" each N timer interrupts of 10 ms (default 25)
 *   gap=N      fail when more than N ms pass between two of them (default 0: any)
 */
#include "guest-stubs/lib/trap.h"

#define HZ	   100
#define CRC_POLY   0xedb88320u /* CRC-32, bits reversed (IEEE 802.3) */
#define PATTERN	   8192u
#define FIRST_SIZE 512u
#define GROWTH	   64u

static u8 pattern[PATTERN];
static u32 table[256];

/* The pattern of a round: as many bytes of a linear congruential sequence as the round says. */
static u32 make_pattern(u32 round)
{
	u32 len = FIRST_SIZE + round * GROWTH % (PATTERN - FIRST_SIZE), x = round * 2654435761u + 1;
	u32 i;

	for (i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		pattern[i] = (u8)(x >> 24);
	}
	return len;
}

static u32 crc_by_bits(u32 crc, u32 len)
{
	u32 i, bit;

	for (i = 0; i < len; i++)
		for (crc ^= pattern[i], bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC_POLY : 0);
	return crc;
}

static void make_table(void)
{
	u32 i, bit, v;

	for (i = 0; i < 256; i++) {
		for (v = i, bit = 0; bit < 8; bit++)
			v = v & 1 ? v >> 1 ^ CRC_POLY : v >> 1;
		table[i] = v;
	}
}

static u32 crc_by_table(u32 crc, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		crc = crc >> 8 ^ table[(crc ^ pattern[i]) & 0xff];
	return crc;
}

static void say_tick(u32 every)
{
	static u32 said;
	u32 now = clock_ticks / every;

	if (now != said) {
		said = now;
		printf("tick %u\n", now);
	}
}

static u32 last_us, widest_us;

static void measure(void)
{
	u32 now = clock_us();

	if (last_us && now - last_us > widest_us)
		widest_us = now - last_us;
	last_us = now;
}

void guest_main(void)
{
	u32 gap = option_u32("gap", 0);
	u32 rounds = option_u32("rounds", 500), ticks = option_u32("ticks", 0);
	u32 every = option_u32("every", 25), round, sum = ~0u, expected = ~0u, started;

	traps_init();
	clock_tick = measure;
	clock_start(HZ);
	irq_on();
	started = clock_ms();
	make_table();
	for (round = 0; round < rounds || clock_ticks < ticks; round++) {
		sum = crc_by_bits(sum, make_pattern(round));
		expected = crc_by_table(expected, make_pattern(round));
		say_tick(every ? every : 1);
	}
	printf("heartbeat: %u rounds, %u ticks in %u ms\n", round, clock_ticks,
	       clock_ms() - started);
	if (gap)
		printf("heartbeat: at most %u us between two ticks\n", widest_us);
	if (gap && widest_us > gap * 1000)
		panic("heartbeat: more than %u ms between two ticks", gap);
	if (sum != expected)
		panic("heartbeat: checksum %08x wrong, expected %08x", ~sum, ~expected);
	printf("heartbeat: checksum %08x ok\n", ~sum);
}
