/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's memory for gdb, through its current tables, as why_read() reads it: read-only pages can
 * be written to, no flag of the tables changes, and no device is touched.
 */
#include "hv/gdb/private.h"

u32 memory_read_physical(const struct guest *g, gpa_t at, void *to, u32 len)
{
	u8 *bytes = to;
	u32 n = 0;

	while (n < len && guest_read(&g->mem, at + n, bytes + n, 1))
		n++;
	return n;
}

bool memory_write_physical(struct guest *g, gpa_t at, const u8 *from, u32 len)
{
	for (u32 i = 0; i < len; i++)
		if (!guest_write(&g->mem, at + i, from + i, 1))
			return false;
	return true;
}

bool memory_write(struct guest *g, gva_t va, const u8 *from, u32 len)
{
	gpa_t at;

	for (u32 i = 0; i < len; i++)
		if (!shadow_peek(g->vcpu->shadow, va + i, &at) ||
		    !guest_write(&g->mem, at, from + i, 1))
			return false;
	return true;
}
