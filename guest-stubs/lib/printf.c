/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formatted text. Output is cut, never overrun; a line for the console is at most LINE bytes. */
#include "guest-stubs/lib/guest.h"

#define LINE 512

struct sink {
	char *out;
	u32 size, used;
};

static void put(struct sink *s, char c)
{
	if (s->used + 1 < s->size)
		s->out[s->used++] = c;
}

static void put_text(struct sink *s, const char *text, u32 len, u32 width, bool left)
{
	u32 i;

	for (i = len; !left && i < width; i++)
		put(s, ' ');
	for (i = 0; i < len; i++)
		put(s, text[i]);
	for (i = len; left && i < width; i++)
		put(s, ' ');
}

static void put_number(struct sink *s, u32 v, u32 base, bool negative, u32 width, char pad,
		       bool left)
{
	char digits[12];
	u32 n = sizeof(digits);

	do {
		digits[--n] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	if (negative && pad == ' ')
		digits[--n] = '-';
	else if (negative)
		put(s, '-');
	if (pad == '0')
		for (; sizeof(digits) - n < width; width--)
			put(s, '0');
	put_text(s, digits + n, sizeof(digits) - n, width, left);
}

static void put_argument(struct sink *s, char type, va_list *va, u32 width, char pad, bool left)
{
	const char *text;
	s32 v;
	char c;

	switch (type) {
	case 'c':
		c = (char)va_arg(*va, int);
		put_text(s, &c, 1, width, left);
		break;
	case 's':
		text = va_arg(*va, const char *);
		put_text(s, text, strlen(text), width, left);
		break;
	case 'd':
		v = va_arg(*va, s32);
		put_number(s, v < 0 ? -(u32)v : (u32)v, 10, v < 0, width, pad, left);
		break;
	case 'u':
		put_number(s, va_arg(*va, u32), 10, false, width, pad, left);
		break;
	case 'p':
		put(s, '0');
		put(s, 'x');
		put_number(s, va_arg(*va, u32), 16, false, 8, '0', false);
		break;
	case 'x':
		put_number(s, va_arg(*va, u32), 16, false, width, pad, left);
		break;
	default:
		put(s, type);
	}
}

u32 vsnprintf(char *out, u32 size, const char *fmt, va_list args)
{
	struct sink s = {out, size, 0};
	va_list va;

	va_copy(va, args);
	for (; *fmt; fmt++) {
		bool left = false;
		char pad = ' ';
		u32 width = 0;

		if (*fmt != '%') {
			put(&s, *fmt);
			continue;
		}
		for (fmt++; *fmt == '-' || *fmt == '0'; fmt++)
			if (*fmt == '-')
				left = true;
			else
				pad = '0';
		for (; *fmt >= '0' && *fmt <= '9'; fmt++)
			width = width * 10 + (u32)(*fmt - '0');
		if (*fmt == 'l')
			fmt++;
		if (!*fmt)
			break;
		put_argument(&s, *fmt, &va, width, pad, left);
	}
	va_end(va);
	if (size)
		out[s.used] = '\0';
	return s.used;
}

u32 snprintf(char *out, u32 size, const char *fmt, ...)
{
	va_list va;
	u32 n;

	va_start(va, fmt);
	n = vsnprintf(out, size, fmt, va);
	va_end(va);
	return n;
}

void printf(const char *fmt, ...)
{
	char line[LINE];
	va_list va;
	u32 n;

	va_start(va, fmt);
	n = vsnprintf(line, sizeof(line), fmt, va);
	va_end(va);
	console_write(line, n);
}
