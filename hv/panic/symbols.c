/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of our functions, for the backtrace. tools/gen-symbols writes the table after the first
 * link pass, the second links it in; without it nothing is found.
 *
 * The table: for each symbol in ascending order the distance from the one before as an unsigned
 * LEB128 number, then its name, ended by a zero byte. An empty name ends a stretch of code.
 */
#include "hv/panic/private.h"

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

bool symbol_find(u32 address, const char **name, u32 *offset)
{
	const u8 *at = symbols_start;
	const char *best = NULL;
	u32 where = 0;

	while (at < symbols_end) {
		u32 step;

		at = read_leb128(at, &step);
		if (address - where < step)
			break;
		where += step;
		best = (const char *)at;
		while (at < symbols_end && *at)
			at++;
		at++;
	}
	if (!best || !*best)
		return false;
	*name = best;
	*offset = address - where;
	return true;
}
