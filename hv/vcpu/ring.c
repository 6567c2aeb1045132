/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The asynchronous ring of hypercalls. Before each synchronous call (but the first) it is drained,
 * so everything queued takes effect in order.
 */
#include "hv/vcpu/hypercall.h"
#include "lib/log.h"

/* How much of the ring is carried out before interrupts have their chance: a full ring of page
 * changes, but only a few calls that go through whole tables. */
#define DRAIN_BUDGET 64u
#define DRAIN_HEAVY  16u
_Static_assert(DRAIN_HEAVY <= DRAIN_BUDGET && LHCALL_RING_SIZE <= DRAIN_BUDGET,
	       "each round gets on, and a ring of page changes is one round");

/* An entry of a PAE guest's top level stands for a GiB of tables. */
static u32 drain_cost(const struct vcpu *v, u32 number)
{
	switch (number) {
	case HC_FLUSH_TLB:
	case HC_NEW_PGTABLE:
	case HC_SET_PMD: /* up to four tables are compared */
		return DRAIN_HEAVY;
	case HC_SET_PGD:
		return shadow_guest_format(v->shadow) == &pt_format_pae ? DRAIN_HEAVY : 1;
	default:
		return 1;
	}
}

/* All of lguest_data was checked at LGUEST_INIT. */
static void ring_read(struct vcpu *v, u32 n, struct ring_slot *slot)
{
	const volatile u32 *in = v->ring[n].slot;

	if (in) {
		slot->number = in[0];
		slot->args.a[0] = in[1];
		slot->args.a[1] = in[2];
		slot->args.a[2] = in[3];
	} else {
		BUG_ON(!guest_read(&v->guest->mem, v->data + RING_SLOT(n), slot, sizeof(*slot)));
	}
}

static NOINLINE u8 ring_status_slow(struct vcpu *v, u32 n)
{
	u8 status;

	BUG_ON(!guest_read(&v->guest->mem, v->data + RING_STATUS(n), &status, 1));
	return status;
}

static bool ring_is_free(struct vcpu *v, u32 n)
{
	const volatile u8 *p = v->ring[n].status;

	return (p ? *p : ring_status_slow(v, n)) == LHCALL_FREE;
}

static void ring_free(struct vcpu *v, u32 n)
{
	const u8 status = LHCALL_FREE;
	volatile u8 *p = v->ring[n].status;

	if (p)
		*p = status;
	else
		BUG_ON(!guest_write(&v->guest->mem, v->data + RING_STATUS(n), &status, 1));
}

/* Fewer are set at once, for a fault would cost more. */
#define MANY 16u

static void set_many(struct vcpu *v, const struct pte_name *name, u32 count)
{
	u32 bad = shadow_set_ptes(v->shadow, name, count);

	if (bad < count)
		hypercall_bad_name(v, name[bad].top, name[bad].va);
}

/* An entry that is taken away and set again is named twice. */
static void set_few(struct vcpu *v, const struct pte_name *name, u32 count)
{
	for (u32 i = 0; i < count && v->guest->state == GUEST_RUNNING; i++)
		if (!i || name[i].va != name[i - 1].va || name[i].top != name[i - 1].top)
			hypercall_set_pte(v, name[i].top, name[i].va);
}

/* The SET_PTEs at the cursor, up to `most` of them, in one go: most of a ring are these. There is
 * one, and it is at hand. They are freed first: nothing runs until they are carried out. */
static NOINLINE u32 drain_ptes(struct vcpu *v, u32 most, u32 spent)
{
	const u32 ahead = (v->ring_next + MANY - 1) % LHCALL_RING_SIZE;
	const bool many = spent >= MANY || !ring_is_free(v, ahead);
	const struct ring_place *first = &v->ring[v->ring_next];
	const struct pte_name *name = (const struct pte_name *)(first->slot + 1);
	volatile u8 *status = first->status;
	const volatile u32 *slot = first->slot,
			   *end = slot + MIN(most, v->ring_row[v->ring_next]) * RING_WORDS;
	u32 count;

	do {
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): ring_row says it is there */
		*status++ = LHCALL_FREE;
		slot += RING_WORDS;
	} while (slot != end && *status != LHCALL_FREE && *slot == HC_SET_PTE);
	count = (u32)(status - first->status);
	v->ring_next = (v->ring_next + count) % LHCALL_RING_SIZE;
	v->stats.hypercalls[HC_SET_PTE] += count;
	if (many)
		set_many(v, name, count);
	else
		set_few(v, name, count);
	return count;
}

u32 hypercalls_queued(struct vcpu *v)
{
	struct ring_slot slot;
	u32 numbers = 0, n = v->ring_next;

	for (u32 i = 0; v->initialised && i < LHCALL_RING_SIZE && !ring_is_free(v, n); i++) {
		ring_read(v, n, &slot);
		numbers |= slot.number < HC_COUNT ? BIT(slot.number) : 0;
		n = (n + 1) % LHCALL_RING_SIZE;
	}
	return numbers;
}

/* At most one round through the ring. The status bytes are looked at one by one: a slot that is
 * filled again behind the cursor is not seen before the next round. False: there is more, and
 * it must come before the call that is waiting. */
static bool drain_ring(struct vcpu *v)
{
	u32 spent = 0;

	for (u32 i = 0; i < LHCALL_RING_SIZE && v->guest->state == GUEST_RUNNING; i++) {
		u32 n = v->ring_next, row;
		struct ring_slot slot;

		if (ring_is_free(v, n))
			break;
		if (v->ring[n].slot && *v->ring[n].slot == HC_SET_PTE && v->ring_row[n] &&
		    spent < DRAIN_BUDGET) {
			row = drain_ptes(v, MIN(DRAIN_BUDGET - spent, LHCALL_RING_SIZE - i), spent);
			spent += row;
			i += row - 1;
			continue;
		}
		ring_read(v, n, &slot);
		spent += drain_cost(v, slot.number);
		if (spent > DRAIN_BUDGET)
			return false;
		v->ring_next = (n + 1) % LHCALL_RING_SIZE;
		ring_free(v, n); /* nothing of the slot is needed any more */
		carry_out(v, slot.number, &slot.args);
	}
	return true;
}

/* CD 1F: the only instruction that leads to hypercall(). */
#define INT_BYTES 2u

static struct hcall_args arguments(const struct regs *r)
{
	return (struct hcall_args){{r->ebx, r->ecx, r->edx}};
}

/* Before LGUEST_INIT there is no ring, and no other call. */
static NOINLINE COLD void hypercall_first(struct vcpu *v)
{
	struct hcall_args args = arguments(v->regs);

	if (v->regs->eax == HC_LGUEST_INIT)
		carry_out(v, HC_LGUEST_INIT, &args);
	else
		hypercall_refuse(v, v->regs->eax);
}

static NOINLINE void hypercall_after_ring(struct vcpu *v)
{
	struct hcall_args args = arguments(v->regs);

	if (!v->initialised)
		hypercall_first(v);
	else if (!drain_ring(v)) /* the guest comes back with the same call at once */
		v->faulted = v->regs->eip -= INT_BYTES;
	else if (v->guest->state == GUEST_RUNNING)
		carry_out(v, v->regs->eax, &args);
}

/* Is the ring there, in its usual place, and empty? */
void hypercall(struct vcpu *v)
{
	const volatile u8 *status = v->ring[v->ring_next].status;
	struct hcall_args args;

	if (!status || *status != LHCALL_FREE) {
		hypercall_after_ring(v);
	} else {
		args = arguments(v->regs);
		carry_out(v, v->regs->eax, &args);
	}
}
