/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzzers share. Each is one function that libFuzzer calls with bytes. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "lib/base.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* libFuzzer keeps the input that leads to an abort. */
#define MUST(condition)           \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

/* The bytes as an unending row of numbers: zeros behind the last one. */
struct fuzz_bytes {
	const u8 *at, *end;
};

static inline u32 fuzz_take(struct fuzz_bytes *f, u32 bytes)
{
	u32 v = 0;

	for (u32 i = 0; i < bytes && f->at < f->end; i++)
		v |= (u32)*f->at++ << 8 * i;
	return v;
}

static inline bool fuzz_over(const struct fuzz_bytes *f)
{
	return f->at == f->end;
}

#endif
