/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/guest/turn.c */
/* What the run loop does between two turns, included here: whose devices work, who is woken, and
 * whether anybody may sleep. */
#include "hv/run.c"
#include "tests/unit/support.h"

#include <stdlib.h>
#include <string.h>

struct guest guests[GUESTS_MAX];
u32 guest_count;
struct config config;
struct trace_ring trace_ring;
struct cpu_features cpu;
bool timer_stale;

/* A bus here is how much work its devices have, and whom that gives work. */
struct bus {
	u32 work;
	struct guest *then;
	bool stalled;
	u32 held;
};
static struct bus bus[3];
static struct vcpu vcpu[3];
static u64 now;
static bool more_keys;
static u32 polls, polls_watched; /* in all; and when the disks were seen after */

u64 now_ns(void)
{
	return now;
}

bool bus_has_work(const struct bus *b)
{
	return b->work;
}

bool bus_hurries(const struct bus *b)
{
	return b->work;
}

bool bus_stalled(const struct bus *b)
{
	return b->stalled;
}

u32 bus_held(const struct bus *b)
{
	return b->held;
}

/* One piece of it is done; the last one gives another guest some. */
bool bus_poll(struct bus *b)
{
	polls++;
	b->work--;
	if (!b->work && b->then) {
		b->then->bus->work++;
		run_work(b->then);
	}
	return b->work;
}

bool bus_console_flush(struct bus *b)
{
	(void)b;
	return false;
}

u32 virq_candidates(struct vcpu *v)
{
	return v->irqs;
}

void timer_arm(struct timer *t, u64 when)
{
	t->when = when;
	t->armed = true;
}

bool networks_poll(void)
{
	return false;
}

void console_running(void)
{
}

static bool poll_lines(void)
{
	return more_keys;
}
bool (*lines_poll)(void) = poll_lines;

bool gdb_rests(void)
{
	return false;
}

void timer_run(void)
{
}

void timer_program(void)
{
}

void disks_watch(void)
{
	polls_watched = polls;
}

/* Nothing of a turn itself is tried here. */
void host_irq_take(void)
{
	fail();
}

bool console_prompt_open(void)
{
	return false;
}

void machine_end(enum verdict v)
{
	(void)v;
	fail();
	abort();
}

void guest_start_part(struct guest *g)
{
	(void)g;
	fail();
}

void guest_reap(struct guest *g)
{
	(void)g;
	fail();
}

void virq_deliver(struct vcpu *v)
{
	(void)v;
}

void virq_turn(struct vcpu *v)
{
	(void)v;
}

void fpu_enter(struct vcpu *v)
{
	(void)v;
}

u32 data_get_slow(struct vcpu *v, u32 offset)
{
	(void)v;
	(void)offset;
	return 0;
}

void switcher_enter(u32 cr3, struct state_page *state)
{
	(void)cr3;
	(void)state;
	fail();
}

/* Three guests that run; each sleeps in HALT, and the first has had the last turn. */
static int fresh(void **state)
{
	(void)state;
	memset(guests, 0, sizeof(guests));
	memset(bus, 0, sizeof(bus));
	memset(vcpu, 0, sizeof(vcpu));
	memset(&turns, 0, sizeof(turns));
	memset(&cpu0, 0, sizeof(cpu0));
	now = 1000000;
	polls = polls_watched = 0;
	guest_count = ARRAY_LEN(bus);
	for (u32 i = 0; i < guest_count; i++) {
		guests[i].state = GUEST_RUNNING;
		guests[i].weight = 100;
		guests[i].bus = &bus[i];
		guests[i].vcpu = &vcpu[i];
		vcpu[i].guest = &guests[i];
		vcpu[i].halted = true;
	}
	turns.current = &guests[0];
	turns.yield = true;
	turns.charged = now;
	return 0;
}

static void idle_machine(void **state)
{
	struct left left = housekeeping();

	(void)state;
	assert_false(left.any || left.soon || left.undue);
	assert_int_equal(polls, 0);
	more_keys = true;
	assert_true(housekeeping().any);
	more_keys = false;
}

/* Whoever is polled first: what the one after it sends is not slept over. */
static void work_for_a_neighbour(void **state)
{
	for (u32 first = 0; first < ARRAY_LEN(bus); first++) {
		struct left left;
		u32 rounds = 0;

		fresh(state);
		cpu0.first = first;
		bus[1].work = 1;
		bus[1].then = &guests[0];
		bus[0].then = &guests[2];
		do {
			left = housekeeping();
			assert_int_equal(polls_watched, polls);
			assert_true(rounds++ < 10);
		} while (left.any);
		assert_int_equal(bus[0].work + bus[1].work + bus[2].work, 0);
		assert_int_equal(polls, 3);
	}
}

/* The turn of one that computes is a short one while others have such work. */
static void work_beside_computing(void **state)
{
	struct left left;

	(void)state;
	cpu0.first = ARRAY_LEN(bus) - 1; /* the first guest is next */
	bus[1].work = 1;
	bus[1].then = &guests[0];
	left = housekeeping();
	assert_int_equal(bus[0].work, 1);
	assert_true(left.soon);
	fresh(state);
	cpu0.first = ARRAY_LEN(bus) - 1;
	bus[1].work = 1;
	bus[1].then = &guests[0];
	guests[0].vtime = turns.vtime + 2 * GRAIN_VTIME; /* it has had more than its share */
	left = housekeeping();
	assert_true(left.undue);
	assert_false(left.soon);
}

/* Who has just had a turn and is woken before the next one begins is woken like anybody. */
static void woken_behind_its_turn(void **state)
{
	(void)state;
	vcpu[1].halted = false; /* it computes, and is before the sleeper */
	guests[0].vtime = 1000;
	vcpu[0].irqs = 1;
	run_wake(&guests[0]);
	assert_true(turns.woken && guests[0].woken);
	assert_ptr_equal(pick(), &guests[1]);
	turns.current = &guests[1];
	turns.yield = false;
	turns.began = now;
	turns.slice.when = now + 10000000;
	look_for_woken(&guests[1]);
	assert_true(turns.slice.when < now + 2 * GRAIN_NS);
}

/* In its own turn there is nobody to wake. */
static void woken_in_its_turn(void **state)
{
	(void)state;
	turns.yield = false;
	run_wake(&guests[0]);
	assert_false(turns.woken || turns.cause || guests[0].woken);
	run_work(&guests[0]);
	assert_true(turns.work);
	assert_false(turns.woken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(idle_machine, fresh),
		cmocka_unit_test_setup(work_for_a_neighbour, fresh),
		cmocka_unit_test_setup(work_beside_computing, fresh),
		cmocka_unit_test_setup(woken_behind_its_turn, fresh),
		cmocka_unit_test_setup(woken_in_its_turn, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
