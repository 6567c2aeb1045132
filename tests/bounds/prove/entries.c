/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clang-format off */
/* FUNCTIONS: entry_nx,granted,spte_rights,spte_of,spte_make,spte_general,spte_for_device,leaf_fill */
/* INLINE: entry_illegal */
/*
 * The shadow entry that is made of a guest's, in both formats, whatever that entry holds: it is 0,
 * or it names the frame that the guest's RAM has at the place named by the guest's entry, or it is of a
 * page of a device slot; a right is in it only when the guest's entry and the tables above it
 * have it, and to write only when it is dirty. No frame is looked up past the last. Of leaf_fill(),
 * which writes words without making the entry first, that the frame is one of the guest's, and of
 * spte_rights(), where it has its flags from, what they are.
 */
#include "tests/bounds/prove/pager.h"
#include "mm/host.h"
/* clang-format on */

/* r, a low word, grants no more than these do. */
/*@ predicate grants(integer r, integer low, integer rights) =
       (bit(r, 2) ==> bit(low, 2) && bit(low, 0x40) && bit(rights, 2)) &&
       (bit(r, 4) ==> bit(low, 4) && bit(rights, 4));
    logic integer gfn(struct pt_format *f, integer pte) = (pte & f->frame_mask) / 4096;
    predicate frame{L}(struct shadow *s, integer e, integer n) =
	n < s->mem->ram_pages && e % 0x8000000000000000 / 4096 == s->mem->frames[n].n; */

/*@ requires pager(s) && format(f);
    assigns \nothing;
    ensures s->nx == 0 ==> \result == 0;
    ensures s->nx == 0x8000000000000000 ==> nx_or_0(\result);
    ensures f->levels == 2 ==> \result == 0;
    ensures f->levels == 3 && s->nx != 0 && (pte >= 0x8000000000000000 || rights >= 0x80000000) ==>
	\result != 0; */
SPECIALISED u64 entry_nx(const struct pt_format *f, const struct shadow *s, u64 pte, u32 rights);

/*@ assigns \nothing;
    ensures \result <= 6;
    ensures grants(\result, low, rights); */
SPECIALISED u32 granted(u32 low, u32 rights);

/*@ assigns \nothing;
    ensures \result <= 6;
    ensures grants(\result, low, rights); */
SPECIALISED u32 spte_rights(u32 low, u32 rights);

/*@ requires nx_or_0(nx);
    requires flags < 4096;
    assigns \nothing;
    ensures \result % 0x8000000000000000 / 4096 == f.n;
    ensures nx != 0 <==> \result >= 0x8000000000000000;
    ensures (bit(\result, 1) <==> bit(flags, 1)) && (bit(\result, 2) <==> bit(flags, 2)) &&
	(bit(\result, 4) <==> bit(flags, 4)); */
SPECIALISED u64 spte_of(pfn_t f, u64 nx, u32 flags);

/*@ requires memory(m);
    assigns \nothing;
    ensures \result != \null ==> \valid_read(\result) && \result->base <= gfn &&
	gfn - \result->base < \result->pages && (\result->kind == SLOT_DEVICE ==>
	\valid_read(\result->place + (0 .. \result->pages - 1))); */
const struct slot *gmem_find(const struct gmem *m, gfn_t gfn);

/*@ requires \valid(bits);
    assigns *bits;
    ensures *bits < 0x200 && !bit(*bits, 2) && !bit(*bits, 4); */
bool device_cache_bits(enum cache_type slot, u64 pte, u64 *bits);

/*@ assigns \nothing;
    ensures \result < 0x200 && !bit(\result, 2) && !bit(\result, 4); */
u64 host_cache_bits(enum cache_type cache);

/*@ requires pager(s);
    assigns \nothing;
    ensures grants(\result, (u32)pte, rights); */
u64 spte_for_device(const struct shadow *s, u64 gfn, u64 pte, u32 rights);

/*@ requires pager(s) && format(f);
    requires two(f) ==> pte < 0x100000000;
    assigns \nothing;
    ensures grants(\result, (u32)pte, rights);
    ensures \result != 0 ==> (pte & 0x21) == 0x21;
    ensures \result != 0 && gfn(f, pte) < s->mem->ram_pages ==> frame(s, \result, gfn(f, pte)); */
u64 spte_general(const struct pt_format *f, const struct shadow *s, u64 pte, u32 rights);

/*@ requires pager(s) && format(f);
    requires two(f) ==> pte < 0x100000000;
    assigns \nothing;
    ensures grants(\result, (u32)pte, rights);
    ensures \result != 0 ==> (pte & 0x21) == 0x21;
    ensures \result != 0 && gfn(f, pte) < s->mem->ram_pages ==> frame(s, \result, gfn(f, pte)); */
SPECIALISED u64 spte_make(const struct pt_format *f, const struct shadow *s, u64 pte, u32 rights);

/* Lists of leaf tables are beside the point. */
/*@ requires \valid(l) && group < 64; assigns *l; */
void leaf_show(struct leaf *l, u32 group);

/*@ requires pager(s) && format(gf) && format(sf) && (three(gf) ==> three(sf));
    requires \valid(have + (0 .. sf->entry_bytes / 4 - 1)) && \valid(l) && index < 1024;
    requires \separated(have + (0 .. 1), l, s, s->mem, gf, sf,
	s->mem->frames + (0 .. s->mem->ram_pages - 1));
    ensures \result ==> low / 4096 < \old(s->mem->ram_pages); */
SPECIALISED bool leaf_fill(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			   volatile u32 *have, struct leaf *l, u32 index, u32 low, u32 high,
			   u32 rights);

#include "mm/shadow_device.c"
#include "mm/shadow_repair.c"
