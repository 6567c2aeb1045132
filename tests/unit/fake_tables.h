/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Physical memory in which firmware has left tables, for tests of those who read them. */
#ifndef TESTS_UNIT_FAKE_TABLES_H
#define TESTS_UNIT_FAKE_TABLES_H

#include "lib/base.h"

struct fake_area {
	u32 base, size;
	u8 *bytes;
};

/* A copy of exactly these bytes, so that the sanitizer sees a step outside; the last few stay
 * alive, since a caller may hold one while it asks for another. NULL: they are not all in one area.
 */
const void *fake_area_bytes(const struct fake_area *areas, size_t n, u32 phys, u32 len);

#endif
