/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FUNCTIONS: insn_fetch,next */
/*
 * The decoder, whatever the bytes: the only place that fetches never asks for more than the 15
 * bytes of the longest instruction; next() reads what was fetched and nothing behind it, ends, and
 * gets on by as many bytes as it was asked for. The rest of the decoder reads bytes by next()
 * alone, and its one loop, over the prefixes, takes one at each turn: it ends with the fifteenth.
 */
#include "hv/vcpu/emulate/insn.h"

/*@ axiomatic Masks { axiom and12: \forall integer x; 0 <= x ==> (x & 4095) == x % 4096; } */

/*@ requires 1 <= len <= 15 && \valid(buf + (0 .. len - 1)) && \valid(error);
    assigns buf[0 .. len - 1], *error;
    ensures \result <= len; */
unsigned fetch_model(void *ctx, gva_t va, u8 *buf, unsigned len, u32 *error);

/*@ predicate decoding{L}(struct insn *in) = \valid(in) && \valid_read(in->r) &&
	\valid_read(in->ops) && \separated(in, in->r, in->ops) &&
	in->ops->fetch == &fetch_model && in->at <= in->have <= 15; */

/*@ requires \valid(in); assigns in->result; ensures !\result; */
bool insn_fault(struct insn *in, u8 vector, u32 error, gva_t cr2);
/*@ requires \valid(in); assigns in->result; ensures !\result; */
bool insn_unsupported(struct insn *in);
/*@ assigns \nothing; */
u32 size_mask(unsigned size);

#include "hv/vcpu/emulate/decode.c"

/*@ requires decoding(in);
    assigns in->result, in->have, in->bytes[0 .. 14];
    ensures decoding(in) && in->at == \old(in->at);
    ensures \result ==> in->have > \old(in->have); */
bool insn_fetch(struct insn *in);

/*@ requires decoding(in) && \valid(value) && size <= 4;
    requires \separated(in, in->r, in->ops, value);
    assigns in->result, in->have, in->at, in->bytes[0 .. 14], *value;
    ensures decoding(in);
    ensures \result ==> in->at == \old(in->at) + size; */
static bool next(struct insn *in, unsigned size, u32 *value);
