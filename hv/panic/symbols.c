/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of our functions, for the backtrace. tools/gen-symbols writes the table after the first
 * link pass, the second links it in; without it nothing is found.
 *
 * The table: for each symbol in ascending order the distance from the one before as an unsigned
 * LEB128 number, another number that tells how many characters its name has in common with the
 * one before, and the rest of the name, ended by a zero byte. An empty name ends a stretch of code.
 */
#include "hv/panic/private.h"

#define NAME_MAX 64u /* longer ones are cut */

extern const u8 symbols_start[], symbols_end[]; /* the linker script's */

/* One number; stops at the table's end. */
static const u8 *read_leb128(const u8 *at, u32 *out)
{
	unsigned shift = 0;

	*out = 0;
	while (at < symbols_end) {
		u8 byte = *at++;

		if (shift < 32)
			*out |= (u32)(byte & 0x7f) << shift;
		shift += 7;
		if (!(byte & 0x80))
			break;
	}
	return at;
}

/* The name at `at` into `name`, which holds the one before; returns what follows. */
static const u8 *read_name(const u8 *at, char name[NAME_MAX])
{
	u32 n;

	at = read_leb128(at, &n);
	for (; at < symbols_end && *at; at++, n++)
		if (n < NAME_MAX - 1)
			name[n] = (char)*at;
	name[n < NAME_MAX ? n : NAME_MAX - 1] = 0;
	return at + 1;
}

bool symbol_find(u32 address, const char **name, u32 *offset)
{
	static char best[NAME_MAX];
	const u8 *at = symbols_start;
	u32 where = 0;

	best[0] = 0;
	while (at < symbols_end) {
		u32 step;

		at = read_leb128(at, &step);
		if (address - where < step)
			break;
		where += step;
		at = read_name(at, best);
	}
	if (!best[0])
		return false;
	*name = best;
	*offset = address - where;
	return true;
}
