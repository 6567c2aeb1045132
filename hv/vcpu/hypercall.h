/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the table of hypercalls (hypercall.c), the ring (ring.c) and who finds its slots
 * (data.c). Private to this room. */
#ifndef HV_VCPU_HYPERCALL_H
#define HV_VCPU_HYPERCALL_H

#include "hv/vcpu/private.h"
#include "lib/trace.h"

struct hcall_args {
	u32 a[3]; /* EBX ECX EDX; no call has one in ESI */
};

typedef void hcall_fn(struct vcpu *v, const struct hcall_args *args);

struct hcall {
	const char *name;
	hcall_fn *run; /* NULL: there is no such call */
};
extern const struct hcall hcalls[HC_COUNT];

/* The guest's end, for a number that is none, or before LGUEST_INIT. */
void hypercall_refuse(struct vcpu *v, u32 number) COLD;
void hypercall_bad_name(struct vcpu *v, gpa_t top, gva_t va) COLD;
static inline void hypercall_set_pte(struct vcpu *v, gpa_t top, gva_t va)
{
	if (!shadow_set_pte(v->shadow, top, va))
		hypercall_bad_name(v, top, va);
}

/* After LGUEST_INIT, or that itself. */
static inline void carry_out(struct vcpu *v, u32 number, const struct hcall_args *args)
{
	if (UNLIKELY(number >= HC_COUNT || !hcalls[number].run)) {
		hypercall_refuse(v, number);
		return;
	}
	v->stats.hypercalls[number]++;
	trace(TRACE_HCALL, v->guest->name, number, args->a[0], args->a[1]);
	hcalls[number].run(v, args);
}

/* ---- The ring, as it lies in lguest_data --------------------------------------------------- */

struct ring_slot {
	u32 number;
	struct hcall_args args;
	u32 esi;
};
_Static_assert(sizeof(struct ring_slot) == sizeof(struct lguest_hcall_args), "a slot of the ring");
_Static_assert(sizeof(struct ring_slot) == sizeof(struct pte_name), "a SET_PTE names an entry");
_Static_assert(offsetof(struct pte_name, va) == 4, "first the table, then the address");
#define RING_WORDS (sizeof(struct ring_slot) / 4u)

#define RING_STATUS(n) ((u32)offsetof(struct lguest_data, hcall_status) + (n))
#define RING_SLOT(n)   ((u32)(offsetof(struct lguest_data, hcalls) + (n) * sizeof(struct ring_slot)))

#endif
