/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See gdb_fixture.h. */
#include "tests/unit/gdb_fixture.h"
#include "devices/host/serial.h"
#include "devices/host/uart.h"
#include "hv/console/console.h"
#include "hv/monitor/monitor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct guest guests[GUESTS_MAX];
u32 guest_count;
const char *const guest_state_name[GUEST_STATES] = {"empty", "starting", "running", "paused",
						    "ended"};
struct config config;
struct turns turns;
struct cpu_features cpu;

static struct guest_config settings;
struct vcpu vcpu[2];
struct regs regs[2];
static struct lguest_data data;
u64 clock_ns, wakes_at;
u8 *ram;
char input[8192], output[(1 << 16) + 1];
u32 moved;
u32 in_at, in_len, out_len, commands, watched, kills;

u16 serial_port(u16 place)
{
	return place;
}

unsigned serial_line(u16 port)
{
	(void)port;
	return 3;
}

const char *serial_name(u16 place)
{
	(void)place;
	return "";
}

bool uart_debug_open(u16 base, u32 baud, unsigned line)
{
	(void)line;
	return base && baud;
}

int uart_debug_getc(void)
{
	return in_at < in_len ? (u8)input[in_at++] : -1;
}

void uart_debug_write(const char *text, u32 len)
{
	if (len > sizeof(output) - out_len)
		out_len = 0; /* nobody looks at so much */
	memcpy(output + out_len, text, len);
	out_len += len;
}

bool guest_read(const struct gmem *m, gpa_t at, void *to, u32 len)
{
	(void)m;
	if (at > RAM || len > RAM - at)
		return false;
	memcpy(to, ram + at, len);
	return true;
}

bool guest_write(struct gmem *m, gpa_t at, const void *from, u32 len)
{
	(void)m;
	if (at > RAM || len > RAM - at)
		return false;
	memcpy(ram + at, from, len);
	return true;
}

static bool linear;

bool shadow_linear(const struct shadow *s)
{
	(void)s;
	return linear;
}

bool shadow_peek(struct shadow *s, gva_t va, gpa_t *gpa)
{
	(void)s;
	*gpa = (va >= KERNEL ? va - KERNEL : va) + moved;
	return *gpa < RAM;
}

u32 why_read(const struct guest *g, gva_t va, void *to, u32 len)
{
	u32 n = 0;
	gpa_t at;

	while (n < len && shadow_peek(NULL, va + n, &at) &&
	       guest_read(&g->mem, at, (u8 *)to + n, 1))
		n++;
	return n;
}

gva_t hidden[8];
u32 hidden_len;

void shadow_hide(struct shadow *s, gva_t va)
{
	(void)s;
	hidden[hidden_len++ % ARRAY_LEN(hidden)] = va;
}

void monitor_command(char *line)
{
	assert_true(strlen(line) < 80);
	commands++;
}

void console_capture(void (*line)(void *ctx, const char *text), void *ctx)
{
	(void)line;
	(void)ctx;
}

void guest_pause(struct guest *g)
{
	if (g->state == GUEST_RUNNING)
		g->state = GUEST_PAUSED;
}

void guest_resume(struct guest *g)
{
	if (g->state == GUEST_PAUSED)
		g->state = GUEST_RUNNING;
}

void guest_end(struct guest *g, enum guest_end end, const char *why)
{
	(void)why;
	g->state = GUEST_ENDED;
	g->end = end;
}

void guest_kill(struct guest *g, const char *fmt, ...)
{
	kills++;
	guest_end(g, END_KILLED, fmt);
}

void guest_restart(struct guest *g)
{
	guest_end(g, END_RESTART, "restart");
	g->held = true;
}

void guest_end_hook(bool (*hold)(struct guest *g, enum guest_end end, const char *why))
{
	(void)hold;
}

void vcpu_watch(struct vcpu *v, void (*dispatch)(struct vcpu *v), void (*check)(struct vcpu *v))
{
	v->dispatch = dispatch;
	v->check = check;
	v->watched = dispatch != NULL;
	watched += v->watched;
}

void segments_check(struct vcpu *v)
{
	v->selectors_dirty = 0;
}

struct guest *guest_by_name(const char *name)
{
	for (u32 i = 0; i < guest_count; i++)
		if (!strcmp(guests[i].name, name))
			return &guests[i];
	return NULL;
}

void timer_arm(struct timer *t, u64 when)
{
	assert_true(when >= clock_ns);
	t->armed = true;
	t->when = wakes_at = when;
}

static void run_timer(struct timer *t)
{
	if (!t->armed || t->when > clock_ns)
		return;
	t->armed = false;
	t->fire(t);
}

void timers_run(void)
{
	run_timer(&session.silence);
	run_timer(&session.rest);
}

bool console_poll(void)
{
	return false;
}

bool debug_usable(void)
{
	return true;
}

void debug_load(struct vcpu *v)
{
	(void)v;
}

u32 debug_unload(void)
{
	return 0;
}

void trap_dispatch(struct vcpu *v)
{
	(void)v;
}

void virq_hold(struct vcpu *v)
{
	(void)v;
}

u32 control_read(const struct vcpu *v, unsigned n)
{
	(void)v;
	return 0x100 + n;
}

struct fx_image fx;

const struct fx_image *vcpu_fpu_image(struct vcpu *v)
{
	(void)v;
	return &fx;
}

bool vcpu_fpu_put(struct vcpu *v, u32 at, const void *from, u32 n)
{
	(void)v;
	assert_true(at <= sizeof(fx) && n <= sizeof(fx) - at);
	memcpy((u8 *)&fx + at, from, n);
	return true;
}

u32 control_set_to[5];

bool control_set(struct vcpu *v, unsigned n, u32 value)
{
	(void)v;
	control_set_to[n] = value;
	return n != 3 || value < RAM;
}

u32 queued;

u32 hypercalls_queued(struct vcpu *v)
{
	(void)v;
	return queued;
}

u64 now_ns(void)
{
	return clock_ns;
}

u32 data_get_slow(struct vcpu *v, u32 offset)
{
	(void)v;
	(void)offset;
	return 0;
}

void data_set_slow(struct vcpu *v, u32 offset, u32 value)
{
	(void)v;
	(void)offset;
	(void)value;
}

const char *hypercall_name(unsigned n)
{
	return n == 9 ? "set_clockevent" : "?";
}

void guest_runs(struct guest *g)
{
	g->state = GUEST_RUNNING;
	g->end = END_NONE;
	g->held = true;
}

int gdb_setup(void **state)
{
	(void)state;
	for (u32 i = 0; i < GUESTS_MAX && guests[i].vcpu; i++)
		gdb_released(&guests[i]);
	memset(&session, 0, sizeof(session));
	memset(guests, 0, sizeof(guests));
	memset(vcpu, 0, sizeof(vcpu));
	memset(regs, 0, sizeof(regs));
	free(ram);
	ram = calloc(1, RAM);
	guest_count = 2;
	for (u32 i = 0; i < 2; i++) {
		snprintf(guests[i].name, sizeof(guests[i].name), "%c", 'a' + (char)i);
		guests[i].config = &settings;
		guests[i].vcpu = &vcpu[i];
		vcpu[i].guest = &guests[i];
		vcpu[i].regs = &regs[i];
		vcpu[i].usual = trap_dispatch;
		vcpu[i].kernel_base = KERNEL;
		vcpu[i].data_head = (u32 *)(void *)&data;
		regs[i].cs = 0x61;
		guest_runs(&guests[i]);
	}
	in_at = in_len = out_len = commands = kills = moved = queued = hidden_len = 0;
	turns.yield = false;
	config.opt.gdb_patience = 0;
	gdb_on = true;
	return 0;
}

const char *ask(const char *text)
{
	static char answer[8192];
	u8 sum = 0;
	char *end;

	for (const char *c = text; *c; c++)
		sum = (u8)(sum + (u8)*c);
	in_at = out_len = 0;
	in_len = (u32)snprintf(input, sizeof(input), "$%s#%02x", text, sum);
	gdb_poll();
	assert_true(out_len < sizeof(answer));
	memcpy(answer, output, out_len);
	answer[out_len] = 0;
	end = strrchr(answer, '#');
	if (end)
		*end = 0;
	return answer[0] == '+' && answer[1] == '$' ? answer + 2 : answer;
}

const char *command(const char *text)
{
	char packet[300] = "qRcmd,";

	for (const char *c = text; *c; c++)
		snprintf(packet + strlen(packet), 3, "%02x", (u8)*c);
	return ask(packet);
}

bool sent(const char *text)
{
	output[MIN(out_len, sizeof(output) - 1)] = 0;
	return strstr(output, text) != NULL;
}

void enter(void)
{
	hidden_len = 0;
	vcpu[0].check(&vcpu[0]);
}

void take_trap(u32 vector)
{
	regs[0].vector = vector;
	out_len = 0;
	vcpu[0].dispatch(&vcpu[0]);
	gdb_poll();
}
