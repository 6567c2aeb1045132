/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a guest and its next life, as gdb asks for them and is told of them: `kill`, `detach`,
 * `monitor restart`, and with `target extended-remote` also `run` and `attach`. A life begins with
 * a stop before its first instruction, so that what gdb has kept of registers and breakpoints is
 * right.
 */
#include "hv/gdb/private.h"
#include "lib/log.h"
#include "lib/string.h"

/* gdb looks at nobody now. It is not given the next best guest: that one is to run on. */
void life_over(void)
{
	session.waiting = false;
	session.over = session.extended;
	session_heard();
}

bool gdb_rests(void)
{
	return session.restarting || (session.over && session.rest.armed);
}

/* ---- The end ------------------------------------------------------------------------------ */

bool on_detach(const char *at)
{
	(void)at;
	stop_forget_all();
	life_over();
	return say("OK");
}

/* The protocol knows no answer to this one. */
bool on_kill(const char *at)
{
	struct guest *g = session.g;

	on_detach(at);
	if (g && guest_alive(g))
		guest_kill(g, KILLED_BY_HAND);
	return false;
}

bool on_vkill(const char *at)
{
	on_kill(at);
	return true;
}

/* Who starts again by himself is still gdb's. Who has not come up is not: another time he would
 * stand still for nobody. */
void gdb_released(struct guest *g)
{
	struct debugged *d = debugged(g);
	bool again = g->end == END_RESTART && (d->again || (d->watched && session.attached));

	breakpoints_clear(g);
	*d = (struct debugged){.again = again};
	if (session.restarting != g && (!session.waiting || session.g != g))
		return;
	session.restarting = again ? g : NULL;
	if (again)
		return;
	reply_begin(&session.out);
	say(!session.waiting ? "E01" : g->end == END_OFF ? "W00" : "X09");
	life_over();
	session_send();
}

/* ---- The next life ------------------------------------------------------------------------ */

bool life_await(struct guest *g)
{
	if (g->state != GUEST_STARTING && !guest_restarting(g))
		return false;
	debugged(g)->again = true;
	debugged(g)->held = false; /* its old life ends, whoever had stopped it */
	session.g = session.restarting = g;
	session.attached = true;
	session.over = session.commanded = false;
	return true;
}

void life_begin(struct guest *g)
{
	guest_restart(g);
	(void)life_await(g);
}

/* vRun;NAME in hexadecimal;arguments: of which guest, or none for the one that there was. */
bool on_run(const char *at)
{
	char name[GUEST_NAME_MAX] = "";
	struct guest *g;
	u8 byte;

	for (u32 n = 0; take_byte(&at, &byte) && n < sizeof(name) - 1; n++)
		name[n] = (char)byte;
	g = name[0] ? guest_by_name(name) : session.g ? session.g : &guests[0];
	if (g && g->state != GUEST_EMPTY) {
		life_begin(g);
		return false;
	}
	return say("E01");
}

bool gdb_started(struct guest *g)
{
	bool again = debugged(g)->again;

	debugged(g)->again = false;
	if (!g->config->wait_gdb && !again)
		return false;
	if (!gdb_on) {
		log_line(LOG_WARN, g->name, "wait=gdb, but the hypervisor has no gdb=: it starts");
		return false;
	}
	stop_watch(g);
	/* gdb may have let it go for a step only, behind which a SIGTRAP would be no news. */
	stop_guest(g, again && session.waiting ? SIG_PWR : SIG_TRAP);
	if (!again)
		log_line(LOG_INFO, g->name, "waits for gdb before its first instruction");
	return true;
}
