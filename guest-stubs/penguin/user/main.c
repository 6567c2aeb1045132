/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The torture program's table of tests. */
#include "guest-stubs/penguin/user/user.h"

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

static u32 parse(const char *text)
{
	u32 n = 0;

	while (*text >= '0' && *text <= '9')
		n = n * 10 + (u32)(*text++ - '0');
	return n;
}

u32 program(u32 argc, char **argv)
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
