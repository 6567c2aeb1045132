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
struct turns turns;

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

bool debug_usable(void)
{
	return true;
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

static u8 stack[2], code[2];
#define STACK 0x8000u

u32 why_read(const struct guest *of, gva_t va, void *to, u32 len)
{
	(void)of;
	memcpy(to, va == STACK ? stack : code, len);
	return len;
}

bool memory_write(struct guest *of, gva_t va, const u8 *from, u32 len)
{
	(void)of;
	assert_int_equal(va, STACK);
	memcpy(stack, from, len);
	return true;
}

static gva_t code_base;

gva_t vcpu_code(const struct vcpu *v)
{
	return code_base + v->regs->eip;
}

bool breakpoint_at(const struct guest *of, gva_t va)
{
	(void)of;
	return va == 0x1000;
}

static bool leave_after_one, asked_retries;

bool breakpoints_enter(struct guest *of, bool retries)
{
	(void)of;
	asked_retries = retries;
	return leave_after_one;
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
	dies = leave_after_one = false;
	code_base = 0;
	memset(code, 0x90, sizeof(code));
	turns.yield = false;
	session.attached = true;
	stop_init();
	stop_watch(g);
	return 0;
}

static void trap(u32 vector, u32 eip)
{
	regs.vector = vector;
	regs.eip = eip;
	vcpu.dispatch(&vcpu);
}

/* Control has come to a breakpoint, whatever happened last. */
static void breakpoint(void **state)
{
	(void)state;
	regs.eip = 0x1000;
	vcpu.check(&vcpu);
	assert_int_equal(g->state, GUEST_PAUSED);
	assert_int_equal(regs.eip, 0x1000);
	assert_int_equal(debugged(g)->why, SIG_TRAP);
	stop_resume(g, true); /* gdb steps from there */
	vcpu.check(&vcpu);
	assert_int_equal(g->state, GUEST_RUNNING);
	assert_int_equal(regs.eflags & EFLAGS_TF, EFLAGS_TF);
	trap(VEC_DB, 0x1001);
	assert_int_equal(g->state, GUEST_PAUSED);
	stop_resume(g, false);
	vcpu.check(&vcpu);
	assert_int_equal(g->state, GUEST_RUNNING);
	assert_int_equal(regs.eflags & EFLAGS_TF, 0);
}

/* Debug registers and tables know addresses with CS's base, and so do breakpoints. */
static void breakpoint_behind_a_base(void **state)
{
	(void)state;
	code_base = 0xf00;
	regs.eip = 0x100;
	vcpu.check(&vcpu);
	assert_int_equal(g->state, GUEST_PAUSED);
	stop_resume(g, false);
	regs.eip = 0x1000;
	vcpu.check(&vcpu);
	assert_int_equal(g->state, GUEST_RUNNING);
}

static void step(void **state)
{
	(void)state;
	stop_guest(g, SIG_INT);
	stop_resume(g, true);
	assert_true(vcpu.selectors_dirty & CHECK_WATCH);
	vcpu.check(&vcpu);
	assert_int_equal(regs.eflags & EFLAGS_TF, EFLAGS_TF);
	trap(VEC_DB, 0x2001);
	assert_int_equal(g->state, GUEST_PAUSED);
	assert_int_equal(regs.eflags & EFLAGS_TF, 0);
}

/* Steps for breakpoints' sake: nobody stops but at one, and the guest's flags are its own. */
static void unseen_steps(void **state)
{
	(void)state;
	debugged(g)->breakpoints = 1;
	leave_after_one = true;
	vcpu.check(&vcpu);
	assert_int_equal(regs.eflags & EFLAGS_TF, EFLAGS_TF);
	trap(VEC_DB, 0x2001);
	assert_int_equal(g->state, GUEST_RUNNING);
	assert_int_equal(regs.eflags & EFLAGS_TF, 0);
	assert_int_equal(vcpu.faulted, 0x2001); /* an interrupt asks what was before it */
	assert_true(vcpu.selectors_dirty & CHECK_WATCH);
	code[0] = 0x66; /* PUSHFW: the flags on the stack */
	code[1] = 0x9c;
	memset(stack, 0xff, 2);
	regs.esp = STACK;
	vcpu.check(&vcpu);
	trap(VEC_DB, 0x2003);
	assert_int_equal(stack[1], 0xfe);
	code[0] = 0x9d; /* POPF: TF is what was popped */
	vcpu.check(&vcpu);
	assert_int_equal(regs.eflags & EFLAGS_TF, EFLAGS_TF);
	trap(VEC_DB, 0x2004);
	assert_int_equal(regs.eflags & EFLAGS_TF, EFLAGS_TF);
	code[0] = 0x90; /* so it steps itself, and gets its trap (trap_dispatch() counts EIP up) */
	vcpu.check(&vcpu);
	trap(VEC_DB, 0x2005);
	assert_int_equal(regs.eip, 0x2006);
	assert_int_equal(regs.eflags & EFLAGS_TF, EFLAGS_TF);
	regs.eflags = 0;
	vcpu.check(&vcpu);
	trap(VEC_DB, 0x1000);
	assert_int_equal(g->state, GUEST_PAUSED);
}

/* The turn is over before it is entered: it is asked again, and nothing of ours is in it. */
static void turn_over(void **state)
{
	(void)state;
	debugged(g)->breakpoints = 1;
	leave_after_one = turns.yield = true;
	vcpu.selectors_dirty = CHECK_WATCH;
	vcpu.check(&vcpu);
	assert_true(vcpu.selectors_dirty & CHECK_WATCH);
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
		cmocka_unit_test_setup(breakpoint_behind_a_base, fresh),
		cmocka_unit_test_setup(step, fresh),
		cmocka_unit_test_setup(unseen_steps, fresh),
		cmocka_unit_test_setup(turn_over, fresh),
		cmocka_unit_test_setup(detached, fresh),
		cmocka_unit_test_setup(dying, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
