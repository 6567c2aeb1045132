/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FUNCTIONS: guest_ram_ok,guest_near,guest_ptr,copy,guest_read,guest_write */
/*
 * The doors to a guest's memory, for any size of RAM, any address and any length: true is answered
 * exactly for what lies in RAM; no frame is looked up past the last; no byte is touched outside of
 * the frame's page, or of the caller's buffer; the copying ends. guest_get32() and guest_set32()
 * are left to the cases of tests/bounds/gmem.c: the model of memory does not see through their
 * casts.
 */
#include "mm/gmem.h"

/* What shifts and masks are in arithmetic, which the prover does not find out by itself. */
/*@ axiomatic Shifts {
      axiom shl12: \forall integer x; 0 <= x ==> (x << 12) == x * 4096;
      axiom shr12: \forall integer x; 0 <= x ==> (x >> 12) == x / 4096;
      axiom and12: \forall integer x; 0 <= x ==> (x & 4095) == x % 4096;
    } */

/* The frames are as many as the pages; RAM ends below 4 GiB, where slots must. */
/*@ predicate memory{L}(struct gmem *m) = \valid_read(m) && m->ram_pages < 0x100000 &&
	\valid_read(m->frames + (0 .. m->ram_pages - 1));
    predicate in_ram{L}(struct gmem *m, integer at, integer len) =
	at + len <= m->ram_pages * 4096; */

/* A frame is a page, and nothing beside it. */
/*@ assigns \nothing; ensures \valid((u8 *)\result + (0 .. 4095)); */
static inline void *frame_ptr(pfn_t f);
/*@ assigns \nothing; ensures \valid((u8 *)\result + (0 .. 4095)); */
static inline void *frame_map(pfn_t f);
/*@ assigns \nothing; */
static inline void frame_unmap(const void *p);
/*@ assigns \nothing; */
static inline bool frame_is_low(pfn_t f);

/*@ requires \valid((u8 *)dst + (0 .. n - 1)) && \valid_read((u8 *)src + (0 .. n - 1));
    assigns ((u8 *)dst)[0 .. n - 1]; */
void *memcpy(void *dst, const void *src, size_t n);

/*@ requires memory(m);
    assigns \nothing;
    ensures \result <==> in_ram(m, at, len); */
bool guest_ram_ok(const struct gmem *m, gpa_t at, u32 len);

/*@ requires memory(m);
    assigns \nothing;
    ensures \result != \null ==> in_ram(m, at, len) && \valid(\result + (0 .. len - 1)); */
static inline u8 *guest_near(const struct gmem *m, gpa_t at, u32 len);

/*@ requires memory(m);
    assigns \nothing;
    ensures \result != \null ==> in_ram(m, at, len) && \valid((u8 *)\result + (0 .. len - 1)); */
void *guest_ptr(struct gmem *m, gpa_t at, u32 len);

#include "mm/gmem.c"

/*@ requires memory(m) && in_ram(m, at, len) && \valid(buf + (0 .. len - 1)); */
static void copy(const struct gmem *m, gpa_t at, u8 *buf, u32 len, bool to_guest);

/*@ requires memory(m) && \valid((u8 *)dst + (0 .. len - 1));
    ensures \result <==> \old(in_ram(m, at, len)); */
bool guest_read(const struct gmem *m, gpa_t at, void *dst, u32 len);

/*@ requires memory(m) && \valid((u8 *)src + (0 .. len - 1));
    ensures \result <==> \old(in_ram(m, at, len)); */
bool guest_write(struct gmem *m, gpa_t at, const void *src, u32 len);
