/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/gdb/stop.c hv/gdb/stop_at.c hv/gdb/debugged.c hv/gdb/points.c hv/gdb/packet.c
 * hv/guest/life.c */
/* A guest under gdb: what stops it, what lets it go on, and what is left in it. */
#include "devices/devices.h"
#include "hv/gdb/private.h"
#include "lib/log.h"
#include "lib/trace.h"
#include "tests/unit/support.h"

#include <string.h>

struct trace_ring trace_ring;
struct cpu_features cpu;
struct session session;

static struct regs regs;
static struct vcpu vcpu = {.regs = &regs, .dispatch = trap_dispatch, .usual = trap_dispatch};
static struct guest *const g = &guests[0];
static bool dies; /* at its next trap */

bool bus_console_flush(struct bus *b)
{
	(void)b;
	return false;
}

void run_yield(void)
{
}

void run_wake(struct guest *woken)
{
	assert_ptr_equal(woken, g);
}

void vcpu_watch(struct vcpu *v, void (*dispatch)(struct vcpu *v), void (*check)(struct vcpu *v))
{
	v->dispatch = dispatch ? dispatch : trap_dispatch;
	v->check = check ? check : segments_check;
}

void segments_check(struct vcpu *v)
{
	v->selectors_dirty = 0;
}

void trap_dispatch(struct vcpu *v)
{
	v->regs->eip++;
	if (dies)
		guest_kill(v->guest, "of this");
}

void debug_load(struct vcpu *v)
{
	(void)v;
}

u32 debug_unload(void)
{
	return 0;
}

const char *hypercall_name(unsigned n)
{
	(void)n;
	return "?";
}

u32 hypercalls_queued(struct vcpu *v)
{
	(void)v;
	return 0;
}

void virq_hold(struct vcpu *v)
{
	(void)v;
}

u32 memory_read(const struct guest *of, gva_t va, u8 *to, u32 len)
{
	(void)of;
	(void)va;
	memset(to, 0x90, len);
	return len;
}

bool memory_write(struct guest *of, gva_t va, const u8 *from, u32 len)
{
	(void)of;
	(void)va;
	(void)from;
	(void)len;
	return true;
}

bool breakpoint_at(const struct guest *of, gva_t va)
{
	(void)of;
	return va == 0x1000;
}

void breakpoints_follow(struct guest *of)
{
	(void)of;
}

void breakpoints_clear(struct guest *of)
{
	(void)of;
}

static int fresh(void **state)
{
	(void)state;
	memset(g, 0, sizeof(*g));
	guest_count = 1;
	regs = (struct regs){.eip = 0x2000, .vector = VEC_PF};
	vcpu.guest = g;
	g->vcpu = &vcpu;
	g->state = GUEST_RUNNING;
	g->held = true;
	*debugged(g) = (struct debugged){.watched = false};
	dies = false;
	session.attached = true;
	stop_init();
	stop_watch(g);
	return 0;
}

static void breakpoint(void **state)
{
	(void)state;
	regs.vector = VEC_BP;
	regs.eip = 0x1001;
	vcpu.dispatch(&vcpu);
	assert_int_equal(g->state, GUEST_PAUSED);
	assert_int_equal(regs.eip, 0x1000);
	assert_int_equal(debugged(g)->why, SIG_TRAP);
	stop_resume(g, false);
	assert_int_equal(g->state, GUEST_RUNNING);
	assert_int_equal(regs.eflags & EFLAGS_TF, 0);
}

static void step(void **state)
{
	(void)state;
	stop_guest(g, SIG_INT);
	stop_resume(g, true);
	assert_int_equal(regs.eflags & EFLAGS_TF, EFLAGS_TF);
	regs.vector = VEC_DB;
	vcpu.dispatch(&vcpu);
	assert_int_equal(g->state, GUEST_PAUSED);
	assert_int_equal(regs.eflags & EFLAGS_TF, 0);
}

/* gdb lets go in the middle of a step: no trace of it is left. */
static void detached(void **state)
{
	(void)state;
	stop_guest(g, SIG_INT);
	stop_resume(g, true);
	stop_forget(g);
	assert_int_equal(g->state, GUEST_RUNNING);
	assert_int_equal(regs.eflags & EFLAGS_TF, 0);
	assert_ptr_equal(vcpu.dispatch, trap_dispatch);
}

/* What it is killed for can be looked at, and it ends when anybody lets it go on. */
static void dying(void **state)
{
	for (u32 way = 0; way < 3; way++) {
		fresh(state);
		dies = true;
		vcpu.dispatch(&vcpu);
		assert_int_equal(g->state, GUEST_PAUSED);
		assert_int_equal(debugged(g)->why, SIG_SEGV);
		if (way == 0)
			stop_resume(g, false);
		else if (way == 1)
			stop_forget(g);
		else
			guest_resume(g);
		assert_int_equal(g->state, GUEST_ENDED);
		assert_int_equal(g->end, END_KILLED);
		assert_string_equal(g->why, "of this");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(breakpoint, fresh),
		cmocka_unit_test_setup(step, fresh),
		cmocka_unit_test_setup(detached, fresh),
		cmocka_unit_test_setup(dying, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
