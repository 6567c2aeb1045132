/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines: "ringone: text" about ourselves, "[guest] text" about a guest. A guest may be able
 * to cause lines, so each name has a token bucket; what it holds back is counted and said. Text
 * may hold what a guest wrote: control characters are replaced.
 */
#include "lib/log.h"
#include "hv/console/console.h"
#include "hv/hv.h"

#define BURST	    64u /* lines at once */
#define RESERVE	    16u /* of these kept for errors, so that the reason of an end is seen */
#define PER_SECOND  20u
#define NS_PER_LINE (1000000000u / PER_SECOND)

/* A name's bucket. Names are guests' names, so there are never more than guests. */
struct bucket {
	char tag[GUEST_NAME_MAX];
	u32 lines; /* that may still be written */
	u32 suppressed;
	u64 filled; /* up to when the time was turned into lines */
};

static struct bucket buckets[GUESTS_MAX];

static struct bucket *bucket_of(const char *tag)
{
	struct bucket *b = buckets;

	for (; b < buckets + GUESTS_MAX && b->tag[0]; b++)
		if (strncmp(b->tag, tag, sizeof(b->tag) - 1) == 0)
			return b;
	if (b == buckets + GUESTS_MAX)
		return &buckets[0]; /* cannot be: shared rather than unlimited */
	snprintf(b->tag, sizeof(b->tag), "%s", tag);
	b->lines = BURST;
	b->filled = now_ns();
	return b;
}

/* Take the right to write one line. Time is counted in subtractions: no division of 64 bits. */
static bool take(struct bucket *b, enum log_level level)
{
	u64 now = now_ns();

	if (now - b->filled >= (u64)BURST * NS_PER_LINE) {
		b->lines = BURST;
		b->filled = now;
	}
	for (; now - b->filled >= NS_PER_LINE; b->filled += NS_PER_LINE)
		b->lines = MIN(b->lines + 1, BURST);
	if (b->lines <= (level == LOG_ERROR ? 0 : RESERVE))
		return false;
	b->lines--;
	return true;
}

static void write_line(const char *tag, const char *fmt, va_list ap)
{
	char line[CONSOLE_LINE + 1];
	int n = tag ? snprintf(line, CONSOLE_LINE, "[%.15s] ", tag)
		    : snprintf(line, CONSOLE_LINE, "ringone: ");

	n += vsnprintf(line + n, CONSOLE_LINE - (u32)n, fmt, ap);
	n = MIN(n, (int)CONSOLE_LINE - 1);
	for (int i = 0; i < n; i++)
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '.';
	line[n++] = '\n';
	console_write(line, (u32)n);
}

static void say(const char *tag, const char *fmt, ...) PRINTF(2, 3);
static void say(const char *tag, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_line(tag, fmt, ap);
	va_end(ap);
}

static void say_suppressed(struct bucket *b)
{
	u32 n = b->suppressed;

	b->suppressed = 0;
	if (n)
		say(b->tag, "%u lines suppressed", n);
}

/* Until the options are read, what boot/ and mm/ find is worth seeing. */
static u32 level_now(void)
{
	return config.opt.slice_us ? config.opt.log_level : LOG_INFO;
}

void log_line(enum log_level level, const char *tag, const char *fmt, ...)
{
	va_list ap;

	if ((u32)level > level_now())
		return;
	if (tag) {
		struct bucket *b = bucket_of(tag);

		if (!take(b, level)) {
			b->suppressed++;
			return;
		}
		say_suppressed(b);
	}
	va_start(ap, fmt);
	write_line(tag, fmt, ap);
	va_end(ap);
}

void log_flush(void)
{
	for (u32 i = 0; i < GUESTS_MAX && buckets[i].tag[0]; i++)
		say_suppressed(&buckets[i]);
}
