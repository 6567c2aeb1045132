/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `monitor stop-at ...`: where a guest is to stop that no address tells. Before a hypercall, at the
 * first instruction of a handler, behind an access to a device, at its first sight in ring 3.
 */
#include "hv/gdb/private.h"
#include "lib/string.h"

#define INT_BYTES 2u /* of an INT n */
#define ALL	  0xffffffffu
_Static_assert(HC_COUNT <= 32 && LGUEST_IRQS <= 32, "a bit for each");

/* Faults: what comes back when the instruction is executed again (SDM vol. 3, table 6-1). */
#define FAULTS                                                                               \
	(BIT(VEC_DE) | BIT(VEC_BR) | BIT(VEC_UD) | BIT(VEC_NM) | BIT(VEC_TS) | BIT(VEC_NP) | \
	 BIT(VEC_SS) | BIT(VEC_GP) | BIT(VEC_PF) | BIT(VEC_MF) | BIT(VEC_AC) | BIT(VEC_XM))

static bool stop(struct vcpu *v, const char *what, u32 n)
{
	stop_guest(v->guest, SIG_TRAP);
	snprintf(debugged(v->guest)->note, STOP_NOTE, what, n);
	return true;
}

static bool wanted(u32 set, u32 n)
{
	return n < 32 ? set >> n & 1u : set == ALL;
}

static bool before_hypercall(struct vcpu *v, struct debugged *d)
{
	u32 at = v->regs->eip - INT_BYTES, queued = hypercalls_queued(v) & d->at.hypercalls;

	if (!queued && !wanted(d->at.hypercalls, v->regs->eax))
		return false;
	if (d->at.passed && d->at.passed_eip == at) { /* it was stopped at, and is to be done now */
		d->at.passed = false;
		return false;
	}
	d->at.passed = true;
	d->at.passed_eip = v->regs->eip = at;
	if (queued)
		return stop(v, "before hypercall %u of the ring", (u32)__builtin_ctz(queued));
	return stop(v, "before hypercall %u", v->regs->eax);
}

/* It came out of ring 3 and had been let into ring 1. */
static bool entered_user(const struct vcpu *v, const struct debugged *d)
{
	return d->at.user && !d->at.was_user && (v->regs->cs & 3) == 3;
}

static bool in_user(struct vcpu *v, struct debugged *d)
{
	d->at.was_user = true;
	return stop(v, "in ring %u", 3);
}

bool stop_at_before(struct vcpu *v)
{
	struct debugged *d = debugged(v->guest);
	u32 vector = v->regs->vector;

	if (vector == LGUEST_TRAP)
		return before_hypercall(v, d);
	if (vector >= VECTORS || !entered_user(v, d))
		return false;
	if (vector == v->syscall_vector)
		v->regs->eip -= INT_BYTES;
	else if (vector >= 32 || !(FAULTS >> vector & 1u))
		return false;
	return in_user(v, d);
}

bool stop_at_after(struct vcpu *v, const u64 exits[EXIT_REASONS])
{
	struct debugged *d = debugged(v->guest);
	const u64 *now = v->stats.exits;

	if (d->at.window && now[EXIT_WINDOW] != exits[EXIT_WINDOW])
		return stop(v, "behind an access to a device's memory", 0);
	if (d->at.port && now[EXIT_PORT] != exits[EXIT_PORT])
		return stop(v, "behind an access to a port", 0);
	if (entered_user(v, d))
		return in_user(v, d);
	d->at.was_user = (v->regs->cs & 3) == 3;
	return false;
}

bool stop_at_entry(struct vcpu *v)
{
	struct debugged *d = debugged(v->guest);
	bool delivered = d->at.delivered != v->stats.irqs_delivered;

	d->at.delivered = v->stats.irqs_delivered;
	for (u32 line = 0; delivered && line < LGUEST_IRQS; line++)
		if (wanted(d->at.irqs, line) && v->gate[LGUEST_IRQ_BASE + line].type &&
		    v->gate[LGUEST_IRQ_BASE + line].handler == v->regs->eip)
			return stop(v, "interrupt %u", line);
	return false;
}

/* ---- The command -------------------------------------------------------------------------- */

/* One of a set by its number; nothing at all means all of them. */
static bool take_member(const char *text, u32 members, u32 *set)
{
	u32 n = 0;

	if (!*text) {
		*set = ALL;
		return true;
	}
	if (!take_char(&text, ' ') || !*text)
		return false;
	while (*text >= '0' && *text <= '9' && n < members)
		n = n * 10 + (u32)(*text++ - '0');
	if (*text || n >= members)
		return false;
	*set |= BIT(n);
	return true;
}

static bool take_hypercall(const char *text, u32 *set)
{
	for (u32 n = 0; *text && n < HC_COUNT; n++)
		if (*text == ' ' && strcmp(text + 1, hypercall_name(n)) == 0) {
			*set |= BIT(n);
			return true;
		}
	return take_member(text, HC_COUNT, set);
}

bool stop_at_command(struct guest *g, const char *text)
{
	struct stop_at *at = &debugged(g)->at;

	if (strcmp(text, " none") == 0) {
		*at = (struct stop_at){.user = false};
	} else if (strcmp(text, " window") == 0) {
		at->window = true;
	} else if (strcmp(text, " port") == 0) {
		at->port = true;
	} else if (strcmp(text, " user") == 0) {
		at->user = true;
		at->was_user = (g->vcpu->regs->cs & 3) == 3;
	} else if (take_word(&text, " hypercall")) {
		return take_hypercall(text, &at->hypercalls);
	} else if (take_word(&text, " irq")) {
		at->delivered = g->vcpu->stats.irqs_delivered;
		return take_member(text, LGUEST_IRQS, &at->irqs);
	} else {
		return *text && take_member(text, 32, &at->exceptions);
	}
	return true;
}
