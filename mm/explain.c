/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An address on its way down, level by level, for people who ask why: through the guest's own
 * tables, and through those that the CPU sees. Changes nothing and judges nothing. */
#include "mm/shadow.h"

_Static_assert(TABLE_LEVELS == ARRAY_LEN(((struct pt_format *)0)->shift), "a row for each level");

/* The entry of one level; false: the table is not in the guest's RAM, or the way ends here. */
static bool next_level(struct table_level *l, u64 entry, const struct pt_format *f, u64 *table)
{
	l->entry = entry;
	*table = entry & f->frame_mask;
	return entry & PTE_P && !(l->level && f->illegal[l->level] & entry & PTE_PS);
}

u32 shadow_explain_guest(struct shadow *s, gva_t va, struct table_level out[TABLE_LEVELS])
{
	const struct pt_format *f = s->gf;
	u64 table = s->current->top, entry;
	u32 n = 0;

	if (s->linear)
		return 0;
	for (unsigned level = f->levels; level-- > 0;) {
		struct table_level *l = &out[n++];
		u64 at = table + (u64)pt_index(f, level, va) * f->entry_bytes;

		*l = (struct table_level){.level = (u8)level, .at = at};
		entry = 0;
		l->readable = !(at >> 32) && guest_read(s->mem, (gpa_t)at, &entry, f->entry_bytes);
		if (!l->readable || !next_level(l, entry, f, &table))
			break;
	}
	return n;
}

u32 shadow_explain_cpu(struct shadow *s, gva_t va, struct table_level out[TABLE_LEVELS])
{
	const struct pt_format *f = s->sf;
	u64 table = *shadow_cr3(s);
	u32 n = 0;

	for (unsigned level = f->levels; level-- > 0;) {
		struct table_level *l = &out[n++];
		u32 index = pt_index(f, level, va);

		*l = (struct table_level){
			.level = (u8)level,
			.readable = true,
			.at = table + (u64)index * f->entry_bytes,
		};
		/* Tables of ours lie in low memory (frame_alloc). */
		if (!next_level(l, pt_get(f, (const void *)(uintptr_t)table, index), f, &table))
			break;
	}
	return n;
}
