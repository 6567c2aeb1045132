/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See fake_tables.h. */
#include "tests/unit/fake_tables.h"

#include <stdlib.h>
#include <string.h>

const void *fake_area_bytes(const struct fake_area *areas, size_t n, u32 phys, u32 len)
{
	static void *copies[4];
	static unsigned turn;

	for (size_t i = 0; i < n; i++) {
		u32 at = phys - areas[i].base;

		if (at >= areas[i].size || len > areas[i].size - at)
			continue;
		turn = (turn + 1) % ARRAY_LEN(copies);
		free(copies[turn]);
		copies[turn] = malloc(len);
		memcpy(copies[turn], areas[i].bytes + at, len);
		return copies[turn];
	}
	return NULL;
}
