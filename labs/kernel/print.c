/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formatted text: the few conversions that a kernel needs. */
#include "labs/kernel/console.h"

struct out {
	char *text;
	u32 size, len; /* len counts on when the text does not fit */
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->text[o->len] = c;
	o->len++;
}

static void put_padded(struct out *o, const char *text, u32 n, u32 width, char pad)
{
	for (; width > n; width--)
		put(o, pad);
	while (n--)
		put(o, *text++);
}

static void put_number(struct out *o, u32 value, u32 base, u32 width, char pad)
{
	char digits[10];
	u32 at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	put_padded(o, digits + at, sizeof(digits) - at, width, pad);
}

static void put_signed(struct out *o, s32 value, u32 width, char pad)
{
	u32 size = value < 0 ? 0u - (u32)value : (u32)value;

	if (value < 0)
		put(o, '-');
	put_number(o, size, 10, width, pad);
}

/* One conversion, whose letter is c. */
static void put_one(struct out *o, char c, u32 width, char pad, va_list *va)
{
	const char *s;

	if (c == 's') {
		s = va_arg(*va, const char *);
		put_padded(o, s, strlen(s), width, ' ');
	} else if (c == 'c') {
		put(o, (char)va_arg(*va, int));
	} else if (c == 'd') {
		put_signed(o, va_arg(*va, s32), width, pad);
	} else if (c == 'u') {
		put_number(o, va_arg(*va, u32), 10, width, pad);
	} else if (c == 'x') {
		put_number(o, va_arg(*va, u32), 16, width, pad);
	} else if (c == 'p') {
		put_number(o, va_arg(*va, u32), 16, 8, '0');
	} else {
		put(o, c);
	}
}

u32 vformat(char *out, u32 size, const char *fmt, va_list va)
{
	struct out o = {out, size, 0};
	va_list args; /* a copy whose address may be taken */

	va_copy(args, va);
	for (; *fmt; fmt++) {
		u32 width = 0;
		char pad = ' ';

		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		if (*++fmt == '0')
			pad = '0';
		while (*fmt >= '0' && *fmt <= '9')
			width = width * 10 + (u32)(*fmt++ - '0');
		if (!*fmt)
			break;
		put_one(&o, *fmt, width, pad, &args);
	}
	va_end(args);
	if (size)
		out[MIN(o.len, size - 1)] = '\0';
	return MIN(o.len, size ? size - 1 : 0);
}

u32 format(char *out, u32 size, const char *fmt, ...)
{
	va_list va;
	u32 n;

	va_start(va, fmt);
	n = vformat(out, size, fmt, va);
	va_end(va);
	return n;
}

void printf(const char *fmt, ...)
{
	char line[256];
	va_list va;

	va_start(va, fmt);
	console_write(line, vformat(line, sizeof(line), fmt, va));
	va_end(va);
}

void puts(const char *text)
{
	console_write(text, strlen(text));
}
