/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/vcpu/ring.c mm/format.c tests/unit/support.c */
/*
 * The drain of the asynchronous ring: from cursors at both ends of the ring and within, runs of
 * filled slots of every length that matters, of cheap, heavy and refused calls in several orders,
 * in both formats, at hand or through the slow door only, while the guest fills slots again, behind
 * the cursor or ahead, or ends. Each filled slot is carried out once, in order, after it was
 * freed; an exit drains one round at most and keeps its budget; the waiting call comes after
 * all of them, once, and while something is left, not at all: the guest comes back with it.
 */
#include "hv/vcpu/hypercall.h"
#include "tests/bounds/choose.h"
#include "tests/bounds/ring_memory.h"

#include <string.h>

#define DATA 0x12340u
#define EIP  0x1002u
#define INT  2u /* bytes of the instruction */

/* What an exit may cost, in page changes, and what a call that goes through tables does. */
#define BUDGET 64u
#define HEAVY  16u

#define WAITING	  0x10000u /* the call that waits: its name among those of the ring's */
#define CALLS_MAX 200u	   /* a guest that fills slots again stops here */

#define NO_CALL 3u /* a hole in the table */

enum refill { NEVER, ONCE, ALWAYS, AHEAD, REFILLS };
enum order { FIRST, FIFTH, LAST, THIRDS, ALL, ORDERS };

struct trace_ring trace_ring;
struct cpu_features cpu;

static struct guest guest;
static struct vcpu *vcpu;
static struct regs regs;

static struct {
	bool pae, ended;
	u32 at;		 /* the slot whose turn it is */
	u32 named;	 /* calls that were ever queued */
	u32 done;	 /* calls of the ring that were carried out */
	u32 end_at;	 /* the guest ends in that one */
	u32 first, fill; /* the run at the beginning */
	u32 ahead;	 /* the number of the call that is queued behind it */
	enum refill refill;
	u64 count[HC_COUNT];
} now;

static struct {
	u32 calls, cost, waiting;
} spent; /* in this exit */

static u32 argument(u32 name, u32 i)
{
	return name * 4 + i + 1;
}

static bool refused(u32 number)
{
	return number >= HC_COUNT || number == NO_CALL;
}

static u32 cost(u32 number)
{
	return number == HC_FLUSH_TLB || number == HC_NEW_PGTABLE || number == HC_SET_PMD ||
			       (number == HC_SET_PGD && now.pae)
		       ? HEAVY
		       : 1;
}

static void queue(u32 n, u32 number)
{
	static const u8 status[] = {0, 1, LHCALL_FREE - 1};
	u32 name = now.named++;

	ring[n].filled = true;
	ring[n].number = ring[n].slot[0] = number;
	ring[n].name = name;
	for (u32 i = 0; i < 4; i++)
		ring[n].slot[1 + i] = argument(name, i);
	*ring[n].status = status[name % ARRAY_LEN(status)];
}

/* What the guest does while call `done` of slot n is carried out. */
static void guest_refills(u32 n, u32 done)
{
	if (now.named == CALLS_MAX)
		return;
	if (now.refill == ALWAYS || (now.refill == ONCE && !done))
		queue(n, ring[n].number);
	if (now.refill == AHEAD && !done && now.fill < RING)
		queue((now.first + now.fill) % RING, now.ahead);
}

/* A call is carried out, and `given` of its arguments are known. True: it ends the guest. */
static bool carried_out(u32 number, const u32 *a, u32 given)
{
	u32 n = now.at, done = now.done, name = ring[n].name;

	MUST(!now.ended && !spent.waiting);
	now.count[number < HC_COUNT ? number : 0] += number < HC_COUNT;
	if (number == regs.eax && (!given || a[0] == argument(WAITING, 0))) {
		spent.waiting++;
		name = WAITING;
	} else {
		MUST(ring[n].filled && ring[n].number == number);
		MUST(*ring[n].status == LHCALL_FREE);
		ring[n].filled = false;
		now.at = (n + 1) % RING;
		now.done++;
		spent.calls++;
		spent.cost += cost(number);
		MUST(spent.calls <= RING && spent.cost <= BUDGET);
	}
	for (u32 i = 0; i < given; i++)
		MUST(a[i] == argument(name, i));
	if (name != WAITING && done != now.end_at && !refused(number))
		guest_refills(n, done);
	return name != WAITING && done == now.end_at;
}

/* ---- What the drain calls ---------------------------------------------------------------- */

void guest_kill(struct guest *g, const char *fmt, ...)
{
	(void)fmt;
	MUST(g == &guest && !now.ended);
	now.ended = true;
	g->state = GUEST_ENDED;
}

bool shadow_set_pte(struct shadow *s, gpa_t top, gva_t va)
{
	(void)s;
	return !carried_out(HC_SET_PTE, (u32[]){top, va}, 2);
}

u32 shadow_set_ptes(struct shadow *s, const struct pte_name *name, u32 count)
{
	MUST(count && count <= RING);
	for (u32 i = 0; i < count; i++)
		if (!shadow_set_pte(s, name[i].top, name[i].va))
			return i;
	return count;
}

void hypercall_bad_name(struct vcpu *v, gpa_t top, gva_t va)
{
	MUST(v == vcpu);
	guest_kill(v->guest, "%#x, %#x", top, va);
}

static void set_pte(struct vcpu *v, const struct hcall_args *args)
{
	hypercall_set_pte(v, args->a[0], args->a[1]);
}

#define CALL(number)                                                             \
	static void call_##number(struct vcpu *v, const struct hcall_args *args) \
	{                                                                        \
		if (carried_out(number, args->a, 3))                             \
			guest_kill(v->guest, "the end");                         \
	}
CALL(HC_FLUSH_ASYNC)
CALL(HC_LGUEST_INIT)
CALL(HC_NEW_PGTABLE)
CALL(HC_FLUSH_TLB)
CALL(HC_TS)
CALL(HC_SET_PMD)
CALL(HC_SET_PGD)

const struct hcall hcalls[HC_COUNT] = {
	[HC_FLUSH_ASYNC] = {"flush_async", call_HC_FLUSH_ASYNC},
	[HC_LGUEST_INIT] = {"lguest_init", call_HC_LGUEST_INIT},
	[HC_NEW_PGTABLE] = {"new_pgtable", call_HC_NEW_PGTABLE},
	[HC_FLUSH_TLB] = {"flush_tlb", call_HC_FLUSH_TLB},
	[HC_TS] = {"ts", call_HC_TS},
	[HC_SET_PMD] = {"set_pmd", call_HC_SET_PMD},
	[HC_SET_PTE] = {"set_pte", set_pte},
	[HC_SET_PGD] = {"set_pgd", call_HC_SET_PGD},
};

void hypercall_refuse(struct vcpu *v, u32 number)
{
	MUST(refused(number) || !v->initialised);
	carried_out(number, NULL, 0);
	if (!now.ended)
		guest_kill(v->guest, "refused");
}

const struct pt_format *shadow_guest_format(const struct shadow *s)
{
	(void)s;
	return now.pae ? &pt_format_pae : &pt_format_2level;
}

/* The slow door leads to slots and status bytes, and nowhere else. */
static void *in_ring(gpa_t at, u32 len)
{
	const u32 statuses = DATA + offsetof(struct lguest_data, hcall_status),
		  slots = DATA + offsetof(struct lguest_data, hcalls);
	u32 n = len == 1 ? at - statuses : (at - slots) / sizeof(struct lguest_hcall_args);

	MUST(vcpu->initialised && n < RING);
	MUST(len == 1 ||
	     (len == sizeof(struct lguest_hcall_args) && at == slots + n * len && at >= slots));
	return len == 1 ? (void *)ring[n].status : ring[n].slot;
}

bool guest_read(const struct gmem *m, gpa_t at, void *dst, u32 len)
{
	(void)m;
	memcpy(dst, in_ring(at, len), len);
	return true;
}

bool guest_write(struct gmem *m, gpa_t at, const void *src, u32 len)
{
	(void)m;
	MUST(len == 1);
	memcpy(in_ring(at, len), src, len);
	return true;
}

/* ---- One case ---------------------------------------------------------------------------- */

/* A slot that is free still holds the call that it held before. */
static void reset(u32 first, enum reach how)
{
	memset(&now, 0, sizeof(now));
	now.first = now.at = first;
	now.end_at = ~0u;
	guest.state = GUEST_RUNNING;
	memset(&vcpu->stats, 0, sizeof(vcpu->stats));
	vcpu->ring_next = first;
	vcpu->initialised = true;
	for (u32 n = 0; n < RING; n++) {
		*ring[n].status = LHCALL_FREE;
		ring[n].slot[0] = HC_SET_PTE;
		ring[n].filled = false;
	}
	reach_ring(vcpu, how);
}

static u32 numbers_queued(void)
{
	u32 numbers = 0, n = now.at;

	for (u32 i = 0; i < RING && ring[n].filled; i++, n = (n + 1) % RING)
		numbers |= ring[n].number < HC_COUNT ? BIT(ring[n].number) : 0;
	return numbers;
}

static void judge_ring(void)
{
	MUST(vcpu->ring_next == now.at);
	for (u32 n = 0; n < RING; n++)
		MUST((*ring[n].status == LHCALL_FREE) == !ring[n].filled);
	MUST(hypercalls_queued(vcpu) == numbers_queued());
	MUST(vcpu->ring_next == now.at);
}

static void ask(u32 number)
{
	memset(&spent, 0, sizeof(spent));
	regs = (struct regs){.eax = number,
			     .ebx = argument(WAITING, 0),
			     .ecx = argument(WAITING, 1),
			     .edx = argument(WAITING, 2),
			     .esi = argument(WAITING, 3),
			     .eip = EIP};
}

/* One exit; true: the guest comes back with the same call. */
static bool exit_again(u32 number)
{
	bool left;

	ask(number);
	hypercall(vcpu);
	MUST(regs.eip == EIP || regs.eip == EIP - INT);
	if (now.ended) {
		MUST(regs.eip == EIP && vcpu->ring_next < RING);
		return false;
	}
	judge_ring();
	left = ring[now.at].filled && spent.calls < RING;
	MUST(left == (regs.eip != EIP) && spent.waiting == !left);
	if (left) /* more would have been too much */
		MUST(spent.calls && spent.cost + cost(ring[now.at].number) > BUDGET);
	return left;
}

static void waiting_call(u32 number)
{
	judge_ring();
	while (exit_again(number))
		;
	for (u32 i = 0; i < HC_COUNT && !now.ended; i++)
		MUST(vcpu->stats.hypercalls[i] == now.count[i]);
}

static bool is_odd(enum order order, u32 i, u32 fill)
{
	const bool odd[ORDERS] = {[FIRST] = i == 0,
				  [FIFTH] = i == 4,
				  [LAST] = i == fill - 1,
				  [THIRDS] = i % 3 == 2,
				  [ALL] = true};

	return odd[order];
}

/* A run of usual calls with odd ones among them; rest: behind a gap more are queued. */
static void fill_ring(u32 fill, bool rest)
{
	static const u32 all[] = {HC_SET_PTE,	  HC_TS,      HC_FLUSH_TLB,
				  HC_NEW_PGTABLE, HC_SET_PMD, HC_SET_PGD,
				  NO_CALL,	  HC_COUNT,   ~0u},
			 most[] = {HC_SET_PTE, HC_TS, HC_FLUSH_TLB, HC_SET_PGD};
	enum order order = fill > 1 ? choose(ORDERS) : ALL;
	u32 odd = CHOOSE(all), usual = order == ALL ? odd : CHOOSE(most);

	if (odd == HC_SET_PGD || usual == HC_SET_PGD)
		now.pae = choose(2);
	for (u32 i = 0; i < fill; i++)
		queue((now.first + i) % RING, is_odd(order, i, fill) ? odd : usual);
	for (u32 i = fill + 1; rest && i < RING; i++)
		queue((now.first + i) % RING, HC_TS);
	now.fill = fill;
	now.ahead = odd;
}

static void trial(void)
{
	static const u32 cursors[] = {0, 1, 37, RING - 1},
			 fills[] = {0, 1, 2, 4, 5, 17, RING - 1, RING};
	u32 first = CHOOSE(cursors), fill, number;

	reset(first, choose(REACHES));
	fill = CHOOSE(fills);
	if (fill) {
		const u32 ends[] = {~0u, 0, fill / 2, fill - 1};

		fill_ring(fill, fill < RING - 1 && choose(2));
		now.end_at = CHOOSE(ends);
		now.refill = now.end_at == ~0u ? choose(REFILLS) : NEVER;
	}
	number = choose(2) ? HC_FLUSH_ASYNC : HC_SET_PTE;
	waiting_call(number);
	if (!now.ended) /* what was queued meanwhile comes before the next one */
		waiting_call(number);
}

/* Before LGUEST_INIT there is no ring to look at. */
static void before_init(void)
{
	static const u32 numbers[] = {HC_LGUEST_INIT, HC_TS, HC_SET_PTE, NO_CALL, HC_COUNT, ~0u};
	u32 number = CHOOSE(numbers);

	reset(0, BOTH_SLOW);
	vcpu->initialised = false;
	ask(number);
	MUST(!hypercalls_queued(vcpu));
	hypercall(vcpu);
	MUST(spent.waiting == 1 && regs.eip == EIP);
	MUST(now.ended == (number != HC_LGUEST_INIT));
}

int main(void)
{
	vcpu = calloc(1, sizeof(*vcpu));
	make_pieces();
	vcpu->guest = &guest;
	vcpu->regs = &regs;
	vcpu->data = DATA;
	all_cases(before_init);
	return all_cases(trial);
}
