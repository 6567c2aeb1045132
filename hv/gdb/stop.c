/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest under gdb. Its traps come here first: none of its gates leads into the guest any more
 * (vcpu_watch), so that a stop costs those who are not debugged nothing, not even a question.
 *
 * One step is EFLAGS.TF for as long as the guest itself executes. What is done for it in between, a
 * page fault or an interrupt of the machine, it does not see; an instruction that we carry out is
 * one step. So are those that a guest takes for its breakpoints' sake, without a stop.
 */
#include "hv/gdb/private.h"
#include "hv/why/why.h"
#include "lib/log.h"
#include "lib/string.h"

#define PUSHF	     0x9c
#define POPF	     0x9d
#define IRET	     0xcf
#define OPERAND_SIZE 0x66 /* a prefix */

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

/* ---- One instruction ---------------------------------------------------------------------- */

/* The flags that PUSHF left show our TF; 16 bits of them may be all. */
static void hide_step(struct vcpu *v)
{
	u16 word;

	if (why_read(v->guest, v->regs->esp, &word, sizeof(word)) != sizeof(word))
		return;
	word &= (u16)~EFLAGS_TF;
	(void)memory_write(v->guest, v->regs->esp, (const u8 *)&word, sizeof(word));
}

/* Right before it is entered. */
static void arm(struct vcpu *v, struct debugged *d)
{
	u8 code[2] = {0};

	(void)why_read(v->guest, v->regs->eip, code, sizeof(code));
	d->code = code[code[0] == OPERAND_SIZE];
	d->from = v->regs->eip;
	d->own_trap = v->regs->eflags & EFLAGS_TF;
	d->armed = true;
	v->regs->eflags |= EFLAGS_TF;
}

/* Right behind. What is done for the guest is done as ever. True: it was armed, and has ended with
 * the trap. */
static bool disarm(struct vcpu *v, struct debugged *d)
{
	struct regs *r = v->regs;
	bool armed = d->armed, stepped = armed && r->vector == VEC_DB,
	     moved = stepped && r->eip != d->from;

	d->armed = false;
	if (moved && d->code == PUSHF && !d->own_trap)
		hide_step(v);
	if (armed && !(moved && (d->code == POPF || d->code == IRET)))
		r->eflags = (r->eflags & ~EFLAGS_TF) | d->own_trap;
	return stepped;
}

/* ---- Its exits and entries ---------------------------------------------------------------- */

/* True: the trap is gdb's own, and the guest perhaps stands still. */
static bool ours(struct vcpu *v, struct debugged *d, u32 hits, bool stepped)
{
	const struct point *hit = point_hit(v->guest, hits);
	bool at_breakpoint = breakpoint_at(v->guest, vcpu_code(v));

	if (v->regs->vector != VEC_DB || !(stepped || hit || (hits && at_breakpoint)))
		return false;
	if (stepped && d->own_trap) { /* the guest steps itself: it gets its trap, too */
		v->usual(v);
		at_breakpoint = false;
	}
	if (hit || (stepped && d->stepping) || at_breakpoint) {
		stop_guest(v->guest, SIG_TRAP);
		d->hit = hit;
	}
	v->faulted =
		v->regs->eip; /* TCG steps behind a load of SS, too; no interrupt comes there */
	return true;
}

static void ask_before_entry(struct vcpu *v)
{
	const struct debugged *d = debugged(v->guest);

	if (v->dr7 || d->at.irqs || d->stepping || d->breakpoints)
		v->selectors_dirty |= CHECK_WATCH;
}

/* Right before it is entered. RF would hide a hardware breakpoint: QEMU sets it for the page fault
 * that the fetch of the instruction itself took. */
static void check(struct vcpu *v)
{
	struct guest *g = v->guest;
	struct debugged *d = debugged(g);

	segments_check(v);
	if (turns.yield) { /* not now, after all */
		ask_before_entry(v);
		return;
	}
	if (g->state != GUEST_RUNNING || stop_at_entry(v))
		return;
	points_load(g);
	if (!d->stepping && breakpoint_at(g, vcpu_code(v))) {
		stop_guest(g, SIG_TRAP);
		return;
	}
	if (d->stepping || breakpoints_enter(g, d->retries))
		arm(v, d);
	if (!v->dr7)
		return;
	v->regs->eflags &= ~EFLAGS_RF;
	debug_load(v);
}

static void dispatch(struct vcpu *v)
{
	struct guest *g = v->guest;
	struct debugged *d = debugged(g);
	struct regs *r = v->regs;
	u32 vector = r->vector, eip = r->eip, which, hits = debug_unload();
	u64 exits[EXIT_REASONS];
	bool stepping = d->stepping, stepped = disarm(v, d);

	ask_before_entry(v);
	d->retries = false;
	if (ours(v, d, hits, stepped) || stop_at_before(v))
		return;
	memcpy(exits, v->stats.exits, sizeof(exits));
	v->usual(v);
	if (g->state != GUEST_RUNNING)
		return;
	d->retries = vector == VEC_PF && r->eip == eip;
	if (v->stats.exits[EXIT_REFLECT] != exits[EXIT_REFLECT] && wanted_exception(v, d, &which))
		stop_guest(g, signal_of(which));
	else if (stop_at_after(v, exits))
		return;
	else if (stepping && (r->eip != eip || vector == LGUEST_TRAP || v->halted))
		stop_guest(g, SIG_TRAP);
	else if (stepping)
		virq_hold(v); /* its frame would be what is stepped into */
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

	if (!d->held)
		return;
	d->held = false;
	if (d->end != END_NONE) {
		guest_end(g, d->end, d->reason);
		return;
	}
	d->stepping = step;
	ask_before_entry(g->vcpu);
	if (step)
		virq_hold(g->vcpu);
	guest_resume(g);
}

void stop_clear(struct guest *g)
{
	struct debugged *d = debugged(g);

	d->again = false;
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
	if (g->vcpu && d->watched)
		vcpu_watch(g->vcpu, NULL, NULL);
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
