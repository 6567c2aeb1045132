/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: hv/gdb/[a-z]*.c */
/* gdb's side of a guest: packets in, answers out, against two guests that exist only here. */
#include "devices/host/serial.h"
#include "devices/host/uart.h"
#include "hv/console/console.h"
#include "hv/gdb/private.h"
#include "hv/gdb/registers.h"
#include "hv/monitor/monitor.h"
#include "hv/why/why.h"
#include "lib/cpu.h"
#include "tests/unit/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAM    8192u
#define KERNEL 0xc0000000u /* the same pages once more */

struct guest guests[GUESTS_MAX];
u32 guest_count;
const char *const guest_state_name[GUEST_STATES] = {"empty", "starting", "running", "paused",
						    "ended"};
struct config config;
struct cpu_features cpu;

static struct guest_config settings;
static struct vcpu vcpu[2];
static struct regs regs[2];
static struct lguest_data data;
static u64 clock_ns, wakes_at;
static u8 *ram; /* of exactly its size: of both */
static char input[8192], output[(1 << 16) + 1];
static u32 moved; /* where KERNEL is mapped to */
static u32 in_at, in_len, out_len, commands, watched, kills;

/* ---- What the stub stands on ------------------------------------------------------------------
 */

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
	wakes_at = when;
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

static struct fx_image fx;

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

static u32 control_set_to[5];

bool control_set(struct vcpu *v, unsigned n, u32 value)
{
	(void)v;
	control_set_to[n] = value;
	return n != 3 || value < RAM;
}

static u32 queued;

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

/* ---- Talking to it -------------------------------------------------------------------------- */

static void start(struct guest *g)
{
	g->state = GUEST_RUNNING;
	g->end = END_NONE;
	g->held = true;
}

static int setup(void **state)
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
		start(&guests[i]);
	}
	in_at = in_len = out_len = commands = kills = moved = queued = 0;
	config.opt.gdb_patience = 0;
	gdb_on = true;
	return 0;
}

/* Send a packet; what comes back, without the acknowledgement and the sum. */
static const char *ask(const char *text)
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

static const char *command(const char *text)
{
	char packet[300] = "qRcmd,";

	for (const char *c = text; *c; c++)
		snprintf(packet + strlen(packet), 3, "%02x", (u8)*c);
	return ask(packet);
}

static bool sent(const char *text)
{
	output[MIN(out_len, sizeof(output) - 1)] = 0;
	return strstr(output, text) != NULL;
}

/* ---- The tests ------------------------------------------------------------------------------ */

static void test_points(void **state)
{
	(void)state;
	assert_string_equal(ask("?"), "T05thread:1;");
	assert_string_equal(ask("Z1,c0000010,1"), "OK");
	assert_int_equal(vcpu[0].dr7, 0x1);
	assert_int_equal(vcpu[0].dr[0], 0xc0000010);
	assert_true(vcpu[0].selectors_dirty & CHECK_WATCH);
	assert_string_equal(ask("Z2,102,6"), "OK"); /* two bytes and four */
	assert_int_equal(vcpu[0].dr[1], 0x102);
	assert_int_equal(vcpu[0].dr[2], 0x104);
	assert_int_equal(vcpu[0].dr7, 0x0d500015);
	assert_string_equal(ask("Z2,102,6"), "OK"); /* again: the same */
	assert_int_equal(vcpu[0].dr7, 0x0d500015);
	assert_string_equal(ask("Z4,200,8"), "E01"); /* one is left: none of it */
	assert_int_equal(vcpu[0].dr7, 0x0d500015);
	assert_string_equal(ask("Z3,201,1"), "OK");
	assert_int_equal(vcpu[0].dr7, 0x3d500055);
	assert_string_equal(ask("z2,102,6"), "OK");
	assert_int_equal(vcpu[0].dr7, 0x30000041);
	assert_string_equal(ask("Z2,ffc03000,4"), "E01"); /* the switcher's */
	assert_string_equal(ask("Z2,ffffffff,4"), "E01");
	assert_string_equal(ask("Z2,100,0"), "E01");
	assert_string_equal(ask("Z5,100,1"), "");
	assert_string_equal(ask("D"), "OK");
	assert_int_equal(vcpu[0].dr7, 0);
}

static void test_memory(void **state)
{
	(void)state;
	ask("?");
	memcpy(ram + 0x10, "\x55\x89\xe5", 3);
	assert_string_equal(ask("Z0,c0000010,1"), "OK");
	assert_int_equal(ram[0x10], 0xcc);
	assert_string_equal(ask("mc0000010,3"), "5589e5");
	assert_string_equal(ask("Mc0000010,1:90"), "OK");
	assert_int_equal(ram[0x10], 0xcc);
	assert_string_equal(command("memory physical"), "OK");
	assert_string_equal(ask("m10,3"), "9089e5");
	assert_string_equal(ask("M10,2:9192"), "OK"); /* under the breakpoint, too */
	assert_int_equal(ram[0x10], 0xcc);
	assert_string_equal(ask("mc0000010,1"), "E14");
	assert_string_equal(ask("m1fff,10"), "00");
	assert_string_equal(command("memory virtual"), "OK");
	assert_string_equal(ask("mc0000010,2"), "9192");
	assert_string_equal(ask("mfffffffe,10"), "E14");
	assert_string_equal(ask("M1fff,2:0102"), "E01");
	assert_string_equal(ask("z0,c0000010,1"), "OK");
	assert_int_equal(ram[0x10], 0x91);
}

/* The page at the address of a breakpoint becomes another one, none, and the first one again. */
static void test_page_changes(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	ask("?");
	ram[0x10] = 0x55;
	ram[0x1010] = 0x66;
	assert_string_equal(ask("Z0,c0000010,1"), "OK");
	assert_int_equal(ram[0x10], 0xcc);
	moved = 0x1000;
	breakpoints_follow(g);
	assert_int_equal(ram[0x10], 0x55);
	assert_int_equal(ram[0x1010], 0xcc);
	moved = RAM;
	breakpoints_follow(g);
	assert_int_equal(ram[0x1010], 0x66);
	moved = 0;
	breakpoints_follow(g);
	assert_int_equal(ram[0x10], 0xcc);
	ram[0x10] = 0x77; /* the guest's own, which nobody puts back */
	moved = 0x1000;
	breakpoints_follow(g);
	assert_int_equal(ram[0x10], 0x77);
	assert_int_equal(ram[0x1010], 0xcc);
	assert_string_equal(ask("z0,c0000010,1"), "OK");
	assert_int_equal(ram[0x1010], 0x66);
}

/* The description names as many registers as there are, and nests as it should. */
static void test_description(void **state)
{
	u32 len, regs = 0;
	const char *xml = target_xml(&len);

	(void)state;
	assert_int_equal(strlen(xml), len);
	for (const char *p = xml; (p = strstr(p, "<reg name=")) != NULL; p++)
		regs++;
	assert_int_equal(regs, REGISTERS);
	assert_non_null(strstr(xml, "<reg name=\"xmm7\" bitsize=\"128\" type=\"vec128\"/>"));
	assert_non_null(strstr(xml, "<reg name=\"cr4\""));
	assert_true(strstr(xml, "</union>") < strstr(xml, "\"xmm0\""));
	assert_string_equal(xml + len - 19, "</feature></target>");
	ask("?");
	assert_int_equal(ask("qXfer:features:read:target.xml:0,40")[0], 'm');
}

/* Registers of the FPU, of SSE and the control registers. */
static void test_other_registers(void **state)
{
	(void)state;
	ask("?");
	memset(&fx, 0, sizeof(fx));
	cpu.fxsr = cpu.sse = true;
	assert_string_equal(ask("P10=0102030405060708090a"), "OK"); /* st0 */
	assert_memory_equal(fx.st[0], "\1\2\3\4\5\6\7\10\11\12\0", 11);
	assert_string_equal(ask("p10"), "0102030405060708090a");
	assert_string_equal(ask("P18=7f030000"), "OK"); /* fctrl */
	assert_int_equal(fx.fcw, 0x37f);
	assert_string_equal(ask("P1a=fcff0000"), "OK"); /* ftag: all empty but the first */
	assert_int_equal(fx.ftw, 1);
	assert_string_equal(ask("p1a"), "fcff0000");
	assert_string_equal(ask("P21=000102030405060708090a0b0c0d0e0f"), "OK"); /* xmm1 */
	assert_int_equal(fx.xmm[1][15], 15);
	assert_string_equal(ask("P28=801f0000"), "OK"); /* mxcsr */
	assert_int_equal(fx.mxcsr, 0x1f80);
	assert_string_equal(ask("P21=0001"), "E01"); /* too little */
	cpu.sse = false;
	assert_string_equal(ask("P28=00000000"), "E01");
	assert_string_equal(ask("p28"), "xxxxxxxx");
	cpu.fxsr = false;
	assert_string_equal(ask("P18=00000000"), "E01");
	assert_int_equal(fx.fcw, 0x37f);
	assert_string_equal(ask("P29=3b000580"), "OK"); /* cr0 */
	assert_int_equal(control_set_to[0], 0x8005003b);
	assert_string_equal(ask("P2b=00100000"), "OK"); /* cr3 */
	assert_int_equal(control_set_to[3], 0x1000);
	assert_string_equal(ask("P2b=00100001"), "E01");
	assert_string_equal(ask("P2d=00000000"), "E01");
}

/* gdb falls silent at a stop: for ever, or for as long as was asked. */
static void test_patience(void **state)
{
	(void)state;
	ask("?");
	clock_ns += 3600 * 1000000000ull;
	gdb_poll();
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	config.opt.gdb_patience = 60;
	ask("?");
	assert_true(wakes_at == clock_ns + 60 * 1000000000ull); /* though nobody runs */
	clock_ns += 59 * 1000000000ull;
	ask("?");
	clock_ns += 59 * 1000000000ull;
	gdb_poll();
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	clock_ns += 1 * 1000000000ull;
	gdb_poll();
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	assert_false(vcpu[0].watched);
	ask("?");
	ask("c"); /* it runs and nobody waits: silence is right */
	clock_ns += 600 * 1000000000ull;
	gdb_poll();
	assert_true(vcpu[0].watched);
	stop_guest(&guests[0], SIG_TRAP); /* then it stops, and gdb has its time from there */
	gdb_poll();
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	clock_ns += 59 * 1000000000ull;
	gdb_poll();
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	command("restart");
	ask("c"); /* it is gdb that waits now */
	clock_ns += 600 * 1000000000ull;
	gdb_poll();
	assert_true(session.attached);
}

/* An address of one program means nothing in another one's tables. */
static void test_programs(void **state)
{
	struct guest *g = &guests[0];

	(void)state;
	ask("?");
	ram[0x20] = 0x55;
	vcpu[0].cr3 = 0x1000;
	assert_string_equal(ask("Z0,20,1"), "OK");
	assert_int_equal(ram[0x20], 0xcc);
	vcpu[0].cr3 = 0x2000;
	breakpoints_follow(g);
	assert_int_equal(ram[0x20], 0x55);
	vcpu[0].cr3 = 0x1000;
	breakpoints_follow(g);
	assert_int_equal(ram[0x20], 0xcc);
}

/* One byte by two addresses. */
static void test_twins(void **state)
{
	(void)state;
	ask("?");
	ram[0x30] = 0x55;
	assert_string_equal(ask("Z0,c0000030,1"), "OK");
	assert_string_equal(ask("Z0,30,1"), "OK");
	assert_string_equal(ask("mc0000030,1"), "55");
	assert_string_equal(ask("z0,c0000030,1"), "OK");
	assert_int_equal(ram[0x30], 0xcc);
	assert_string_equal(ask("M30,1:66"), "OK");
	assert_string_equal(ask("z0,30,1"), "OK");
	assert_int_equal(ram[0x30], 0x66);
}

/* One gdb goes without a word: the next one finds the guest as it was, and nothing else. */
static void test_second_gdb(void **state)
{
	(void)state;
	assert_non_null(strstr(ask("qSupported:x"), "PacketSize"));
	ask("QStartNoAckMode");
	ask("?");
	ask("Z0,20,1");
	ask("Z2,100,4");
	command("memory physical");
	assert_string_equal(ask("vCont;c"), "");
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	assert_int_equal(ram[0x20], 0xcc);
	assert_non_null(strstr(ask("qSupported:x"), "PacketSize"));
	assert_int_equal(output[0], '+');
	assert_int_equal(ram[0x20], 0);
	assert_int_equal(vcpu[0].dr7, 0);
	assert_false(session.physical);
	assert_string_equal(ask("?"), "T05thread:1;");
}

static void test_interrupt(void **state)
{
	(void)state;
	ask("?");
	ask("c");
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	input[0] = 3;
	in_at = out_len = 0;
	in_len = 1;
	gdb_poll();
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	assert_memory_equal(output, "$T02thread:1;#", 14);
}

static void trap(u32 vector)
{
	regs[0].vector = vector;
	out_len = 0;
	vcpu[0].dispatch(&vcpu[0]);
	gdb_poll();
}

static void test_stop_at(void **state)
{
	(void)state;
	ask("?");
	assert_string_equal(command("stop-at hypercall set_clockevent"), "OK");
	assert_int_equal(output[1], '$'); /* and no complaint before it */
	ask("c");
	regs[0].eip = 0x102;
	regs[0].eax = 8;
	trap(LGUEST_TRAP);
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	regs[0].eax = 9;
	trap(LGUEST_TRAP);
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	assert_int_equal(regs[0].eip, 0x100);
	ask("c");
	regs[0].eip = 0x102; /* it is executed again, and carried out */
	trap(LGUEST_TRAP);
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	assert_int_equal(regs[0].eip, 0x102);
	queued = BIT(9) | BIT(14); /* in the ring, before another one */
	regs[0].eax = 8;
	trap(LGUEST_TRAP);
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	assert_int_equal(regs[0].eip, 0x100);
	ask("c");
	regs[0].eip = 0x102;
	trap(LGUEST_TRAP);
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	queued = 0;
	command("stop-at none");
	command("stop-at user");
	regs[0].cs = 0x73;
	trap(VEC_PF);
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	ask("c");
	trap(VEC_PF); /* it is there already */
	assert_int_equal(guests[0].state, GUEST_RUNNING);
	for (u32 i = 0; i < 7; i++) {
		static const char *const wrong[] = {"",	     "32",   "hypercall 20", "irq 16",
						    "irq x", "irqs", "user now"};
		char text[40];

		snprintf(text, sizeof(text), "stop-at %s", wrong[i]);
		assert_int_equal(command(text)[0], 'O');
		assert_true(sent("$O73746f702d61743a"));
	}
}

/* The run loop's part of a restart. */
static void live_again(struct guest *g)
{
	assert_int_equal(g->end, END_RESTART);
	gdb_released(g);
	start(g);
	out_len = 0;
	assert_true(gdb_started(g));
	g->state = GUEST_PAUSED;
	gdb_poll();
}

/* gdb shows of the old life what it has read of it until it lets the guest go: so there is one. */
static void test_restart(void **state)
{
	(void)state;
	ask("?");
	regs[0].eip = 0x1234;
	command("restart");
	assert_true(sent("$OK#9a"));
	assert_int_equal(guests[0].state, GUEST_PAUSED);
	assert_string_equal(ask("vCont;s:1;c"), "+");
	live_again(&guests[0]);
	assert_true(sent("$T20thread:1;#")); /* no SIGTRAP, which might be that of the step */
	assert_string_equal(ask("?"), "T20thread:1;");
	assert_false(gdb_started(&guests[1]));
	command("restart");
	ask("c");
	guests[0].held = false; /* it could not be loaded */
	guests[0].end = END_KILLED;
	out_len = 0;
	gdb_poll();
	assert_true(sent("$X09#"));
}

/* A guest that starts again by itself is stopped at its new beginning: gdb's breakpoints went with
 * the old life. */
static void test_reboot(void **state)
{
	(void)state;
	ask("?");
	ask("Z0,20,1");
	ask("c");
	guest_restart(&guests[0]);
	live_again(&guests[0]);
	assert_true(sent("$T20thread:1;#"));
	assert_int_equal(guests[1].state, GUEST_RUNNING);
	ask("c");
	ask("D"); /* without a debugger it is nobody's business */
	guest_restart(&guests[0]);
	gdb_released(&guests[0]);
	start(&guests[0]);
	assert_false(gdb_started(&guests[0]));
}

/* gdb comes while a guest is being loaded, or turns to it then: it hears of its first instruction.
 */
static void test_starting(void **state)
{
	(void)state;
	guest_count = 1;
	guests[0].state = GUEST_STARTING;
	assert_string_equal(ask("?"), "+");
	start(&guests[0]);
	out_len = 0;
	assert_true(gdb_started(&guests[0]));
	gdb_poll();
	assert_true(sent("$T05thread:1;#"));
	guest_count = 2;
	guests[1].state = GUEST_STARTING;
	assert_string_equal(ask("vCont;c:2"), "+");
	start(&guests[1]);
	out_len = 0;
	assert_true(gdb_started(&guests[1]));
	gdb_poll();
	assert_true(sent("thread:2;#"));
	guests[1].state = GUEST_ENDED;
	guests[1].held = false;
	assert_string_equal(ask("vCont;c:2"), "W00");
}

/* Under `target extended-remote` gdb stays when its guest ends, and may run it again. */
static void test_extended(void **state)
{
	(void)state;
	ask("qSupported:x");
	assert_string_equal(ask("!"), "OK");
	assert_string_equal(ask("?"), "T05thread:1;");
	assert_false(gdb_rests());
	assert_string_equal(ask("vKill;a410"), "OK");
	assert_int_equal(guests[0].end, END_KILLED);
	assert_string_equal(ask("?"), "W00"); /* the other one is left alone */
	assert_string_equal(ask("qfThreadInfo"), "l");
	assert_int_equal(guests[1].state, GUEST_RUNNING);
	assert_true(gdb_rests());
	clock_ns += 59 * 1000000000ull;
	assert_true(gdb_rests());
	clock_ns += 1 * 1000000000ull;
	assert_false(gdb_rests());
	gdb_released(&guests[0]);
	assert_string_equal(ask("vRun;"), "+");
	assert_true(gdb_rests());
	live_again(&guests[0]);
	assert_true(sent("$T05thread:1;#"));
	assert_false(gdb_rests());
	assert_string_equal(ask("vRun;78"), "E01"); /* x: there is none of this name */
	ask("c");
	guest_end(&guests[0], END_OFF, "");
	out_len = 0;
	gdb_released(&guests[0]);
	assert_true(sent("$W00#"));
	assert_string_equal(ask("?"), "W00");
	assert_string_equal(ask("vRun;62;78"), "+"); /* b, with an argument */
	live_again(&guests[1]);
	assert_true(sent("$T05thread:2;#"));
	assert_string_equal(ask("vAttach;1"), "E01");
	start(&guests[0]);
	assert_string_equal(ask("vAttach;1"), "T05thread:1;");
	assert_string_equal(ask("vAttach;3"), "E01");
	assert_string_equal(ask("qSupported:x")[0] == 'P' ? ask("?") : "", "T05thread:1;");
	ask("k");
	assert_false(gdb_rests()); /* that one is no extended one */
}

/* Letters and numbers, most of them those that mean something, behind the beginning of a packet. */
static void make_packet(char *text, u32 size, u32 *seed)
{
	static const char *const words[] = {
		"?",
		"g",
		"G",
		"P",
		"p",
		"m",
		"M",
		"X",
		"c",
		"s",
		"Z0,",
		"Z1,",
		"Z2,",
		"z0,",
		"z3,",
		"H",
		"T",
		"D",
		"vCont",
		"vCont;s:",
		"k",
		"qC",
		"qRcmd,",
		"qSupported",
		"qThreadExtraInfo,",
		"qXfer:features:read:target.xml:",
		"qRcmd,73746f702d617420",
		"qfThreadInfo",
		"vKill;",
		"vRun;",
		"vRun;61",
		"vAttach;1",
		"!",
		"qRcmd,72657374617274",
	};
	static const char some[] = "0123456789abcdef,:;=-f00ffffffffc0000010,4:\003";
	u32 n, len;

	*seed = *seed * 1103515245 + 12345;
	n = (u32)snprintf(text, size, "%s", words[(*seed >> 16) % ARRAY_LEN(words)]);
	len = (*seed >> 8) % ((*seed >> 28) ? 24 : 600);
	while (len--) {
		*seed = *seed * 1103515245 + 12345;
		text[n++] = *seed >> 25 ? some[(*seed >> 16) % (sizeof(some) - 1)]
					: (char)('!' + (*seed >> 16) % 2);
	}
	text[n] = 0;
}

/* What the run loop and a guest do meanwhile. */
static void go_on(u32 k, u32 seed)
{
	if (guests[k].state == GUEST_ENDED) {
		gdb_released(&guests[k]);
		start(&guests[k]);
		guests[k].held = false;
		(void)gdb_started(&guests[k]);
	}
	if (vcpu[k].dispatch && guests[k].state == GUEST_RUNNING) {
		regs[k].vector = (seed >> 20) % 40;
		regs[k].eip &= RAM - 1;
		vcpu[k].dispatch(&vcpu[k]);
	}
}

/* Right frames around anything: nothing is touched that is not the guests', every answer fits. */
static void test_anything(void **state)
{
	u32 seed = support_seed() + 5;
	char text[700];

	(void)state;
	for (u32 i = 0; i < 60000; i++) {
		make_packet(text, sizeof(text), &seed);
		ask(text);
		assert_false(session.out.overflow);
		go_on(0, seed);
		go_on(1, seed);
	}
	setup(state);
	assert_string_equal(ask("?"), "T05thread:1;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_points, setup),
		cmocka_unit_test_setup(test_memory, setup),
		cmocka_unit_test_setup(test_page_changes, setup),
		cmocka_unit_test_setup(test_description, setup),
		cmocka_unit_test_setup(test_other_registers, setup),
		cmocka_unit_test_setup(test_patience, setup),
		cmocka_unit_test_setup(test_programs, setup),
		cmocka_unit_test_setup(test_twins, setup),
		cmocka_unit_test_setup(test_second_gdb, setup),
		cmocka_unit_test_setup(test_interrupt, setup),
		cmocka_unit_test_setup(test_stop_at, setup),
		cmocka_unit_test_setup(test_restart, setup),
		cmocka_unit_test_setup(test_reboot, setup),
		cmocka_unit_test_setup(test_starting, setup),
		cmocka_unit_test_setup(test_extended, setup),
		cmocka_unit_test_setup(test_anything, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
