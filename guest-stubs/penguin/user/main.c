/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The torture program's table of tests, and what they share. */
#include "guest-stubs/penguin/user/user.h"

extern void signal_return(void);

const char *own_path;
u32 tsc_khz;

static const struct {
	const char *name;
	test_fn *fn;
} tests[] = {
	{"storm", test_storm},	   {"pipe", test_pipe},	  {"signal", test_signal},
	{"preempt", test_preempt}, {"mmap", test_mmap},	  {"cow", test_cow},
	{"fpu", test_fpu},	   {"tls", test_tls},	  {"memory", test_memory},
	{"oom", test_oom},	   {"sleep", test_sleep}, {"fault", test_fault},
	{"lazyfpu", test_lazyfpu},
};

static bool same(const char *a, const char *b)
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

u32 parse(const char *text)
{
	u32 n = 0;

	while (*text >= '0' && *text <= '9')
		n = n * 10 + (u32)(*text++ - '0');
	return n;
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

u32 torture(u32 argc, char **argv);

u32 torture(u32 argc, char **argv)
{
	u32 rounds = argc > 2 ? parse(argv[2]) : 1, i;

	if (argc < 2)
		fail("usage: torture TEST [ROUNDS]", argc);
	own_path = argv[0];
	if (same(argv[1], "child") && argc == 4)
		return storm_child(parse(argv[2]), parse(argv[3]));
	tsc_khz = argc > 3 ? parse(argv[3]) : 0;
	for (i = 0; i < ARRAY_LEN(tests); i++)
		if (same(argv[1], tests[i].name)) {
			tests[i].fn(rounds ? rounds : 1);
			return 0;
		}
	fail("no such test", 0);
}
