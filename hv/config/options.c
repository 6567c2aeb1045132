/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's own options, by one table. A wrong one is reported and keeps its default:
 * the machine boots in any case.
 */
#include "devices/host/serial.h"
#include "hv/config/parse.h"
#include "lib/log.h"
#include "lib/string.h"

struct option {
	const char *name;
	bool flag; /* takes no value */
	bool (*set)(struct hv_options *o, char *value);
	const char *want;
};

#define SLICE_MIN     100u /* microseconds */
#define SLICE_MAX     1000000u
#define SLICE_DEFAULT 10000u

#define TSC_KHZ_MIN 1000u

/* Look `value` up among `n` words; n when it is none of them. */
static u32 choose(const char *value, const char *const *words, u32 n)
{
	u32 i = 0;

	while (i < n && strcmp(value, words[i]) != 0)
		i++;
	return i;
}

/* Where a serial port is. */
static bool serial_place(const char *value, u16 *place)
{
	static const char *const words[] = {"none", "auto", "pci0", "pci1",
					    "pci2", "pci3", "com1", "com2"};
	static const u16 places[] = {SERIAL_NONE,    SERIAL_AUTO,    SERIAL_PCI,  SERIAL_PCI + 1,
				     SERIAL_PCI + 2, SERIAL_PCI + 3, SERIAL_COM1, SERIAL_COM2};
	u32 i = choose(value, words, ARRAY_LEN(words)), port;

	_Static_assert(ARRAY_LEN(words) == ARRAY_LEN(places), "a place for each word");
	if (i < ARRAY_LEN(words))
		*place = places[i];
	else if (config_number(value, &port) && port >= SERIAL_LOWEST && port <= 0xfff8)
		*place = (u16)port;
	else
		return false;
	return true;
}

static bool set_console(struct hv_options *o, char *value)
{
	char *option = config_split(value);
	u32 baud = o->uart_baud;
	u16 place;

	/* 115200 is the 16550's clock; it is divided by a whole 16-bit number. */
	if (option && (!config_number(option, &baud) || baud < 50 || baud > 115200))
		return false;
	if (!serial_place(value, &place))
		return false;
	o->uart_base = place;
	o->uart_baud = baud;
	return true;
}

#define GDB_PATIENCE_MAX 86400u

static bool set_gdb(struct hv_options *o, char *value)
{
	char *seconds = strchr(value, ',');

	if (seconds)
		*seconds++ = 0;
	if (seconds && (!config_number(seconds, &o->gdb_patience) || !o->gdb_patience ||
			o->gdb_patience > GDB_PATIENCE_MAX))
		return false;
	return serial_place(value, &o->gdb_base) && o->gdb_base > SERIAL_AUTO;
}

static bool set_loglevel(struct hv_options *o, char *value)
{
	static const char *const words[] = {[LOG_ERROR] = "error",
					    [LOG_WARN] = "warn",
					    [LOG_INFO] = "info",
					    [LOG_DEBUG] = "debug"};
	u32 i = choose(value, words, ARRAY_LEN(words));

	if (i == ARRAY_LEN(words))
		return false;
	o->log_level = i;
	return true;
}

static bool on_or_off(const char *value, bool *on)
{
	static const char *const words[] = {"off", "on"};
	u32 i = choose(value, words, ARRAY_LEN(words));

	*on = i == 1;
	return i < ARRAY_LEN(words);
}

static bool set_vga(struct hv_options *o, char *value)
{
	return on_or_off(value, &o->vga);
}

static bool set_status(struct hv_options *o, char *value)
{
	return on_or_off(value, &o->status);
}

static bool set_screen(struct hv_options *o, char *value)
{
	o->fifty_rows = strcmp(value, "80x50") == 0;
	return o->fifty_rows;
}

static bool set_keymap(struct hv_options *o, char *value)
{
	o->keymap = keymap_find(value);
	return o->keymap;
}

static bool set_frames(struct hv_options *o, char *value)
{
	(void)value;
	o->frames = true;
	return true;
}

static bool set_slice(struct hv_options *o, char *value)
{
	u32 us;

	if (!config_number(value, &us) || us < SLICE_MIN || us > SLICE_MAX)
		return false;
	o->slice_us = us;
	return true;
}

static bool set_tsc_khz(struct hv_options *o, char *value)
{
	const char *option = config_split(value);

	o->tsc_check = option != NULL;
	return (!option || strcmp(option, "check") == 0) && config_number(value, &o->tsc_khz) &&
	       o->tsc_khz >= TSC_KHZ_MIN;
}

static bool set_fail_alloc(struct hv_options *o, char *value)
{
	return config_number(value, &o->fail_alloc);
}

static bool set_debug_exit(struct hv_options *o, char *value)
{
	u32 port;

	if (!config_number(value, &port) || !port || port > 0xffff)
		return false;
	o->debug_exit = port;
	return true;
}

static bool set_bochs_exit(struct hv_options *o, char *value)
{
	(void)value;
	o->bochs_exit = true;
	return true;
}

static bool set_at_end(struct hv_options *o, char *value)
{
	static const char *const words[] = {[END_POWEROFF] = "poweroff",
					    [END_APM] = "apm",
					    [END_REBOOT] = "reboot",
					    [END_STAY] = "stay"};
	u32 i = choose(value, words, ARRAY_LEN(words));

	if (i == ARRAY_LEN(words))
		return false;
	o->at_end = (enum end_action)i;
	return true;
}

static bool set_panic(struct hv_options *o, char *value)
{
	static const char *const words[] = {"stop", "reboot"};
	u32 i = choose(value, words, ARRAY_LEN(words));

	o->panic_reboot = i == 1;
	return i < ARRAY_LEN(words);
}

static bool set_no(struct hv_options *o, char *value)
{
	size_t n = strlen(value);

	if (!n || n >= sizeof(o->disable))
		return false;
	memcpy(o->disable, value, n + 1);
	return true;
}

static bool set_focus(struct hv_options *o, char *value)
{
	return config_name(value, o->focus, sizeof(o->focus));
}

static bool set_bridge(struct hv_options *o, char *value)
{
	struct bridge_config *b = &o->bridge[o->bridges];
	char *nic = strchr(value, ':');

	if (!nic || o->bridges == BRIDGES_MAX)
		return false;
	*nic++ = 0;
	o->bridges++;
	return config_name(value, b->network, sizeof(b->network)) &&
	       config_name(nic, b->nic, sizeof(b->nic));
}

static bool set_report(struct hv_options *o, char *value)
{
	(void)value;
	o->report = true;
	return true;
}

static bool set_stats(struct hv_options *o, char *value)
{
	(void)value;
	o->stats = true;
	return true;
}

static bool set_exit_times(struct hv_options *o, char *value)
{
	(void)value;
	o->exit_times = true;
	return true;
}

static const struct option options[] = {
	{"console", false, set_console,
	 "auto, com1, com2, pci0, none or a port as 0x3e8, then perhaps ,BAUD"},
	{"gdb", false, set_gdb,
	 "com1, com2, pci0 or a port as 0x3e8, then perhaps ,SECONDS up to 86400"},
	{"loglevel", false, set_loglevel, "error, warn, info or debug"},
	{"vga", false, set_vga, "on or off"},
	{"screen", false, set_screen, "80x50"},
	{"status", false, set_status, "on or off"},
	{"keymap", false, set_keymap, KEYMAP_NAMES},
	{"frames", true, set_frames, "the word alone, without a value"},
	{"slice", false, set_slice, "microseconds from 100 to 1000000"},
	{"tsc-khz", false, set_tsc_khz,
	 "the speed of the TSC in kHz, at least 1000, then perhaps ,check"},
	{"fail-alloc", false, set_fail_alloc, "the number of the allocation that shall fail"},
	{"debug-exit", false, set_debug_exit, "the port of isa-debug-exit, as 0xf4"},
	{"bochs-exit", true, set_bochs_exit, "the word alone, without a value"},
	{"at-end", false, set_at_end, "poweroff, apm, reboot or stay"},
	{"panic", false, set_panic, "stop or reboot"},
	{"no", false, set_no, "CPU features, as pge,pae (at most 63 characters)"},
	{"focus", false, set_focus, "the name of a guest"},
	{"bridge", false, set_bridge,
	 "NETWORK:CARD, as lan0:nic0 or lan0:isa300-9, at most 4 times"},
	{"report", true, set_report, "the word alone, without a value"},
	{"stats", true, set_stats, "the word alone, without a value"},
	{"exit-times", true, set_exit_times, "the word alone, without a value"},
};

static const char known_options[] =
	"console= gdb= loglevel= vga= screen= status= keymap= frames slice= "
	"tsc-khz= fail-alloc= debug-exit= "
	"bochs-exit at-end= panic= no= focus= bridge= report stats exit-times module";

static const struct option *find_option(const char *name)
{
	for (u32 i = 0; i < ARRAY_LEN(options); i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

static void one_option(struct parse *p, char *word)
{
	char shown[CONFIG_WORD];
	char *value = strchr(word, '=');
	const struct option *k;
	struct hv_options before = p->c->opt;

	memcpy(shown, word, sizeof(shown));
	if (value)
		*value++ = 0;
	k = find_option(word);
	if (!k) {
		config_option_error(p, "%s: unknown, ignored; known are %s", shown, known_options);
	} else if (k->flag != !value || !k->set(&p->c->opt, value)) {
		p->c->opt = before;
		config_option_error(p, "%s: ignored; give %s", shown, k->want);
	}
}

void config_options(struct parse *p)
{
	const char *text = p->b->cmdline ? p->b->cmdline : "";
	char word[CONFIG_WORD];
	enum word_status s;

	p->c->opt = (struct hv_options){
		.uart_base = SERIAL_AUTO,
		.uart_baud = 115200,
		.log_level = LOG_INFO,
		.vga = true,
		.status = true,
		.keymap = keymap_find("us"),
		.slice_us = SLICE_DEFAULT,
		.at_end = END_POWEROFF,
	};
	for (bool first = true; (s = config_word(&text, word)) != WORD_END; first = false) {
		const char *equals = strchr(word, '='), *slash = strchr(word, '/');

		/* QEMU puts our file's name first. */
		if (first && (slash && (!equals || slash < equals)))
			continue;
		if (strcmp(word, "module") == 0) {
			p->lent = text; /* the rest is no option */
			return;
		}
		if (first && !equals && !find_option(word))
			continue;
		if (s != WORD_OK)
			config_option_error(p, "%.40s...: %s, ignored", word,
					    s == WORD_LONG ? "too long"
							   : "a quote is never closed");
		else
			one_option(p, word);
	}
}
