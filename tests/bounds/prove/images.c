/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FUNCTIONS: header_ok,segment_ok,add_segment,entry_ok,elf_plan */
/*
 * The plan of an ELF file, whatever is in the file and however large it and the guest's RAM are: no
 * byte is read behind the file's end, no index leaves its table, nothing wraps, and every part of a
 * plan that is accepted lies inside of the file and of RAM. image_u16() and image_u32() are taken
 * by their word (hv/image/plan.h); bzImages are left to the cases of tests/bounds/images.c.
 */
#include "hv/image/plan.h"
#include "lib/string.h"

/* K is any number of a part: what is proved of it holds for each. */
/*@ axiomatic Any { logic integer K; axiom k: 0 <= K < 16;
	logic integer U16{L}(struct image *i, integer at) reads i->bytes[at .. at + 1];
	logic integer U32{L}(struct image *i, integer at) reads i->bytes[at .. at + 3];
	axiom word{L}: \forall struct image *i, integer at; 0 <= U16(i, at) <= 0xffff; }
    predicate file{L}(struct image *i) = \valid_read(i) &&
	\valid_read(i->bytes + (0 .. i->len - 1));
    predicate plan{L}(struct image *i, struct load_plan *p) = p->parts <= 16 &&
	(K < p->parts ==> p->part[K].to + p->part[K].len <= i->ram &&
	 (p->part[K].len == 0 || p->part[K].offset + p->part[K].len <= i->len)); */

/*@ requires \valid(p);
    assigns p->why[0 .. 159];
    ensures !\result; */
bool load_refuse(struct load_plan *p, const char *fmt, ...);

/*@ requires file(i) && at + 2 <= i->len;
    assigns \nothing;
    ensures \result == U16(i, at); */
u16 image_u16(const struct image *i, u32 at);

/*@ requires file(i) && at + 4 <= i->len;
    assigns \nothing;
    ensures \result == U32(i, at); */
u32 image_u32(const struct image *i, u32 at);

#include "hv/image/elf.c"

/*@ requires file(i) && \valid(p) && \separated(i, p);
    assigns p->why[0 .. 159];
    ensures \result ==> i->len >= 52;
    ensures \result ==> U16(i, 42) >= 32 && U16(i, 44) <= 64;
    ensures \result ==> U32(i, 28) + U16(i, 44) * U16(i, 42) <= i->len; */
static bool header_ok(const struct image *i, struct load_plan *p);

/*@ requires file(i) && \valid(p) && \valid_read(s) && \separated(i, p, s);
    assigns p->why[0 .. 159];
    ensures \result ==> s->filesz <= s->memsz && s->paddr + s->memsz <= i->ram &&
	(s->filesz == 0 || s->offset + s->filesz <= i->len); */
static bool segment_ok(const struct image *i, struct load_plan *p, u32 n, const struct segment *s);

/*@ requires \valid(p) && \valid_read(s) && \valid(memsz + (0 .. 15));
    requires \separated(p, s, memsz + (0 .. 15)) && p->parts <= 16;
    assigns *p, memsz[0 .. 15];
    ensures \result ==> p->parts == \old(p->parts) + 1 && p->parts <= 16;
    ensures \result && K < \old(p->parts) ==> p->part[K].to == \old(p->part[K].to) &&
	p->part[K].len == \old(p->part[K].len) && p->part[K].offset == \old(p->part[K].offset);
    ensures \result && K == \old(p->parts) ==> p->part[K].to == s->paddr &&
	p->part[K].len == s->filesz && p->part[K].offset == s->offset; */
static bool add_segment(struct load_plan *p, u32 n, const struct segment *s, u32 *memsz);

/*@ requires \valid(p) && p->parts <= 16;
    assigns p->why[0 .. 159]; */
static bool entry_ok(struct load_plan *p);

/*@ requires file(i) && \valid(p) && \separated(i, p) && p->parts == 0;
    ensures \result ==> plan(i, p); */
bool elf_plan(const struct image *i, struct load_plan *p);
