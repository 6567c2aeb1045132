/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest under gdb. Its traps come here first: none of its gates leads into the guest any more
 * (vcpu_watch), so that a stop costs those who are not debugged nothing, not even a question.
 *
 * One step is EFLAGS.TF for as long as the guest itself executes. What is done for it in between, a
 * page fault or an interrupt of the machine, it does not see; an instruction that we carry out is
 * one step.
 */
#include "hv/gdb/private.h"
#include "lib/log.h"
#include "lib/string.h"

#define PUSHF 0x9c

static enum gdb_signal signal_of(u32 vector)
{
	static const u8 signals[] = {
		[VEC_DE] = SIG_FPE, [VEC_DB] = SIG_TRAP, [VEC_BP] = SIG_TRAP, [VEC_UD] = SIG_ILL,
		[VEC_NM] = SIG_FPE, [VEC_MF] = SIG_FPE,	 [VEC_XM] = SIG_FPE,
	};

	return vector < ARRAY_LEN(signals) && signals[vector] ? signals[vector] : SIG_SEGV;
}

/* The exception that was just given to the guest, by where it goes on now. */
static bool wanted_exception(const struct vcpu *v, const struct debugged *d, u32 *vector)
{
	for (*vector = 0; *vector < 32; ++*vector)
		if (d->at.exceptions & BIT(*vector) && v->gate[*vector].type &&
		    v->gate[*vector].handler == v->regs->eip)
			return true;
	return false;
}

/* The word that a stepped PUSHF left shows our TF. */
static void hide_step(struct vcpu *v)
{
	u32 word;

	if (memory_read(v->guest, v->regs->esp, (u8 *)&word, sizeof(word)) != sizeof(word))
		return;
	word &= ~EFLAGS_TF;
	(void)memory_write(v->guest, v->regs->esp, (const u8 *)&word, sizeof(word));
}

/* True: the trap is gdb's own, and the guest stands still. */
static bool ours(struct vcpu *v, struct debugged *d, const struct point *hit)
{
	struct regs *r = v->regs;

	if (r->vector == VEC_BP && breakpoint_at(v->guest, r->eip - 1)) {
		r->eip--;
	} else if (r->vector == VEC_DB && (d->stepping || hit)) {
		if (d->stepping && d->pushes_flags)
			hide_step(v);
	} else {
		return false;
	}
	stop_guest(v->guest, SIG_TRAP);
	if (r->vector == VEC_DB)
		d->hit = hit;
	return true;
}

/* Right before it is entered. RF would hide a hardware breakpoint: QEMU sets it for the page fault
 * that the fetch of the instruction itself took. */
static void check(struct vcpu *v)
{
	segments_check(v);
	if (v->guest->state != GUEST_RUNNING || stop_at_entry(v) || !v->dr7)
		return;
	v->regs->eflags &= ~EFLAGS_RF;
	debug_load(v);
}

static void ask_before_entry(struct vcpu *v)
{
	if (v->dr7 || debugged(v->guest)->at.irqs)
		v->selectors_dirty |= CHECK_WATCH;
}

/* An interrupt between would be what is stepped into, and its frame would hold our TF. */
static void begin_step(struct vcpu *v)
{
	v->regs->eflags |= EFLAGS_TF;
	virq_hold(v);
}

static void dispatch(struct vcpu *v)
{
	struct guest *g = v->guest;
	struct debugged *d = debugged(g);
	struct regs *r = v->regs;
	u32 vector = r->vector, eip = r->eip, which;
	u64 exits[EXIT_REASONS];
	bool stepping = d->stepping;

	if (stepping)
		r->eflags &= ~EFLAGS_TF; /* what is done for the guest is done as ever */
	ask_before_entry(v);
	if (ours(v, d, point_hit(g, debug_unload())) || stop_at_before(v))
		return;
	memcpy(exits, v->stats.exits, sizeof(exits));
	breakpoints_follow(g); /* a page that is about to be written to a disk, say */
	v->usual(v);
	breakpoints_follow(g);
	if (g->state != GUEST_RUNNING)
		return;
	if (v->stats.exits[EXIT_REFLECT] != exits[EXIT_REFLECT] && wanted_exception(v, d, &which))
		stop_guest(g, signal_of(which));
	else if (stop_at_after(v, exits))
		return;
	else if (stepping && (r->eip != eip || vector == LGUEST_TRAP || v->halted))
		stop_guest(g, SIG_TRAP);
	else if (stepping)
		begin_step(v);
}

/* The end of a guest that somebody looks at has to wait, but for one by hand. */
static bool hold_end(struct guest *g, enum guest_end end, const char *why)
{
	struct debugged *d = debugged(g);

	if (!d->watched || !session.attached || end == END_OFF || end == END_RESTART ||
	    d->end != END_NONE || !strcmp(why, KILLED_BY_HAND) || g->state != GUEST_RUNNING)
		return false;
	d->end = end;
	snprintf(d->reason, sizeof(d->reason), "%s", why);
	log_line(LOG_WARN, g->name, "about to end, held for gdb: %s", why);
	stop_guest(g, end == END_CRASHED ? SIG_ABRT : SIG_SEGV);
	return true;
}

void stop_init(void)
{
	guest_end_hook(hold_end);
}

void stop_watch(struct guest *g)
{
	struct debugged *d = debugged(g);

	if (!d->watched && g->vcpu) {
		d->watched = true;
		vcpu_watch(g->vcpu, dispatch, check);
	}
}

void stop_resume(struct guest *g, bool step)
{
	struct debugged *d = debugged(g);
	u8 code = 0;

	if (!d->held)
		return;
	d->held = false;
	if (d->end != END_NONE) {
		guest_end(g, d->end, d->reason);
		return;
	}
	ask_before_entry(g->vcpu);
	d->stepping = step;
	if (step) {
		d->pushes_flags = memory_read(g, g->vcpu->regs->eip, &code, 1) && code == PUSHF;
		begin_step(g->vcpu);
	}
	guest_resume(g);
}

void stop_clear(struct guest *g)
{
	struct debugged *d = debugged(g);

	d->renewed = d->again = false;
	if (!g->vcpu || !d->watched)
		return;
	breakpoints_clear(g);
	points_clear(g);
	d->at = (struct stop_at){.user = false};
}

void stop_forget(struct guest *g)
{
	struct debugged *d = debugged(g);

	stop_clear(g);
	if (g->vcpu && d->watched) {
		vcpu_watch(g->vcpu, NULL, NULL);
		if (d->stepping) /* nobody would take the trap away from the guest */
			g->vcpu->regs->eflags &= ~EFLAGS_TF;
	}
	stop_resume(g, false);
	*d = (struct debugged){.watched = false};
}

void stop_forget_all(void)
{
	for (u32 i = 0; i < guest_count; i++)
		stop_forget(&guests[i]);
	session.attached = session.waiting = session.physical = false;
	session.restarting = NULL;
}
