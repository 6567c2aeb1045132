/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines: "ringone: text" about ourselves, "[guest] text" about a guest. A guest may be able
 * to cause lines, so each name has a token bucket; what it holds back is counted and said. Text
 * may hold what a guest wrote: control characters are replaced.
 */
#include "lib/log.h"
#include "lib/string.h"

#define BURST	    64u /* lines at once */
#define RESERVE	    16u /* of these kept for errors, so that the reason of an end is seen */
#define PER_SECOND  20u
#define NS_PER_LINE (1000000000u / PER_SECOND)

/* A name's bucket. Names are guests' names, so there are never more than guests. */
struct bucket {
	char tag[LOG_TAG_MAX];
	u32 lines; /* that may still be written */
	u32 suppressed;
	u64 filled; /* up to when the time was turned into lines */
};

static struct bucket buckets[LOG_TAGS];
static const struct log_ops *hooked; /* NULL: nobody yet */
static enum log_level level_now = LOG_INFO;

void log_hook(const struct log_ops *ops)
{
	hooked = ops;
}

void log_set_level(enum log_level level)
{
	level_now = level;
}

static struct bucket *bucket_of(const char *tag)
{
	struct bucket *b = buckets;

	for (; b < buckets + LOG_TAGS && b->tag[0]; b++)
		if (strncmp(b->tag, tag, sizeof(b->tag) - 1) == 0)
			return b;
	if (b == buckets + LOG_TAGS)
		return &buckets[0]; /* cannot be: shared rather than unlimited */
	snprintf(b->tag, sizeof(b->tag), "%s", tag);
	b->lines = BURST;
	b->filled = hooked->now_ns();
	return b;
}

/* Take the right to write one line. Time is counted in subtractions: no division of 64 bits. */
static bool take(struct bucket *b, enum log_level level)
{
	u64 now = hooked->now_ns();

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
	char line[LOG_LINE + 1];
	int n = tag ? snprintf(line, LOG_LINE, "[%.15s] ", tag)
		    : snprintf(line, LOG_LINE, "ringone: ");

	n += vsnprintf(line + n, LOG_LINE - (u32)n, fmt, ap);
	n = MIN(n, (int)LOG_LINE - 1);
	for (int i = 0; i < n; i++)
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '.';
	line[n++] = '\n';
	hooked->write(line, (u32)n);
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

void log_line(enum log_level level, const char *tag, const char *fmt, ...)
{
	va_list ap;

	if (!hooked || level > level_now)
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
	for (u32 i = 0; i < LOG_TAGS && buckets[i].tag[0]; i++)
		say_suppressed(&buckets[i]);
}

void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (hooked)
		hooked->stop((u32)(uintptr_t)__builtin_return_address(0),
			     *(const u32 *)__builtin_frame_address(0), fmt, ap);
	va_end(ap);
	for (;;)
		__asm__ volatile("cli; hlt");
}
