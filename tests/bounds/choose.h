/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every case there is: a trial asks choose() for whatever is left open in it, and is run again and
 * again until each answer was given in combination with all others. So what a trial checks is
 * proved for the inputs it can choose from, which each file names; docs/testing.md says why this
 * is no symbolic proof, and where there is one.
 */
#ifndef TESTS_BOUNDS_CHOOSE_H
#define TESTS_BOUNDS_CHOOSE_H

#include "lib/base.h"

#include <stdio.h>
#include <stdlib.h>

#define CHOICES 64u

static struct {
	u32 answer[CHOICES], of[CHOICES];
	u32 at, known;
	u64 cases;
} choices;

/* One of 0..n-1. */
static inline u32 choose(u32 n)
{
	u32 at = choices.at++;

	if (!n || at >= CHOICES)
		abort();
	if (at == choices.known) {
		choices.answer[at] = 0;
		choices.of[at] = n;
		choices.known++;
	}
	if (choices.of[at] != n) /* the trial depends on something else than its choices */
		abort();
	return choices.answer[at];
}

#define CHOOSE(table) ((table)[choose(ARRAY_LEN(table))])

/* The next combination; false: that was the last one. */
static inline bool next_case(void)
{
	choices.cases++;
	choices.at = 0;
	while (choices.known) {
		u32 last = choices.known - 1;

		if (++choices.answer[last] < choices.of[last])
			return true;
		choices.known--;
	}
	return false;
}

/* Say which case it is that something is wrong with, and end. */
static inline void wrong(const char *what)
{
	printf("%s; choices:", what);
	for (u32 i = 0; i < choices.at; i++)
		printf(" %u/%u", choices.answer[i], choices.of[i]);
	putchar(10);
	fflush(stdout);
	exit(1);
}

#define MUST(condition)                    \
	do {                               \
		if (!(condition))          \
			wrong(#condition); \
	} while (0)

static inline int all_cases(void (*trial)(void))
{
	do
		trial();
	while (next_case());
	printf("%llu cases\n", (unsigned long long)choices.cases);
	return 0;
}

#endif
