/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run loop of a physical CPU. Guests take turns by weight: the runnable one that has had
 * the least time for its weight runs next. The hypervisor itself runs with interrupts off; they
 * are taken in a guest, or in the one window where the CPU idles.
 */
#include "devices/devices.h"
#include "hv/console/console.h"
#include "hv/gdb/gdb.h"
#include "hv/guest/guest.h"
#include "hv/hv.h"
#include "hv/panic/panic.h"
#include "hv/time/time.h"
#include "hv/vcpu/vcpu.h"
#include "lib/trace.h"
#include "lib/x86.h"

#define VTIME_SCALE   64u    /* so that weight 100 still counts single nanoseconds well */
#define GRACE_NS      50000u /* more for a kernel that has its interrupts off */
#define START_TURN_NS 500000u
#define WORK_TURN_NS  100000u /* a turn while devices have work left over: it comes back soon */

static struct {
	bool graced; /* this turn had its grace */
	struct timer slice;
	u32 first; /* whose devices are polled first */
} cpu0;

static void slice_over(struct timer *t)
{
	(void)t;
	turns.yield = true;
}

/* A kernel with its interrupts off may be comparing clocks, or holding what all its tasks wait for:
 * it gets a little more time, once a turn, to come to an end with that. */
static bool turn_ends(struct vcpu *v)
{
	if (v->guest->state != GUEST_RUNNING)
		return true;
	if (cpu0.graced || v->halted || (v->regs->cs & 3) != 1 ||
	    (DATA_GET(v, irq_enabled) & EFLAGS_IF))
		return true;
	cpu0.graced = true;
	timer_run(); /* what is due already would interrupt again at once */
	turns.yield = false;
	timer_arm(&cpu0.slice, now_ns() + GRACE_NS);
	return false;
}

static bool runnable(const struct guest *g)
{
	return g->state == GUEST_STARTING ||
	       (g->state == GUEST_RUNNING && !(g->vcpu->halted && !virq_candidates(g->vcpu)));
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

static bool all_ended(void)
{
	for (u32 i = 0; i < guest_count; i++)
		if (guest_alive(&guests[i]) || guests[i].held)
			return false;
	return true;
}

static enum verdict final_verdict(void)
{
	enum verdict v = config.errors ? VERDICT_GUEST_FAILED : VERDICT_OK;

	for (u32 i = 0; i < guest_count; i++)
		if (guests[i].end != END_OFF)
			v = VERDICT_GUEST_FAILED;
	return v;
}

static void charge(struct guest *g, u64 ns)
{
	u64 scaled = ns * VTIME_SCALE;

	g->vtime += scaled >> 32 ? scaled / g->weight : (u32)scaled / g->weight;
}

/* Count what it took to get to the first instruction of ring 3. */
static void note_first_user(struct vcpu *v)
{
	if ((v->regs->cs & 3) != 3)
		return;
	v->seen_user = true;
	for (u32 i = 0; i < EXIT_REASONS; i++)
		v->stats.first_user_exits += v->stats.exits[i];
}

/* Nothing is done here for each exit that only some need. Whatever ends a turn, the guest's own end
 * above all, asks for it by run_yield(). */
static void run_turn(struct vcpu *v)
{
	while (!(turns.yield && turn_ends(v))) {
		if (v->irqs || v->selectors_dirty) {
			if (v->irqs)
				virq_deliver(v);
			if (v->selectors_dirty)
				segments_check(v);
			if (turns.yield)
				continue; /* one of the two has killed it */
		}
		timer_settle();
		v->regs->vector = VECTOR_POISON;
		v->regs->eflags &= EFLAGS_GUEST; /* what IRET in ring 0 obeys, whoever set it */
		switcher_enter(*v->cr3_shadow, v->state);
		if (!v->seen_user)
			note_first_user(v);
		v->dispatch(v);
		if (v->used_devices) {
			v->used_devices = false;
			turns.yield |= bus_has_work(v->guest->bus);
		}
	}
}

static void run_guest(struct guest *g, bool work)
{
	struct vcpu *v = g->vcpu;
	u64 start = now_ns(), end;
	u32 turn = config.opt.slice_us * 1000u;

	if (turns.current != g)
		trace(TRACE_SWITCH, g->name, 0, 0, 0);
	turns.current = g;
	turns.yield = cpu0.graced = false;
	cpu0.slice.fire = slice_over;
	timer_arm(&cpu0.slice, start + (work ? MIN(turn, WORK_TURN_NS) : turn));
	virq_turn(v);
	fpu_enter(v);
	run_turn(v);
	end = now_ns();
	v->stats.run_ns += end - start;
	charge(g, end - start);
}

/* A guest on its way into life takes turns, too, shorter ones since no interrupt ends them. */
static void start_guest(struct guest *g)
{
	u64 start = now_ns(), now = start;

	while (g->state == GUEST_STARTING && now - start < START_TURN_NS) {
		guest_start_part(g);
		now = now_ns();
	}
	charge(g, now - start);
}

/* Nothing can run: wait for an interrupt. STI takes effect after HLT has begun (SDM vol. 2,
 * STI), so none slips in between. */
static void idle(void)
{
	timer_settle();
	__asm__ volatile("sti; hlt; cli" ::: "memory");
}

/* Nothing can run, but there is work for devices: it may be an interrupt that gets it on. */
static void take_interrupts(void)
{
	timer_settle();
	__asm__ volatile("sti; nop; cli" ::: "memory");
}

/* A guest that restarts all the time pays for it out of its own turns. True: there is more to do.
 */
static bool reap(struct guest *g)
{
	u64 start;

	if (g->state != GUEST_ENDED || !g->held)
		return false;
	start = now_ns();
	guest_reap(g);
	charge(g, now_ns() - start);
	return g->state == GUEST_ENDED && g->held;
}

/* What a guest's devices had put off is its own time. */
static bool poll_devices(struct guest *g)
{
	u64 start;
	bool more;

	if (g->state != GUEST_RUNNING || !bus_has_work(g->bus))
		return false;
	start = now_ns();
	more = bus_poll(g->bus);
	charge(g, now_ns() - start);
	return more;
}

/* True: devices have work left over, so nobody may sleep. Each time another guest comes first: what
 * they share, the serial line above all, may be enough for one only. */
static bool housekeeping(void)
{
	bool more;

	console_poll();
	if (gdb_on)
		gdb_poll();
	timer_run();
	disks_watch();
	more = networks_poll();
	if (++cpu0.first >= guest_count)
		cpu0.first = 0;
	for (u32 n = 0, i = cpu0.first; n < guest_count; n++) {
		more |= reap(&guests[i]);
		more |= poll_devices(&guests[i]);
		if (++i == guest_count)
			i = 0;
	}
	return more;
}

void run_loop(void)
{
	for (;;) {
		bool more = housekeeping();
		struct guest *g = pick();

		if (g && g->state == GUEST_STARTING)
			start_guest(g);
		else if (g)
			run_guest(g, more);
		else if (all_ended() && !console_prompt_open() && config.opt.at_end != END_STAY)
			machine_end(final_verdict());
		else if (more)
			take_interrupts();
		else
			idle();
	}
}
