/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line "ok NAME" or "not ok NAME: expected ..., seen ..." for each thing that is tried. For the
 * grader's guests. */
#ifndef LABS_CHECK_H
#define LABS_CHECK_H

#include "guest-stubs/lib/guest.h"

static inline void check_eq(const char *name, u32 seen, u32 expected)
{
	if (seen == expected)
		printf("ok %s\n", name);
	else
		printf("not ok %s: expected %x, seen %x\n", name, expected, seen);
}

/* The same for something with several values: the first that is wrong is named. */
struct check_value {
	const char *what;
	u32 seen, expected;
};

static inline void check_all(const char *name, const struct check_value *v, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		if (v[i].seen == v[i].expected)
			continue;
		printf("not ok %s: %s: expected %x, seen %x\n", name, v[i].what, v[i].expected,
		       v[i].seen);
		return;
	}
	printf("ok %s\n", name);
}
#define CHECK_ALL(name, ...)                                       \
	check_all(name, (const struct check_value[]){__VA_ARGS__}, \
		  sizeof((const struct check_value[]){__VA_ARGS__}) / sizeof(struct check_value))

#endif
