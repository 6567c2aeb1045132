/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One module's command line: which role the module plays, and for a kernel the guest's keys by
 * one table. Every line is read by itself; link.c connects them.
 */
#include "hv/config/parse.h"
#include "lib/string.h"

struct guest_key {
	const char *name;
	bool many; /* may be given several times */
	bool flag; /* takes no value */
	bool (*set)(struct guest_config *g, char *value);
	const char *want; /* "give ..." */
};

static const char *const reserved_names[] = {"none", "all", "ringone"};

static bool guest_name(const char *value, char name[GUEST_NAME_MAX])
{
	for (u32 i = 0; i < ARRAY_LEN(reserved_names); i++)
		if (strcmp(value, reserved_names[i]) == 0)
			return false;
	return config_name(value, name, GUEST_NAME_MAX);
}

static bool set_name(struct guest_config *g, char *value)
{
	return guest_name(value, g->name);
}

static bool set_mem(struct guest_config *g, char *value)
{
	return config_size(value, &g->mem_bytes) && g->mem_bytes % PAGE_SIZE == 0 &&
	       g->mem_bytes >= CONFIG_MEM_MIN && g->mem_bytes <= CONFIG_MEM_MAX;
}

/* Any size: the largest machine there is would only leave it out. */
static bool set_machine(struct guest_config *g, char *value)
{
	return config_size(value, &g->machine_bytes);
}

static bool set_disk(struct guest_config *g, char *value)
{
	char *option = config_split(value);
	size_t prefix = sizeof(CONFIG_HOST_DISK) - 1;
	struct disk_config *d = &g->disk[g->disks];

	if (g->disks == GUEST_DISKS || (option && strcmp(option, "ro") != 0))
		return false;
	d->readonly = option != NULL;
	/* The prefix stays in the name until config_link() has seen it. */
	if (strncmp(value, CONFIG_HOST_DISK, prefix) == 0) {
		memcpy(d->name, value, prefix);
		if (!config_name(value + prefix, d->name + prefix, sizeof(d->name) - prefix))
			return false;
	} else if (!config_name(value, d->name, sizeof(d->name))) {
		return false;
	}
	g->disks++;
	return true;
}

static bool set_net(struct guest_config *g, char *value)
{
	char *option = config_split(value);
	struct nic_config *n = &g->nic[g->nics];

	if (g->nics == GUEST_NICS || !config_name(value, n->network, sizeof(n->network)))
		return false;
	if (option) {
		if (strncmp(option, "mac=", 4) != 0 || !config_mac(option + 4, n->mac))
			return false;
		n->has_mac = true;
	}
	g->nics++;
	return true;
}

/* Sizes beyond these no emulator's adapter and hardly a monitor shows. */
static bool set_display(struct guest_config *g, char *value)
{
	char *height = strchr(value, 'x');

	if (!height)
		return false;
	*height++ = 0;
	return config_number(value, &g->display_width) &&
	       config_number(height, &g->display_height) && g->display_width >= 320 &&
	       g->display_width <= 1600 && g->display_width % 8 == 0 && g->display_height >= 200 &&
	       g->display_height <= 1200;
}

static bool set_shm(struct guest_config *g, char *value)
{
	char *size = config_split(value);
	struct shm_config *s = &g->shm[g->shms];

	if (g->shms == GUEST_SHMS || !size || !config_name(value, s->name, sizeof(s->name)) ||
	    !config_size(size, &s->bytes))
		return false;
	if (s->bytes < PAGE_SIZE || s->bytes > MIB(16) || s->bytes & (s->bytes - 1))
		return false;
	g->shms++;
	return true;
}

/* "BB:DD.F"; whether there is such a function is seen when the guest starts. */
static bool set_pci(struct guest_config *g, char *value)
{
	char *option = config_split(value);
	struct lent_config *l = &g->lent[g->lent_count];

	if (g->lent_count == GUEST_LENT || strlen(value) >= sizeof(l->where) ||
	    (option && strcmp(option, "dma=trusted") != 0))
		return false;
	snprintf(l->where, sizeof(l->where), "%s", value);
	l->dma_trusted = option != NULL;
	g->lent_count++;
	return true;
}

static bool set_weight(struct guest_config *g, char *value)
{
	return config_number(value, &g->weight) && g->weight >= 1 && g->weight <= 100;
}

static bool set_format(struct guest_config *g, char *value)
{
	static const char *const names[] = {
		[FORMAT_AUTO] = "auto", [FORMAT_2LEVEL] = "2level", [FORMAT_PAE] = "pae"};

	for (u32 i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(value, names[i]) == 0) {
			g->format = (enum guest_format)i;
			return true;
		}
	return false;
}

static bool set_wait(struct guest_config *g, char *value)
{
	g->wait_gdb = strcmp(value, "gdb") == 0;
	return g->wait_gdb;
}

static bool set_paused(struct guest_config *g, char *value)
{
	(void)value;
	g->paused = true;
	return true;
}

static const struct guest_key guest_keys[] = {
	{"guest", false, false, set_name,
	 "a name of 1 to 15 letters, digits, '-', '_', '.' (not none, all, ringone)"},
	{"mem", false, false, set_mem,
	 "a size such as 64M: a multiple of 4K, at least 1M, at most 3072M"},
	{"machine", false, false, set_machine, "a size such as 32M"},
	{"disk", true, false, set_disk,
	 "NAME or NAME,ro with the name of a disk= module (or host:NAME), at most 4 disks"},
	{"net", true, false, set_net,
	 "NETWORK or NETWORK,mac=02:00:00:00:00:01 (up to 15 characters), at most 4 networks"},
	{"display", false, false, set_display,
	 "WIDTHxHEIGHT as 640x480: 320 to 1600, a multiple of 8, by 200 to 1200"},
	{"pci", true, false, set_pci,
	 "BB:DD.F or BB:DD.F,dma=trusted with a PCI function of the machine, at most 4"},
	{"shm", true, false, set_shm,
	 "NAME,SIZE with a power of two from 4K to 16M, at most 2 of them"},
	{"weight", false, false, set_weight, "a number from 1 to 100"},
	{"format", false, false, set_format, "auto, 2level or pae"},
	{"wait", false, false, set_wait, "gdb"},
	{"paused", false, true, set_paused, "the word alone, without a value"},
};

static const char known_keys[] =
	"guest= mem= machine= disk= net= pci= shm= display= weight= format= wait= paused";

_Static_assert(GUEST_NAME_MAX == 16 && GUEST_DISKS == 4 && GUEST_NICS == 4,
	       "numbers named in guest_keys[].want");

static const struct guest_key *find_key(const char *name)
{
	for (u32 i = 0; i < ARRAY_LEN(guest_keys); i++)
		if (strcmp(guest_keys[i].name, name) == 0)
			return &guest_keys[i];
	return NULL;
}

/* QEMU puts the file's name first, GRUB does not: the first word is one when it cannot be a
 * key, that is without '=' (and not a flag), or with a '/' before it. */
static bool is_file_name(const char *word)
{
	const char *equals = strchr(word, '='), *slash = strchr(word, '/');
	const struct guest_key *k = find_key(word);

	if (strcmp(word, "--") == 0 || (k && k->flag))
		return false;
	return !equals || (slash && slash < equals);
}

/* The line after its file name, if it begins with one; keeps the name's end for messages. */
static const char *skip_file(struct config_line *l, const char *text)
{
	char word[CONFIG_WORD];
	const char *rest = text;
	size_t n;

	if (config_word(&rest, word) == WORD_END || !is_file_name(word))
		return text;
	n = strlen(word);
	memcpy(l->file, word + (n < CONFIG_FILE ? 0 : n - CONFIG_FILE + 1),
	       MIN(n + 1, CONFIG_FILE));
	return rest;
}

/* Which role: guest= makes a kernel whatever else is there, then initrd=, then disk=. */
static void find_role(struct config_line *l, const char *text)
{
	static const char *const role_key[] = {
		[LINE_KERNEL] = "guest=", [LINE_INITRD] = "initrd=", [LINE_DISK] = "disk="};
	char word[CONFIG_WORD];

	while (config_word(&text, word) != WORD_END && strcmp(word, "--") != 0)
		for (u32 role = LINE_KERNEL; role <= LINE_DISK; role++) {
			size_t n = strlen(role_key[role]);

			if (strncmp(word, role_key[role], n) != 0 ||
			    (l->role != LINE_NONE && l->role <= role))
				continue;
			l->role = (enum line_role)role;
			l->name[0] = 0;
			if (!config_name(word + n, l->name, sizeof(l->name)))
				l->name[0] = 0;
		}
}

/* What follows "--" goes to the guest as it stands, without blanks at either end. */
static void guest_cmdline(struct parse *p, struct config_line *l, const char *text)
{
	size_t n;

	while (*text == ' ' || *text == '\t')
		text++;
	n = strlen(text);
	while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		n--;
	if (n >= GUEST_CMDLINE) {
		config_line_error(p, l,
				  "the guest's command line has %u characters; at most %u fit",
				  (u32)n, GUEST_CMDLINE - 1u);
		return;
	}
	memcpy(l->guest->cmdline, text, n);
	l->guest->cmdline[n] = 0;
}

/* One word of a kernel's line. `seen` has a bit for each row of the table. */
static void kernel_word(struct parse *p, struct config_line *l, char *word, u32 *seen)
{
	char shown[CONFIG_WORD];
	char *value = strchr(word, '=');
	const struct guest_key *k;
	u32 bit;

	memcpy(shown, word, sizeof(shown));
	if (value)
		*value++ = 0;
	k = find_key(word);
	if (!k) {
		if (strcmp(word, "initrd") == 0)
			config_line_error(p, l,
					  "%s: initrd= belongs on the line of the module "
					  "that is the initrd",
					  shown);
		else
			config_line_error(p, l, "%s: unknown key; known are %s", shown, known_keys);
		return;
	}
	bit = BIT((u32)(k - guest_keys));
	if (*seen & bit && !k->many) {
		config_line_error(p, l, "%s: %s is given twice; give it once", shown, k->name);
		return;
	}
	*seen |= bit;
	if (k->flag != !value || !k->set(l->guest, value))
		config_line_error(p, l, "%s: give %s", shown, k->want);
}

static void kernel_line(struct parse *p, struct config_line *l, const struct boot_module *m,
			const char *text)
{
	struct config *c = p->c;
	char word[CONFIG_WORD];
	u32 seen = 0;
	enum word_status s;

	if (c->guests == GUESTS_MAX) {
		config_line_error(p, l, "too many guests; at most %u", GUESTS_MAX);
		return;
	}
	l->guest = &c->guest[c->guests++];
	l->guest->kernel = m;
	l->guest->mem_bytes = CONFIG_MEM;
	l->guest->weight = CONFIG_WEIGHT;
	while ((s = config_word(&text, word)) != WORD_END) {
		if (s == WORD_LONG)
			config_line_error(p, l, "%.40s...: longer than %u characters", word,
					  CONFIG_WORD - 1u);
		else if (s == WORD_OPEN)
			config_line_error(p, l, "%.40s: a quote is opened and never closed", word);
		else if (strcmp(word, "--") == 0) {
			guest_cmdline(p, l, text);
			return;
		} else
			kernel_word(p, l, word, &seen);
	}
}

/* The line of an initrd or a disk holds that one key. */
static void file_line(struct parse *p, struct config_line *l, const char *text)
{
	const char *key = l->role == LINE_INITRD ? "initrd" : "disk";
	size_t n = strlen(key);
	char word[CONFIG_WORD];
	u32 found = 0;

	while (config_word(&text, word) != WORD_END) {
		if (strncmp(word, key, n) != 0 || word[n] != '=')
			config_line_error(p, l, "%.60s: unknown key; this line takes %s= alone",
					  word, key);
		else if (found++)
			config_line_error(p, l, "%.60s: %s is given twice; give it once", word,
					  key);
		else if (!l->name[0])
			config_line_error(
				p, l, "%.60s: give a name of letters, digits, '-', '_', '.'", word);
	}
}

/* For a module without a line of its own, since some loaders have none, as v86: what the
 * hypervisor's line ends with is for the first of them, and a module all alone is a guest in any
 * case. */
static const char *line_for(struct parse *p)
{
	const char *lent = p->lent;

	p->lent = NULL;
	if (lent)
		return lent;
	return p->b->modules == 1 ? "guest=guest" : "";
}

static void read_line(struct parse *p, u32 i)
{
	struct config_line *l = &p->line[i];
	const struct boot_module *m = &p->b->module[i];
	const char *text = skip_file(l, m->cmdline ? m->cmdline : "");
	const char *rest = text;
	char word[CONFIG_WORD];

	if (config_word(&rest, word) == WORD_END)
		text = line_for(p);
	find_role(l, text);
	if (l->role == LINE_KERNEL)
		kernel_line(p, l, m, text);
	else if (l->role != LINE_NONE)
		file_line(p, l, text);
	else
		config_line_error(p, l,
				  "nothing says what this module is; give guest=NAME for a "
				  "kernel, initrd=NAME or disk=NAME");
}

void config_lines(struct parse *p)
{
	for (u32 i = 0; i < p->b->modules && i < BOOT_MODULES; i++)
		read_line(p, i);
}
