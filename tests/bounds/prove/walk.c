/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FUNCTIONS: pt_index,rights_below,write_low,walk_down,walk_full */
/* INLINE: entry_illegal */
/*
 * The walk through a guest's page tables, in both formats, whatever the entries hold: an entry is
 * read from RAM only, and within its table; the leaf table is a page of RAM; Accessed is written
 * where an entry was read; no level adds a right; the walk ends.
 */
#include "tests/bounds/prove/pager.h"

/*@ predicate in_ram{L}(struct gmem *m, integer at, integer len) =
	at + len <= m->ram_pages * 4096;
    predicate page{L}(struct gmem *m, integer at) = at % 4096 == 0 && in_ram(m, at, 4096);
    predicate top{L}(struct gmem *m, struct pt_format *f, integer at) =
	f->levels == 3 ? at % 32 == 0 && in_ram(m, at, 32) : page(m, at);
    predicate walking{L}(struct pt_format *f, struct shadow *s, struct walk *w) =
	format(f) && pager(s) && \valid(w) && \separated(w, s, s->mem, f) &&
	\separated(w, s->gf); */

/*@ requires \false; assigns \nothing; ensures \false; */
void panic(const char *fmt, ...);

/*@ requires memory(m);
    assigns \nothing;
    ensures at % 4 == 0 && in_ram(m, at, 4) ==> \result; */
static inline bool guest_set32(struct gmem *m, gpa_t at, u32 value);

/*@ requires format(f) && level < f->levels;
    assigns \nothing;
    ensures \result < (f->levels == 2 ? 1024 : level < 2 ? 512 : 4); */
static inline u32 pt_index(const struct pt_format *f, unsigned level, gva_t va);

/*@ requires format(f);
    assigns \nothing;
    ensures (bit(\result, 2) ==> bit(rights, 2) && bit((u32)entry, 2)) &&
	(bit(\result, 4) ==> bit(rights, 4) && bit((u32)entry, 4)); */
SPECIALISED u32 rights_below(const struct pt_format *f, u32 rights, u64 entry);

/*@ requires format(f) && pager(s) && \valid(at);
    requires in_ram(s->mem, table, (index + 1) * (f->levels == 2 ? 4 : 8)) && table % 32 == 0;
    assigns *at;
    ensures *at == table + index * (f->levels == 2 ? 4 : 8) && *at % 4 == 0; */
SPECIALISED u64 read_entry(const struct pt_format *f, struct shadow *s, gpa_t table, u32 index,
			   gpa_t *at);

/*@ requires \valid(w); assigns w->why; ensures \result == WALK_BAD; */
enum walk_end walk_bad(struct walk *w, const char *why);

#include "mm/walk.h"

/*@ requires pager(s) && at % 4 == 0 && in_ram(s->mem, at, 4);
    assigns \nothing; */
static inline void write_low(struct shadow *s, gpa_t at, u64 entry);

/*@ requires walking(f, s, w) && top(s->mem, f, top);
    assigns *w;
    ensures \result == WALK_OK ==> page(s->mem, w->table); */
SPECIALISED enum walk_end walk_down(const struct pt_format *f, struct shadow *s, gpa_t top,
				    gva_t va, bool touch, struct walk *w);

/*@ requires walking(f, s, w) && top(s->mem, f, top);
    assigns *w;
    ensures \result == WALK_OK ==> page(s->mem, w->table) && in_ram(s->mem, w->at, 4); */
SPECIALISED enum walk_end walk_full(const struct pt_format *f, struct shadow *s, gpa_t top,
				    gva_t va, bool touch, struct walk *w);
