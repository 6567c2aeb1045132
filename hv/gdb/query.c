/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets that ask about the stub and its threads, and the one that carries a monitor's command. */
#include "hv/console/console.h"
#include "hv/gdb/private.h"
#include "hv/gdb/registers.h"
#include "hv/monitor/monitor.h"
#include "lib/string.h"

#define COMMAND_MAX 80u /* a line of the monitor's prompt */

_Static_assert(PACKET_MAX == 0x800, "said to gdb below");

static void say_hex(struct reply *r, const char *text)
{
	while (*text)
		reply_byte(r, (u8)*text++);
}

static bool on_supported(const char *at)
{
	(void)at;
	return say("PacketSize=800;qXfer:features:read+;vContSupported+;QStartNoAckMode+;swbreak+");
}

static bool on_no_ack(const char *at)
{
	(void)at;
	session.no_ack = true;
	return say("OK");
}

static bool on_attached(const char *at)
{
	(void)at;
	return say("1");
}

static bool on_current(const char *at)
{
	(void)at;
	say("QC");
	reply_number(&session.out, session.g ? (u32)(session.g - guests) + 1 : 0);
	return true;
}

static bool on_threads(const char *at)
{
	char before = 'm';

	(void)at;
	for (u32 i = 0; !session.over && i < guest_count; i++) {
		if (!guest_alive(&guests[i]))
			continue;
		reply_raw(&session.out, before);
		reply_number(&session.out, i + 1);
		before = ',';
	}
	if (before == 'm')
		say("l");
	return true;
}

static bool on_more_threads(const char *at)
{
	(void)at;
	return say("l");
}

static bool on_thread_info(const char *at)
{
	char text[64];
	struct guest *g;

	if (!take_guest(&at, &g))
		return say("E01");
	snprintf(text, sizeof(text), "%s, %s", g->name,
		 debugged(g)->held ? "stopped here" : guest_state_name[g->state]);
	say_hex(&session.out, text);
	return true;
}

static bool on_description(const char *at)
{
	u32 from, len, size;
	const char *xml = target_xml(&size);

	if (!take_number(&at, &from) || !take_char(&at, ',') || !take_number(&at, &len) ||
	    from > size)
		return say("E01");
	len = MIN(MIN(len, PACKET_MAX / 2), size - from);
	say(from + len < size ? "m" : "l");
	for (u32 i = 0; i < len; i++)
		reply_raw(&session.out, xml[from + i]);
	return true;
}

/* ---- monitor ... -------------------------------------------------------------------------- */

/* A line of a command's, sent at once as gdb's console output. */
void tell_text(void *ctx, const char *text)
{
	struct reply *r = &session.out;

	(void)ctx;
	reply_begin(r);
	say("O");
	say_hex(r, text);
	say_hex(r, "\n");
	session_send();
}

/* `memory physical`: addresses are the guest's physical ones, until `memory virtual`. */
static bool own_memory(struct guest *g, const char *text)
{
	(void)g;
	session.physical = strcmp(text, " physical") == 0;
	if (!session.physical && strcmp(text, " virtual") != 0)
		tell_text(NULL, "memory: physical or virtual");
	return true;
}

static bool own_stop_at(struct guest *g, const char *text)
{
	stop_watch(g);
	if (!stop_at_command(g, text))
		tell_text(NULL,
			  "stop-at: an exception as 14, hypercall [N], irq [N], window, port, "
			  "user, or none");
	return true;
}

/* `restart`, perhaps with its name: the guest that is looked at. The answer is sent when its new
 * life is there to be looked at. */
static bool own_restart(struct guest *g, const char *text)
{
	char line[COMMAND_MAX];

	if (*text && (*text != ' ' || strcmp(text + 1, g->name) != 0))
		return false; /* with another's name it is the monitor's */
	snprintf(line, sizeof(line), "%s is loaded again", g->name);
	tell_text(NULL, line);
	life_begin(g);
	session.commanded = true;
	return true;
}

/* Ours alone, since the monitor's prompt has nobody to stop for. */
static const struct {
	const char *word;
	bool (*run)(struct guest *g, const char *text); /* false: not meant for us */
} own_commands[] = {
	{"stop-at", own_stop_at},
	{"memory", own_memory},
	{"restart", own_restart},
};

static bool own_command(const char *text)
{
	struct guest *g = session.g;

	for (u32 i = 0; g && g->vcpu && i < ARRAY_LEN(own_commands); i++)
		if (take_word(&text, own_commands[i].word))
			return own_commands[i].run(g, text);
	return false;
}

static bool on_command(const char *at)
{
	char line[COMMAND_MAX];
	u32 n = 0;
	u8 byte;

	while (n < sizeof(line) - 1 && take_byte(&at, &byte))
		line[n++] = (char)(byte >= ' ' && byte <= '~' ? byte : ' ');
	line[n] = '\0';
	if (!own_command(line)) {
		console_capture(tell_text, NULL);
		monitor_command(line);
		console_capture(NULL, NULL);
	}
	if (session.restarting)
		return false;
	reply_begin(&session.out);
	return say("OK");
}

static const struct {
	const char *word;
	bool (*answer)(const char *at);
} queries[] = {
	{"qSupported", on_supported},
	{"QStartNoAckMode", on_no_ack},
	{"qAttached", on_attached},
	{"qC", on_current},
	{"qfThreadInfo", on_threads},
	{"qsThreadInfo", on_more_threads},
	{"qThreadExtraInfo,", on_thread_info},
	{"qXfer:features:read:target.xml:", on_description},
	{"qRcmd,", on_command},
};

bool answer_query(const char *at)
{
	for (u32 i = 0; i < ARRAY_LEN(queries); i++)
		if (take_word(&at, queries[i].word))
			return queries[i].answer(at);
	return true; /* an empty answer: not known */
}
