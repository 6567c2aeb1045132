/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests share: text, signals, children, memory with a pattern in it. */
#include "guest-stubs/penguin/user/user.h"

extern void signal_return(void);

const char *own_path;
u32 tsc_khz;

bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

void print(const char *text)
{
	u32 n = 0;

	while (text[n])
		n++;
	write(1, text, n);
}

void print_number(u32 n)
{
	char digits[11];
	u32 at = sizeof(digits) - 1;

	digits[at] = '\0';
	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	print(digits + at);
}

void fail(const char *what, u32 value)
{
	print("torture: FAILED: ");
	print(what);
	print(" (");
	print_number(value);
	print(")\n");
	exit(1);
}

void on_signal(u32 signal, void (*handler)(int))
{
	struct sigaction a = {handler, 0, SA_RESTORER, signal_return};

	CHECK(syscall(SYS_SIGACTION, signal, (u32)&a, 0, 0, 0) == 0);
}

void sleep_ms(u32 ms)
{
	u32 request[2] = {ms / 1000, ms % 1000 * 1000000};

	syscall(SYS_NANOSLEEP, (u32)request, 0, 0, 0, 0);
}

void set_alarm(u32 first_ms, u32 every_ms)
{
	/* struct itimerval: interval, then value, each seconds and microseconds */
	u32 timer[4] = {every_ms / 1000, every_ms % 1000 * 1000, first_ms / 1000,
			first_ms % 1000 * 1000};

	CHECK(syscall(SYS_SETITIMER, 0, (u32)timer, 0, 0, 0) == 0);
}

void expect(s32 pid, u32 status)
{
	u32 got = 0;

	CHECK(pid > 0);
	while (waitpid(pid, &got) != pid) /* a signal may come between */
		;
	if ((got & 0xffff) != status)
		fail("exit status of a child", got);
}

u32 pattern(u32 seed, u32 at)
{
	u32 x = seed * 2654435761u ^ at * 40503u;

	return x ^ x >> 15;
}

void fill(void *at, u32 bytes, u32 seed)
{
	u32 *p = at, i;

	for (i = 0; i < bytes / 4; i++)
		p[i] = pattern(seed, i);
}

void verify(const void *at, u32 bytes, u32 seed)
{
	const volatile u32 *p = at;
	u32 i;

	for (i = 0; i < bytes / 4; i++)
		if (p[i] != pattern(seed, i))
			fail("memory differs at", (u32)&p[i]);
}

void verify_value(const void *at, u32 bytes, u8 value)
{
	const volatile u8 *p = at;
	u32 i;

	for (i = 0; i < bytes; i++)
		if (p[i] != value)
			fail("byte differs at", (u32)&p[i]);
}
