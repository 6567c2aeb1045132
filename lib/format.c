/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snprintf, as far as lib/string.h promises. Owns nothing; never writes past `size`. */
#include "lib/string.h"

struct out {
	char *buf;
	size_t size, len; /* len counts what would have been written */
};

/* One conversion: %[flags][width][.precision][length]type. */
struct spec {
	bool left, zero, alternate, signed_type, upper;
	int width, precision; /* precision -1: none */
	unsigned bytes;	      /* size of the integer argument */
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void pad(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

static void put_padded(struct out *o, const struct spec *s, const char *text, int len)
{
	pad(o, ' ', s->left ? 0 : s->width - len);
	for (int i = 0; i < len; i++)
		put(o, text[i]);
	pad(o, ' ', s->left ? s->width - len : 0);
}

/* Digits of v, last first; returns how many. Words where they suffice: a 64-bit division is a
 * call of a hundred instructions. */
static int digits(char *out, u64 v, unsigned base, bool upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	int n = 0;

	if (base == 16) {
		do
			out[n++] = set[v & 15u];
		while (v >>= 4);
		return n;
	}
	for (; v >> 32; v /= 10)
		out[n++] = set[v % 10];
	u32 w = (u32)v;
	do
		out[n++] = set[w % 10];
	while (w /= 10);
	return n;
}

static void put_integer(struct out *o, const struct spec *s, u64 v, unsigned base)
{
	char text[24], prefix[3];
	int plen = 0, n;

	if (s->signed_type && (s64)v < 0) {
		prefix[plen++] = '-';
		v = 0 - v;
	}
	if (s->alternate && base == 16 && v) {
		prefix[plen++] = '0';
		prefix[plen++] = s->upper ? 'X' : 'x';
	}
	n = digits(text, v, base, s->upper);

	int fill = s->width - plen - n;
	pad(o, ' ', s->left || s->zero ? 0 : fill);
	for (int i = 0; i < plen; i++)
		put(o, prefix[i]);
	pad(o, '0', s->zero && !s->left ? fill : 0);
	while (n)
		put(o, text[--n]);
	pad(o, ' ', s->left ? fill : 0);
}

static void put_string(struct out *o, const struct spec *s, const char *text)
{
	int len = 0;

	if (!text)
		text = "(null)";
	while ((s->precision < 0 || len < s->precision) && text[len])
		len++;
	put_padded(o, s, text, len);
}

static const char *parse_number(const char *p, int *n)
{
	for (*n = 0; *p >= '0' && *p <= '9'; p++)
		if (*n < 100000)
			*n = *n * 10 + (*p - '0');
	return p;
}

static const char *parse_length(const char *p, struct spec *s)
{
	s->bytes = sizeof(int);
	if (p[0] == 'h') {
		s->bytes = p[1] == 'h' ? sizeof(char) : sizeof(short);
		return p + (p[1] == 'h' ? 2 : 1);
	}
	if (p[0] == 'l') {
		s->bytes = p[1] == 'l' ? sizeof(long long) : sizeof(long);
		return p + (p[1] == 'l' ? 2 : 1);
	}
	if (p[0] == 'z') {
		s->bytes = sizeof(size_t);
		return p + 1;
	}
	return p;
}

/* The argument's low bytes as the type says: sign- or zero-extended to 64 bits. */
static u64 narrow(u64 v, const struct spec *s)
{
	unsigned shift = 64 - 8 * s->bytes;

	return s->signed_type ? (u64)((s64)(v << shift) >> shift) : v << shift >> shift;
}

/* va_list goes by pointer: what the callee takes must be gone for the caller too. */
struct args {
	va_list ap;
};

static const char *parse_spec(const char *p, struct spec *s, struct args *a)
{
	*s = (struct spec){.precision = -1};
	for (;; p++) {
		if (*p == '-')
			s->left = true;
		else if (*p == '0')
			s->zero = true;
		else if (*p == '#')
			s->alternate = true;
		else
			break;
	}
	if (*p == '*') {
		s->width = va_arg(a->ap, int);
		if (s->width < 0) {
			s->left = true;
			s->width = -s->width;
		}
		p++;
	} else {
		p = parse_number(p, &s->width);
	}
	if (*p == '.') {
		p++;
		if (*p == '*') {
			s->precision = va_arg(a->ap, int);
			p++;
		} else {
			p = parse_number(p, &s->precision);
		}
	}
	return parse_length(p, s);
}

static void convert_integer(struct out *o, struct spec *s, char type, struct args *a)
{
	u64 v;

	if (type == 'p') {
		s->alternate = true;
		v = (uintptr_t)va_arg(a->ap, void *);
		s->bytes = sizeof(v);
	} else {
		s->signed_type = type == 'd' || type == 'i';
		s->upper = type == 'X';
		v = s->bytes == 8 ? va_arg(a->ap, u64) : va_arg(a->ap, unsigned);
	}
	put_integer(o, s, narrow(v, s), type == 'd' || type == 'i' || type == 'u' ? 10 : 16);
}

static void convert(struct out *o, struct spec *s, char type, struct args *a)
{
	char c;

	switch (type) {
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X':
	case 'p':
		convert_integer(o, s, type, a);
		break;
	case 'c':
		c = (char)va_arg(a->ap, int);
		put_padded(o, s, &c, 1);
		break;
	case 's':
		put_string(o, s, va_arg(a->ap, const char *));
		break;
	case '%':
		put(o, '%');
		break;
	default: /* not ours: show it, and take no argument */
		put(o, '%');
		put(o, type);
	}
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = {buf, size, 0};
	struct args a;
	struct spec s;

	va_copy(a.ap, ap);
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		fmt = parse_spec(fmt + 1, &s, &a);
		if (!*fmt)
			break;
		convert(&o, &s, *fmt, &a);
	}
	va_end(a.ap);
	if (size)
		buf[MIN(o.len, size - 1)] = '\0';
	return (int)o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
