/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The monitor's commands, by one table; docs/monitor.md is the manual. */
#include "devices/devices.h"
#include "devices/host/pci.h"
#include "devices/screen.h"
#include "hv/config/text.h"
#include "hv/console/console.h"
#include "hv/guest/guest.h"
#include "hv/monitor/monitor.h"
#include "hv/monitor/private.h"
#include "hv/panic/panic.h"
#include "hv/report/report.h"
#include "hv/time/time.h"
#include "hv/vcpu/vcpu.h"
#include "lib/log.h"
#include "lib/string.h"

#define FUNCTIONS_MAX 64u

/* ARG_GUEST_MORE, ARG_MORE: what stands behind the guest, or behind the command, is the command's
 * to take apart. */
enum argument {
	ARG_NONE,
	ARG_GUEST,
	ARG_GUEST_OPTIONAL,
	ARG_GUEST_MORE,
	ARG_WORD,
	ARG_WORD_OPTIONAL,
	ARG_MORE
};

struct command {
	const char *name;
	enum argument argument;
	const char *usage, *help;
	monitor_fn *run;
};

static void say(const char *fmt, ...) PRINTF(1, 2);
static void say(const char *fmt, ...)
{
	char text[CONSOLE_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	console_line(NULL, text);
}

/* ---- Guests ------------------------------------------------------------------------------- */

static const char *const end_name[GUEST_ENDS] = {
	[END_NONE] = "",	   [END_OFF] = "powered off", [END_RESTART] = "restarts",
	[END_CRASHED] = "crashed", [END_KILLED] = "killed",
};

static u32 percent(u64 part, u64 whole)
{
	return whole ? (u32)(part * 100u / whole) : 0;
}

static void cmd_list(struct guest *g, const char *word)
{
	(void)g;
	(void)word;
	for (u32 i = 0; i < guest_count; i++) {
		const struct guest *o = &guests[i];
		u64 exits = 0, ran = o->run_ns;

		for (u32 k = 0; o->vcpu && k < EXIT_REASONS; k++)
			exits += o->vcpu->stats.exits[k];
		say("%c %-15s %-8s mem=%uK exits=%llu time=%u%% %s%s%s",
		    console_focus() == o ? '*' : ' ', o->name, guest_state_name[o->state],
		    o->config->mem_bytes >> 10, (unsigned long long)exits,
		    o->vcpu ? percent(ran, now_ns() - o->started_ns) : 0, end_name[o->end],
		    o->why[0] ? ": " : "", o->why);
	}
	if (!guest_count)
		say("no guest was configured");
}

static void cmd_focus(struct guest *g, const char *word)
{
	g = guest_by_name(word);
	if (!g && strcmp(word, "none") != 0)
		say("%s: no such guest; give the name of one, or none", word);
	else if (!console_set_focus(g))
		say("%s does not run", word);
}

static void cmd_pause(struct guest *g, const char *word)
{
	if (g->state == GUEST_RUNNING)
		guest_pause(g);
	else
		say("%s is not running but %s", word, guest_state_name[g->state]);
}

static void cmd_resume(struct guest *g, const char *word)
{
	if (g->state == GUEST_PAUSED)
		guest_resume(g);
	else
		say("%s is not paused but %s", word, guest_state_name[g->state]);
}

static void cmd_kill(struct guest *g, const char *word)
{
	if (guest_alive(g))
		guest_kill(g, KILLED_BY_HAND);
	else
		say("%s is not running but %s", word, guest_state_name[g->state]);
}

static void cmd_restart(struct guest *g, const char *word)
{
	(void)word;
	guest_restart(g);
}

static void stats_line(void *ctx, const char *text)
{
	const struct guest *g = ctx;

	say("[%s] %s", g->name, text);
}

static void cmd_stats(struct guest *g, const char *word)
{
	(void)word;
	for (u32 i = 0; i < guest_count; i++)
		if (!g || g == &guests[i])
			stats_print(&guests[i], stats_line, &guests[i]);
}

static void cmd_profile(struct guest *g, const char *word)
{
	(void)word;
	if (!g->vcpu) {
		say("%s: it does not run", g->name);
		return;
	}
	vcpu_time_exits(g->vcpu, !g->vcpu->timed);
	say("%s: its exits are%s measured", g->name, g->vcpu->timed ? "" : " no longer");
}

static void cmd_maps(struct guest *g, const char *word)
{
	(void)word;
	maps_print(g, console_line, NULL);
}

/* ---- The machine -------------------------------------------------------------------------- */

static bool show_function(void *ctx, const struct host_function *f)
{
	u32 *left = ctx;

	say("%02x:%02x.%u %04x:%04x class=%02x%02x%02x irq=%u", f->bus, f->dev, f->fn, f->vendor,
	    f->device, f->base_class, f->sub_class, f->prog_if, f->irq_pin ? f->irq_line : 0);
	return --*left != 0;
}

static void cmd_pci(struct guest *g, const char *word)
{
	u32 left = FUNCTIONS_MAX;

	(void)word;
	for (u32 i = 0; i < guest_count; i++)
		if ((!g || g == &guests[i]) && guests[i].bus) {
			say("[%s]", guests[i].name);
			bus_show(guests[i].bus, console_line, NULL);
		}
	if (g && !g->bus)
		say("%s has no bus: it is %s", g->name, guest_state_name[g->state]);
	if (g)
		return;
	say("the machine:");
	if (pcihost_present())
		pcihost_scan(show_function, &left);
	else
		say("no PCI");
}

/* A number: so many turns; a name: that guest's display, the serial line stays. */
static void cmd_screen(struct guest *g, const char *word)
{
	struct display_mode m;
	u32 n;

	(void)g;
	if (word && config_number(word, &n)) {
		screen_burst(n);
		return;
	}
	g = word ? guest_by_name(word) : NULL;
	if (word && (!g || !screen_focus(g))) {
		say("%s: no such guest with a display; give a name, or a number of turns", word);
		return;
	}
	for (u32 i = 0; i < guest_count; i++)
		if (guests[i].bus && bus_display(guests[i].bus, &m))
			say("%c %-15s %ux%u at %#x presents=%u touches=%u",
			    screen_guest() == &guests[i] ? '*' : ' ', guests[i].name, m.width,
			    m.height, m.address, m.presents, m.touches);
	say("screen switches=%u", screen_switches());
}

static void cmd_mem(struct guest *g, const char *word)
{
	u32 total = frame_total_count(), left = frame_free_count(), held = 0;

	(void)g;
	(void)word;
	for (u32 i = 0; i < guest_count; i++) {
		held += guests[i].owner.frames;
		say("mem owner=%s frames=%u limit=%u", guests[i].name, guests[i].owner.frames,
		    guests[i].owner.limit);
	}
	say("mem total=%u free=%u guests=%u other=%u (frames of 4K)", total, left, held,
	    total - left - MIN(held, total - left));
}

static void cmd_report(struct guest *g, const char *word)
{
	u32 page = 0;

	(void)g;
	if (word && (!config_number(word, &page) || !page))
		say("%s: give a page's number, or nothing for all of it", word);
	else
		report_show(page);
}

static void cmd_log(struct guest *g, const char *word)
{
	static const char *const level[] = {[LOG_ERROR] = "error",
					    [LOG_WARN] = "warn",
					    [LOG_INFO] = "info",
					    [LOG_DEBUG] = "debug"};

	(void)g;
	for (u32 i = 0; i < ARRAY_LEN(level); i++)
		if (strcmp(word, level[i]) == 0) {
			log_set_level((enum log_level)i);
			return;
		}
	say("%s: give error, warn, info or debug", word);
}

/* Switching off by hand is no failure of a guest that ended well before. */
static void cmd_off(struct guest *g, const char *word)
{
	enum verdict v = VERDICT_OK;

	(void)g;
	(void)word;
	for (u32 i = 0; i < guest_count; i++) {
		if (guest_alive(&guests[i]))
			guest_kill(&guests[i], KILLED_BY_HAND);
		if (guests[i].end != END_OFF)
			v = VERDICT_GUEST_FAILED;
	}
	config.opt.at_end = END_POWEROFF;
	machine_end(v);
}

/* ---- The table ---------------------------------------------------------------------------- */

static void cmd_help(struct guest *g, const char *word);

static const struct command commands[] = {
	{"list", ARG_NONE, "", "the guests and what they do; * has the focus", cmd_list},
	{"focus", ARG_WORD, "NAME|none", "give a guest the whole console; none: all, by lines",
	 cmd_focus},
	{"pause", ARG_GUEST, "NAME", "stop a guest for a while", cmd_pause},
	{"resume", ARG_GUEST, "NAME", "let it go on", cmd_resume},
	{"kill", ARG_GUEST, "NAME", "end a guest at once", cmd_kill},
	{"restart", ARG_GUEST, "NAME", "load it again and start it", cmd_restart},
	{"stats", ARG_GUEST_OPTIONAL, "[NAME]", "exits by reason, time, memory", cmd_stats},
	{"profile", ARG_GUEST, "NAME", "let stats measure its exits, or no more", cmd_profile},
	{"maps", ARG_GUEST, "NAME", "its memory slots and shadow tables", cmd_maps},
	{"pci", ARG_GUEST_OPTIONAL, "[NAME]", "PCI functions, of the machine too", cmd_pci},
	{"screen", ARG_WORD_OPTIONAL, "[NAME|N]", "displays; show NAME's, or turn N times",
	 cmd_screen},
	{"why", ARG_GUEST, "NAME", "why it died, or what it is doing", cmd_why},
	{"regs", ARG_GUEST, "NAME", "its registers and where it is", cmd_regs},
	{"walk", ARG_GUEST_MORE, "NAME ADDR", "an address through its tables and the shadow ones",
	 cmd_walk},
	{"peek", ARG_GUEST_MORE, "NAME ADDR [N]", "N bytes of its memory", cmd_peek},
	{"trace", ARG_MORE, "[NAME] [N] [EVENT]", "the last N events", cmd_trace},
	{"mem", ARG_NONE, "", "frames and who holds them", cmd_mem},
	{"report", ARG_WORD_OPTIONAL, "[PAGE]", "what this machine is, to be sent with a question",
	 cmd_report},
	{"log", ARG_WORD, "LEVEL", "error, warn, info or debug", cmd_log},
	{"off", ARG_NONE, "", "kill all guests and switch the machine off", cmd_off},
	{"help", ARG_NONE, "", "this list; every word may be shortened", cmd_help},
};

static void cmd_help(struct guest *g, const char *word)
{
	(void)g;
	(void)word;
	for (u32 i = 0; i < ARRAY_LEN(commands); i++)
		say("%-8s %-18s %s", commands[i].name, commands[i].usage, commands[i].help);
	say("Ctrl-A n shows the next display");
	say("Ctrl-A Ctrl-A types a Ctrl-A; Esc or an empty line leaves the monitor");
}

/* A command by its name or the beginning of exactly one. Says so when there is none. */
static const struct command *find_command(const char *word)
{
	const struct command *found = NULL;
	size_t n = strlen(word);

	for (u32 i = 0; i < ARRAY_LEN(commands); i++) {
		if (strncmp(commands[i].name, word, n) != 0)
			continue;
		if (!commands[i].name[n])
			return &commands[i];
		if (found) {
			say("%s: %s or %s?", word, found->name, commands[i].name);
			return NULL;
		}
		found = &commands[i];
	}
	if (!found)
		say("%s: no such command; try help", word);
	return found;
}

static bool needs_word(enum argument a)
{
	return a == ARG_GUEST || a == ARG_GUEST_MORE || a == ARG_WORD;
}

static bool names_guest(enum argument a)
{
	return a == ARG_GUEST || a == ARG_GUEST_MORE || a == ARG_GUEST_OPTIONAL;
}

void monitor_command(char *line)
{
	char *name = monitor_word(&line), *word = NULL;
	const struct command *c = name ? find_command(name) : NULL;
	struct guest *g = NULL;
	bool more;

	if (!c)
		return;
	more = c->argument == ARG_GUEST_MORE || c->argument == ARG_MORE;
	if (c->argument != ARG_NONE && c->argument != ARG_MORE)
		word = monitor_word(&line);
	if ((needs_word(c->argument) && !word) || (!more && monitor_word(&line))) {
		say("usage: %s %s", c->name, c->usage);
		return;
	}
	if (word && names_guest(c->argument)) {
		g = guest_by_name(word);
		if (!g) {
			say("%s: no such guest; list shows them", word);
			return;
		}
	}
	if (more)
		word = line;
	c->run(g, word);
}
