/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that run in ring 3. They see nothing of the kernel but int 0x80. Each starts with its
 * argument in EAX, which is where a regparm function wants it. */
#include "guest-stubs/shell/user/user.h"

#define ENTRY __attribute__((regparm(1), noreturn))

static uint32_t call(uint32_t number, uint32_t a, uint32_t b)
{
	__asm__ volatile("int $0x80" : "+a"(number) : "b"(a), "c"(b) : "memory");
	return number;
}

__attribute__((noreturn)) static void leave(void)
{
	for (;;)
		call(SYS_EXIT, 0, 0);
}

static void say(const char *text)
{
	uint32_t n = 0;

	while (text[n])
		n++;
	call(SYS_WRITE, (uint32_t)text, n);
}

static char *decimal(char *end, uint32_t v)
{
	do {
		*--end = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	return end;
}

/* In one system call, so that no other program's words come between. `what` is shorter than a line.
 */
static void say_number(const char *what, uint32_t v)
{
	char line[80], digits[11], *end = digits + sizeof(digits), *digit = decimal(end, v);
	uint32_t n = 0;

	while (*what && n < sizeof(line) - sizeof(digits) - 1)
		line[n++] = *what++;
	while (digit < end)
		line[n++] = *digit++;
	line[n++] = '\n';
	call(SYS_WRITE, (uint32_t)line, n);
}

ENTRY static void hello(uint32_t arg)
{
	(void)arg;
	say_number("hello from ring 3, I am task ", call(SYS_ID, 0, 0));
	leave();
}

/* Uses the CPU for so many million loops (0: for ever) and never asks for anything. */
ENTRY static void spin(uint32_t millions)
{
	volatile uint32_t i;
	uint32_t n;

	for (n = 0; !millions || n < millions; n++)
		for (i = 0; i < 1000000; i++)
			;
	say_number("spin: done, millions of loops: ", millions);
	leave();
}

/* Counts primes below a limit. */
ENTRY static void primes(uint32_t limit)
{
	uint32_t n, d, found = 0;

	for (n = 2; n < limit; n++) {
		for (d = 2; d * d <= n && n % d; d++)
			;
		if (d * d > n)
			found++;
	}
	say_number("primes: below the limit: ", found);
	leave();
}

/* How long is a system call that does nothing? */
ENTRY static void calls(uint32_t count)
{
	uint32_t n, start = call(SYS_TIME, 0, 0);

	for (n = 0; n < count; n++)
		call(SYS_ID, 0, 0);
	say_number("calls: microseconds for all: ", call(SYS_TIME, 0, 0) - start);
	leave();
}

ENTRY static void sleeper(uint32_t ms)
{
	uint32_t start = call(SYS_TIME, 0, 0);

	call(SYS_SLEEP, ms, 0);
	say_number("sleeper: slept microseconds: ", call(SYS_TIME, 0, 0) - start);
	leave();
}

/* Touches the kernel: ends this program, nothing else. */
ENTRY static void fault(uint32_t arg)
{
	*(volatile uint32_t *)0xc0100000u = arg;
	say("fault: wrote to the kernel\n");
	leave();
}

__attribute__((section(".programs"), used)) const struct program programs[] = {
	{"hello", (uint32_t)hello},
	{"spin", (uint32_t)spin},
	{"primes", (uint32_t)primes},
	{"calls", (uint32_t)calls},
	{"sleeper", (uint32_t)sleeper},
	{"fault", (uint32_t)fault},
	{"", 0},
};
