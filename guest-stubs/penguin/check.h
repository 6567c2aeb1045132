/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's own tests are made of. For main.c, which runs them, and drivers.c. */
#ifndef PENGUIN_CHECK_H
#define PENGUIN_CHECK_H

#include "guest-stubs/lib/guest.h"

struct kernel_test {
	const char *name;
	bool (*run)(u32 rounds); /* says itself what is wrong */
};

static inline bool complain(const char *what)
{
	printf("penguin: FAILED: %s\n", what);
	return false;
}

#define TRY(what)                               \
	do {                                    \
		if (!(what))                    \
			return complain(#what); \
	} while (0)

extern const struct kernel_test driver_tests[];

#endif
