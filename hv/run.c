/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run loop of a physical CPU. Guests take turns by weight: the runnable one that has had
 * the least time for its weight runs next. The hypervisor itself runs with interrupts off; they
 * are taken in a guest, or in the one window where the CPU idles.
 */
#include "devices/devices.h"
#include "devices/host/irq.h"
#include "hv/console/console.h"
#include "hv/gdb/gdb.h"
#include "hv/guest/guest.h"
#include "hv/hv.h"
#include "hv/panic/panic.h"
#include "hv/time/time.h"
#include "hv/vcpu/vcpu.h"
#include "lib/trace.h"
#include "lib/x86.h"

#define GRACE_NS      50000u /* more for a kernel that has its interrupts off */
#define START_TURN_NS 500000u
#define WORK_TURN_NS  50000u /* a turn of who has work of devices left over: it comes back soon */

static struct {
	bool graced; /* this turn had its grace */
	u32 first;   /* whose devices are polled first */
} cpu0;

static void slice_over(struct timer *t)
{
	(void)t;
	turns.cause = NULL;
	turns.yield = true;
}

/* A kernel with its interrupts off may be comparing clocks, or holding what all its tasks wait for:
 * it gets a little more time, once a turn, to come to an end with that. */
static bool turn_ends(struct vcpu *v)
{
	if (v->guest->state != GUEST_RUNNING || bus_stalled(v->guest->bus))
		return true;
	if (cpu0.graced || v->halted || (v->regs->cs & 3) != 1 ||
	    (DATA_GET(v, irq_enabled) & EFLAGS_IF))
		return true;
	cpu0.graced = true;
	timer_run(); /* what is due already would interrupt again at once */
	turns.yield = false;
	timer_arm(&turns.slice, now_ns() + GRACE_NS);
	return false;
}

static bool runnable(const struct guest *g)
{
	return g->state == GUEST_STARTING ||
	       (g->state == GUEST_RUNNING && !(g->vcpu->halted && !virq_candidates(g->vcpu)) &&
		!bus_stalled(g->bus));
}

static struct guest *pick(void)
{
	struct guest *best = NULL;

	for (u32 i = 0; i < guest_count; i++)
		if (runnable(&guests[i]) && (!best || guests[i].vtime < best->vtime))
			best = &guests[i];
	if (best)
		turns.vtime = MAX(turns.vtime, best->vtime);
	return best;
}

/* Who woke up, and is neither first nor the only one that wants to run, waits for a part of a turn:
 * not for a whole one of those that compute. */
static void look_for_woken(struct guest *now)
{
	struct guest *next = NULL;

	turns.woken = now->woken = false;
	for (u32 i = 0; i < guest_count; i++)
		if (guests[i].woken && runnable(&guests[i]) &&
		    (!next || guests[i].vtime < next->vtime))
			next = &guests[i];
	if (next)
		run_wake(next);
	turns.cause = NULL;
}

static bool all_ended(void)
{
	for (u32 i = 0; i < guest_count; i++)
		if (guest_alive(&guests[i]) || guests[i].held)
			return false;
	return true;
}

/* at-end=stay: what one waits for now is not to come any more. */
static void say_all_ended(bool ended)
{
	static bool said;

	if (ended && !said && guest_count)
		log_line(LOG_INFO, NULL,
			 "all guests have ended (at-end=stay): Ctrl-A opens the monitor; its "
			 "restart starts one again, off ends all");
	said = ended;
}

static enum verdict final_verdict(void)
{
	enum verdict v = config.errors ? VERDICT_GUEST_FAILED : VERDICT_OK;

	for (u32 i = 0; i < guest_count; i++)
		if (guests[i].end != END_OFF && guests[i].end != END_NONE) /* left out */
			v = VERDICT_GUEST_FAILED;
	return v;
}

/* In the guest's own turn its devices work between its entries. What is too much for one time comes
 * soon, but a guest that makes no exits comes in between, and wants to know of what was done. */
static void do_work(struct vcpu *v)
{
	struct bus *b = v->guest->bus;
	bool left;

	turns.work = false;
	if (v->guest->state != GUEST_RUNNING)
		return;
	left = bus_has_work(b) && bus_poll(b);
	if (bus_stalled(b)) {
		turns.yield = true;
	} else if (left && bus_hurries(b)) {
		turns.work = true;
		timer_arm(&turns.slice, MIN(turns.slice.when, now_ns() + WORK_TURN_NS));
	}
}

/* After an exit that somebody asked for something: does the turn end? */
static NOINLINE bool asked(struct vcpu *v)
{
	if (turns.work)
		do_work(v);
	return turns.yield && turn_ends(v);
}

/* Nothing is done here for each exit that only some need. Whatever ends a turn, the guest's own end
 * above all, asks for it by run_yield(). */
static NOINLINE void run_turn(struct vcpu *v)
{
	if (turns.yield && turn_ends(v))
		return;
	do {
		if (v->irqs | v->selectors_dirty) {
			if (v->irqs)
				virq_deliver(v);
			if (v->selectors_dirty)
				v->check(v);
			if (turns.yield)
				continue; /* one of the two has killed it */
		}
		timer_settle();
		v->regs->vector = VECTOR_POISON;
		v->regs->eflags &= EFLAGS_GUEST; /* what IRET in ring 0 obeys, whoever set it */
		switcher_run(*v->cr3_shadow, v->state);
		v->dispatch(v);
	} while (!turns.asked || !asked(v));
}

static void run_guest(struct guest *g, bool others_work)
{
	struct vcpu *v = g->vcpu;
	u32 turn = config.opt.slice_us * 1000u;

	if (turns.current != g)
		trace(TRACE_SWITCH, g->name, 0, 0, 0);
	turns.current = g;
	turns.cause = NULL;
	turns.yield = cpu0.graced = false;
	/* Who has just had a turn is ahead, and its devices wait (poll_devices); now it is its
	 * time. */
	if (bus_has_work(g->bus))
		(void)bus_poll(g->bus);
	turns.work = bus_hurries(g->bus);
	if (turns.work)
		turn = MIN(turn, WORK_TURN_NS);
	else if (others_work)
		turn = MIN(turn, GRAIN_NS);
	turns.slice.fire = slice_over;
	turns.began = turns.charged;
	timer_arm(&turns.slice, turns.began + turn);
	if (turns.woken)
		look_for_woken(g);
	virq_turn(v);
	fpu_enter(v);
	run_turn(v);
	run_charge(g);
}

/* A guest on its way into life takes turns, too, shorter ones since no interrupt ends them. */
static void start_guest(struct guest *g)
{
	u64 end = turns.charged + START_TURN_NS;

	while (g->state == GUEST_STARTING && turns.charged < end) {
		guest_start_part(g);
		run_charge(g);
	}
}

/* Nothing can run: wait for an interrupt. STI takes effect after HLT has begun (SDM vol. 2,
 * STI), so none slips in between. */
static void idle(void)
{
	__asm__ volatile("sti; hlt; cli" ::: "memory");
}

/* What devices have left over. */
struct left {
	bool any;   /* nobody may sleep */
	bool soon;  /* it is somebody's turn to have some of it done */
	bool undue; /* it is not yet somebody's turn */
	bool polled;
	bool reaped;
};

/* A guest that restarts all the time pays for it out of its own turns. One that has ended stays
 * until the line has taken its last words, and nobody waits for that. Of many that ended together
 * one is taken at a time. */
static void reap(struct guest *g, struct left *left)
{
	if (g->state != GUEST_ENDED || !g->held)
		return;
	if (g->bus && bus_console_flush(g->bus)) {
		left->any = true;
	} else if (!left->reaped) {
		left->reaped = true;
		guest_reap(g);
	}
	/* For a disk that is not through with its memory an interrupt, or disks_watch(), is waited.
	 */
	left->any |= g->state == GUEST_ENDED && g->held && !(g->bus && bus_held(g->bus));
	run_charge(g);
}

/* A guest's devices work in its own time: not while others are behind it. */
static bool due(const struct guest *g)
{
	return g->vtime <= turns.vtime + GRAIN_VTIME;
}

static void poll_devices(struct guest *g, struct left *left)
{
	if (g->state != GUEST_RUNNING || !bus_has_work(g->bus))
		return;
	if (due(g)) {
		left->polled = true;
		left->any |= bus_poll(g->bus);
		left->soon |= bus_hurries(g->bus);
		run_charge(g);
	} else {
		left->undue = true;
	}
}

/* What the devices of one did, a frame above all, is work for those of another, which may have been
 * polled before. */
static void look_again(struct left *left)
{
	for (u32 i = 0; i < guest_count; i++) {
		const struct guest *g = &guests[i];

		if (g->state != GUEST_RUNNING || !bus_hurries(g->bus))
			continue;
		if (due(g))
			left->any = left->soon = true;
		else
			left->undue = true;
	}
}

/* What is nobody's own is on the account of who made it necessary: whom the last interrupt was for,
 * or who has had the CPU. Of the devices each time another guest's come first: what they share,
 * the serial line above all, may be enough for one only. */
static struct left housekeeping(void)
{
	struct left left = {.any = lines_poll()};

	timer_run();
	left.any |= networks_poll();
	run_charge(turns.cause ? turns.cause : turns.current);
	if (++cpu0.first >= guest_count)
		cpu0.first = 0;
	for (u32 n = 0, i = cpu0.first; n < guest_count; n++) {
		reap(&guests[i], &left);
		poll_devices(&guests[i], &left);
		if (++i == guest_count)
			i = 0;
	}
	if (left.polled)
		look_again(&left);
	disks_watch(); /* what was begun just now, too: nothing else may ever wake us */
	return left;
}

/* Nobody can run: who has work comes up to whose turn it is. */
static void let_work_in(void)
{
	const struct guest *best = NULL;

	for (u32 i = 0; i < guest_count; i++) {
		const struct guest *g = &guests[i];

		if (g->state == GUEST_RUNNING && bus_has_work(g->bus) &&
		    (!best || g->vtime < best->vtime))
			best = g;
	}
	if (best)
		turns.vtime = MAX(turns.vtime, best->vtime);
}

/* Nobody can run. Where devices have work left it may be an interrupt that gets it on. */
static void wait(const struct left *left)
{
	turns.cause = NULL;
	timer_settle();
	if (left->undue)
		let_work_in();
	if (left->undue || left->any)
		host_irq_take();
	else
		idle();
	run_charge(NULL);
}

void run_loop(void)
{
	console_running();
	run_charge(NULL); /* the time until here */
	turns.cause = NULL;
	for (;;) {
		struct left left = housekeeping();
		struct guest *g = pick();

		if (g && g->state == GUEST_STARTING) {
			start_guest(g);
		} else if (g) {
			run_guest(g, left.soon);
		} else if (all_ended() && !console_prompt_open() && !gdb_rests() &&
			   config.opt.at_end != END_STAY) {
			machine_end(final_verdict());
		} else {
			say_all_ended(config.opt.at_end == END_STAY && all_ended());
			wait(&left);
		}
	}
}
