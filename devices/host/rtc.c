/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CMOS clock (Motorola MC146818A data sheet): BCD or binary, 12 or 24 hours, as the BIOS left
 * it. Read only; taken to run in UTC. */
#include "devices/host/rtc.h"
#include "lib/string.h"
#include "lib/x86.h"

#define INDEX	   0x70
#define DATA	   0x71
#define NMI_OFF	   0x80u /* the index port's top bit masks NMI while we hold an index */
#define REG_A	   0x0a
#define A_UPDATING 0x80u
#define REG_B	   0x0b
#define B_24H	   0x02u
#define B_BINARY   0x04u
#define REG_D	   0x0d /* leaves the index at a harmless place */
#define HOUR_PM	   0x80u
#define CENTURY	   0x32 /* on nearly all PCs; checked for sense */

/* An update takes 2 ms; reads of two ports 2 us. */
#define UPDATE_WAIT 100000u
#define ATTEMPTS    5u

enum { SECOND, MINUTE, HOUR, DAY, MONTH, YEAR, FIELDS };
static const u8 field_reg[FIELDS] = {0, 2, 4, 7, 8, 9};

static u8 cmos(u8 reg)
{
	outb(INDEX, reg | NMI_OFF);
	io_wait();
	return inb(DATA);
}

/* False: an update is under way, and did not end within so many looks. */
static bool read_fields(u8 f[FIELDS], u32 looks)
{
	while (cmos(REG_A) & A_UPDATING)
		if (!--looks)
			return false;
	for (unsigned n = 0; n < FIELDS; n++)
		f[n] = cmos(field_reg[n]);
	return true;
}

static u32 from_bcd(u8 v)
{
	return (v >> 4) * 10u + (v & 15u);
}

/* Days from 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day is
 * the last of its year. */
static u64 days_since_1970(u32 y, u32 m, u32 d)
{
	u32 year = m > 2 ? y : y - 1, month = m > 2 ? m - 3 : m + 9;

	return (u64)year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + d -
	       719469;
}

static u32 full_year(u32 year, u32 century)
{
	u32 y = century * 100 + year;

	/* A century that was never set, or is not one: 1970..2069. */
	if (y < 1970 || y > 2199)
		y = year < 70 ? 2000 + year : 1900 + year;
	return y;
}

static bool convert(const u8 raw[FIELDS], u8 century, u8 mode, u64 *out)
{
	u32 f[FIELDS], c = mode & B_BINARY ? century : from_bcd(century);
	bool pm = !(mode & B_24H) && raw[HOUR] & HOUR_PM;

	for (unsigned i = 0; i < FIELDS; i++) {
		u8 v = i == HOUR && !(mode & B_24H) ? raw[i] & (u8)~HOUR_PM : raw[i];
		f[i] = mode & B_BINARY ? v : from_bcd(v);
	}
	if (!(mode & B_24H))
		f[HOUR] = f[HOUR] % 12 + (pm ? 12 : 0);
	if (f[SECOND] > 59 || f[MINUTE] > 59 || f[HOUR] > 23 || f[DAY] < 1 || f[DAY] > 31 ||
	    f[MONTH] < 1 || f[MONTH] > 12 || f[YEAR] > 99)
		return false;
	*out = days_since_1970(full_year(f[YEAR], c), f[MONTH], f[DAY]) * 86400u +
	       (u64)(f[HOUR] * 3600u + f[MINUTE] * 60u + f[SECOND]);
	return true;
}

static bool read_time(u64 *unix_seconds, u32 attempts, u32 looks)
{
	u8 a[FIELDS], b[FIELDS], century, mode;
	bool same = false;

	/* Between the check and the last read an update may begin: until two agree. */
	for (unsigned i = 0; !same && i < attempts; i++) {
		if (!read_fields(a, looks) || !read_fields(b, looks))
			break;
		same = memcmp(a, b, sizeof(a)) == 0;
	}
	century = cmos(CENTURY);
	mode = cmos(REG_B);
	outb(INDEX, REG_D); /* NMI on again */
	(void)inb(DATA);
	return same && convert(a, century, mode, unix_seconds);
}

bool rtc_read(u64 *unix_seconds)
{
	return read_time(unix_seconds, ATTEMPTS, UPDATE_WAIT);
}

bool rtc_glance(u64 *unix_seconds)
{
	return read_time(unix_seconds, 1, 1);
}
