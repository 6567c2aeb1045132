/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's memory and the two formats of page tables, for the proofs of the shadow pager. The
 * words of a table do not change behind our back: there is one CPU. What the compiler has
 * evaluated already this front end cannot.
 */
#define volatile
#define _Static_assert(what, why) struct nothing
#include "mm/gmem.h"
#include "mm/words.h"
#include "tests/bounds/prove/bits.h"

/*@ predicate two(struct pt_format *f) = f->levels == 2 && f->entry_bytes == 4 &&
	f->shift[0] == 12 && f->shift[1] == 22 && f->bits[0] == 10 && f->bits[1] == 10 &&
	f->frame_mask == 0xfffff000 && f->top_align == 4096 &&
	f->illegal[0] == 0 && f->illegal[1] == 0x80;
    predicate three(struct pt_format *f) = f->levels == 3 && f->entry_bytes == 8 &&
	f->shift[0] == 12 && f->shift[1] == 21 && f->shift[2] == 30 && f->bits[0] == 9 &&
	f->bits[1] == 9 && f->bits[2] == 2 &&
	f->frame_mask == 0x000ffffffffff000 && f->top_align == 32 &&
	f->illegal[0] == 0x7ff0000000000000 && f->illegal[1] == 0x7ff0000000000080 &&
	f->illegal[2] == 0xfff00000000001e6;
    predicate format{L}(struct pt_format *f) = \valid_read(f) && (two(f) || three(f));
    predicate memory{L}(struct gmem *m) = \valid_read(m) && m->ram_pages < 0x100000 &&
	\valid_read(m->frames + (0 .. m->ram_pages - 1));
    predicate pager{L}(struct shadow *s) = \valid_read(s) && memory(s->mem) && format(s->gf) &&
	nx_or_0(s->nx); */
