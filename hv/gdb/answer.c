/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers to packets ("Debugging with GDB", E.2): one row each. */
#include "hv/gdb/private.h"
#include "hv/gdb/registers.h"
#include "hv/why/why.h"

#define READ_MAX 1000u /* bytes in one answer */

static bool say_done(bool ok)
{
	return say(ok ? "OK" : "E01");
}

/* The guest that is looked at, when it has a CPU. */
static struct guest *looked_at(void)
{
	struct guest *g = session.g;

	return g && g->vcpu &&
			       (g->state == GUEST_RUNNING || g->state == GUEST_PAUSED ||
				(g->state == GUEST_ENDED && g->held))
		       ? g
		       : NULL;
}

void answer_stop(const struct guest *g)
{
	struct debugged *d = debugged(g);

	d->reported = true;
	reply_begin(&session.out);
	say("T");
	reply_byte(&session.out, (u8)d->why);
	if (!d->hit && d->why == SIG_TRAP && g->vcpu && breakpoint_at(g, g->vcpu->regs->eip))
		say("swbreak:;"); /* EIP is right: gdb would look for a breakpoint before it */
	if (d->hit && point_reason(d->hit)) {
		say(point_reason(d->hit));
		say(":");
		reply_number(&session.out, d->hit->va);
		say(";");
	}
	say("thread:");
	reply_number(&session.out, (u32)(g - guests) + 1);
	say(";");
}

/* Who is to be looked at first: one that waits for us, else the first that lives, or will. */
static struct guest *first_guest(void)
{
	struct guest *first = NULL;
	u32 best = 0;

	for (u32 i = 0; i < guest_count; i++) {
		struct guest *g = &guests[i];
		u32 rank = !guest_alive(g) ? 0 : debugged(g)->held ? 3 : g->vcpu ? 2 : 1;

		if (rank > best) {
			best = rank;
			first = g;
		}
	}
	return first;
}

/* Who is alive stays the one that is looked at: one that stands still, or was named (on_attach). */
static bool chosen(const struct guest *g)
{
	return g && guest_alive(g) && (session.extended || debugged(g)->held);
}

static bool on_status(const char *at)
{
	(void)at;
	session.attached = true;
	session.waiting = false;
	if (!session.over && !chosen(session.g))
		session.g = first_guest();
	if (session.over || !session.g)
		return say("W00");
	if (life_await(session.g))
		return false;
	stop_watch(session.g);
	if (!debugged(session.g)->held)
		stop_guest(session.g, SIG_TRAP);
	answer_stop(session.g);
	return true;
}

static bool on_registers(const char *at)
{
	struct guest *g = looked_at();

	(void)at;
	for (u32 n = 0; n < REGISTERS; n++)
		register_show(&session.out, g ? g->vcpu : NULL, n);
	return true;
}

static bool on_set_registers(const char *at)
{
	struct guest *g = looked_at();

	for (u32 n = 0; g && register_set(g->vcpu, n, &at); n++)
		;
	return say_done(g);
}

static bool on_register(const char *at)
{
	struct guest *g = looked_at();
	u32 n;

	if (!g || !take_number(&at, &n) || !register_show(&session.out, g->vcpu, n))
		say("E01");
	return true;
}

static bool on_set_register(const char *at)
{
	struct guest *g = looked_at();
	u32 n;

	return say_done(g && take_number(&at, &n) && take_char(&at, '=') &&
			register_set(g->vcpu, n, &at));
}

static bool take_range(const char **at, u32 *va, u32 *len)
{
	return take_number(at, va) && take_char(at, ',') && take_number(at, len);
}

static bool on_memory(const char *at)
{
	struct guest *g = looked_at();
	u8 bytes[READ_MAX];
	u32 va, len, n = 0;

	if (g && take_range(&at, &va, &len))
		n = (session.physical ? memory_read_physical : why_read)(g, va, bytes,
									 MIN(len, READ_MAX));
	for (u32 i = 0; i < n; i++)
		reply_byte(&session.out, bytes[i]);
	if (!n)
		say("E14");
	return true;
}

static bool write_to(struct guest *g, u32 at, const u8 *from, u32 len)
{
	return (session.physical ? memory_write_physical : memory_write)(g, at, from, len);
}

static bool on_set_memory(const char *at)
{
	struct guest *g = looked_at();
	u32 va, len;
	bool ok = g && take_range(&at, &va, &len) && take_char(&at, ':');
	u8 byte;

	for (u32 i = 0; ok && i < len; i++)
		ok = take_byte(&at, &byte) && write_to(g, va + i, &byte, 1);
	return say_done(ok);
}

/* The same with raw bytes, which may be zeros: their number is in the packet. */
static bool on_set_memory_raw(const char *at)
{
	struct guest *g = looked_at();
	u32 va, len, have;

	if (!g || !take_range(&at, &va, &len) || !take_char(&at, ':'))
		return say("E01");
	have = session.in.len - (u32)(at - session.in.data);
	return say_done(len <= have && write_to(g, va, (const u8 *)at, len));
}

/* All that stand still because of us go on, the one that is looked at perhaps for one step; but not
 * who has stopped meanwhile: that is the next to be told. */
static bool resume(bool step)
{
	struct guest *g = looked_at();

	for (u32 i = 0; i < guest_count; i++)
		if (debugged(&guests[i])->reported && &guests[i] != g)
			stop_resume(&guests[i], false);
	session.waiting = true;
	if (session.g && life_await(session.g))
		return false;
	if (!g) {
		session.waiting = false;
		return say("W00");
	}
	stop_watch(g);
	if (step && !debugged(g)->held)
		stop_guest(g, SIG_TRAP);
	stop_resume(g, step);
	return false;
}

static bool on_continue(const char *at)
{
	(void)at;
	return resume(false);
}

static bool on_step(const char *at)
{
	(void)at;
	return resume(true);
}

static bool hardware_point(struct guest *g, u32 kind, u32 va, u32 len, bool set)
{
	if (kind == POINT_EXECUTE)
		len = 1; /* gdb names the length of an INT3, or none */
	if (set)
		return point_set(g, kind, va, len);
	point_clear(g, kind, va, len);
	return true;
}

static bool on_breakpoint(const char *at, bool set)
{
	struct guest *g = looked_at();
	u32 kind, va, len;

	if (!g || !take_number(&at, &kind) || !take_char(&at, ',') || !take_range(&at, &va, &len))
		return say("E01");
	if (kind > POINT_ACCESS || (kind && !points_usable()))
		return true; /* an empty answer: not offered */
	stop_watch(g);
	if (kind)
		return say_done(hardware_point(g, kind, va, len, set));
	if (set)
		return say_done(breakpoint_set(g, va));
	breakpoint_clear(g, va);
	return say_done(true);
}

static bool on_insert(const char *at)
{
	return on_breakpoint(at, true);
}

static bool on_remove(const char *at)
{
	return on_breakpoint(at, false);
}

/* Hg3, Hc3: 0 and -1 leave it as it is. */
static bool on_thread(const char *at)
{
	struct guest *g;

	at++;
	if (take_guest(&at, &g))
		session.g = g;
	return say("OK");
}

static bool on_alive(const char *at)
{
	struct guest *g;

	return say_done(take_guest(&at, &g) && guest_alive(g));
}

/* vAttach;N */
static bool on_attach(const char *at)
{
	struct guest *g;

	if (!take_guest(&at, &g) || !guest_alive(g))
		return say("E01");
	session.g = g;
	session.over = false;
	return on_status(at);
}

/* target extended-remote: it stays when a guest has ended. */
static bool on_extended(const char *at)
{
	(void)at;
	session.extended = true;
	return say("OK");
}

/* vCont;s:2;c  The first action that names a guest, or all, is that of the one it means. */
static bool on_vcont(const char *at)
{
	bool step = false;
	struct guest *g;

	if (take_char(&at, '?')) {
		say("vCont;c;C;s;S");
		return true;
	}
	if (take_char(&at, ';'))
		step = *at == 's' || *at == 'S';
	while (*at && *at != ':' && *at != ';')
		at++;
	if (take_char(&at, ':') && take_guest(&at, &g))
		session.g = g;
	return resume(step);
}

static const struct {
	const char *word;
	bool (*answer)(const char *at); /* the rest of the packet */
} packets[] = {
	{"!", on_extended},	 {"?", on_status},	  {"g", on_registers},
	{"G", on_set_registers}, {"p", on_register},	  {"P", on_set_register},
	{"m", on_memory},	 {"M", on_set_memory},	  {"X", on_set_memory_raw},
	{"c", on_continue},	 {"C", on_continue},	  {"s", on_step},
	{"S", on_step},		 {"Z", on_insert},	  {"z", on_remove},
	{"H", on_thread},	 {"T", on_alive},	  {"D", on_detach},
	{"k", on_kill},		 {"vCont", on_vcont},	  {"vKill", on_vkill},
	{"vRun;", on_run},	 {"vAttach;", on_attach},
};

bool answer(void)
{
	const char *at = session.in.data;

	reply_begin(&session.out);
	for (u32 i = 0; i < ARRAY_LEN(packets); i++)
		if (take_word(&at, packets[i].word))
			return packets[i].answer(at);
	return answer_query(at);
}
