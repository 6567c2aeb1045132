/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connects the module lines: a name used twice, the initrd and the disks of each guest, modules
 * that nobody asked for, a disk that two guests would write to. A line with an error stays in
 * the list, so that one mistake gives one message.
 */
#include "hv/config/parse.h"
#include "lib/string.h"

/* The first line at or after `from` with this role and name; the number of modules: none. */
static u32 find_line(const struct parse *p, enum line_role role, const char *name, u32 from)
{
	while (from < p->b->modules &&
	       (p->line[from].role != role || strcmp(p->line[from].name, name) != 0))
		from++;
	return from;
}

/* A name given to two modules: neither can be meant. */
static void check_duplicates(struct parse *p)
{
	for (u32 i = 0; i < p->b->modules; i++) {
		struct config_line *l = &p->line[i];
		u32 first;

		if (l->role == LINE_NONE || !l->name[0])
			continue;
		first = find_line(p, l->role, l->name, 0);
		if (first == i)
			continue;
		p->line[first].bad = true;
		if (l->role == LINE_INITRD)
			config_line_error(p, l,
					  "guest %s has module %u as its initrd already; give "
					  "one",
					  l->name, first + 1);
		else
			config_line_error(p, l,
					  "the name %s is used by module %u already; names "
					  "must differ, so neither is used",
					  l->name, first + 1);
	}
}

static void link_initrds(struct parse *p)
{
	for (u32 i = 0; i < p->b->modules; i++) {
		struct config_line *l = &p->line[i], *guest;
		u32 k;

		if (l->role != LINE_INITRD || !l->name[0])
			continue;
		k = find_line(p, LINE_KERNEL, l->name, 0);
		if (k == p->b->modules) {
			config_line_error(p, l, "initrd=%s: no module says guest=%s", l->name,
					  l->name);
			continue;
		}
		guest = &p->line[k];
		guest->bad |= l->bad;
		if (guest->guest)
			guest->guest->initrd = &p->b->module[i];
	}
}

/* hda..hdh, sda..sdh, vda..vdh, and with a number a partition: the names of
 * devices/host/disk/disks.h. */
static bool machine_disk(const char *name)
{
	if ((name[0] != 'h' && name[0] != 's' && name[0] != 'v') || name[1] != 'd' ||
	    name[2] < 'a' || name[2] > 'h')
		return false;
	for (name += 3; *name >= '0' && *name <= '9'; name++)
		;
	return !*name;
}

/* Find the module of one disk of a guest, or leave it to the machine's disks: "host:NAME" says
 * so, and a name of theirs that no module has means it. */
static void link_disk(struct parse *p, struct config_line *l, struct disk_config *d)
{
	size_t prefix = sizeof(CONFIG_HOST_DISK) - 1;
	u32 i;

	if (strncmp(d->name, CONFIG_HOST_DISK, prefix) == 0) {
		memmove(d->name, d->name + prefix, strlen(d->name + prefix) + 1);
		return;
	}
	i = find_line(p, LINE_DISK, d->name, 0);
	if (i == p->b->modules && machine_disk(d->name))
		return;
	if (i == p->b->modules) {
		config_line_error(p, l,
				  "disk=%s: no module says disk=%s; add one, or give hda..hdh, "
				  "sda..sdh or vda..vdh for a disk of the machine",
				  d->name, d->name);
		return;
	}
	p->line[i].used = true;
	d->module = &p->b->module[i];
	l->bad |= p->line[i].bad;
}

static bool same_disk(const struct disk_config *a, const struct disk_config *b)
{
	return a->module == b->module && strcmp(a->name, b->name) == 0;
}

/* Nobody may write to a disk that somebody else has, and no guest has one twice. */
static void check_sharing(struct parse *p, u32 line, const struct disk_config *d)
{
	struct config_line *l = &p->line[line];

	for (u32 i = 0; i <= line; i++) {
		const struct guest_config *o = p->line[i].guest;

		for (u32 j = 0; o && !p->line[i].bad && j < o->disks; j++) {
			const struct disk_config *e = &o->disk[j];

			if (e == d)
				return;
			if (!same_disk(d, e))
				continue;
			if (i == line)
				config_line_error(p, l, "disk=%s is given twice; give it once",
						  d->name);
			else if (!d->readonly || !e->readonly)
				config_line_error(p, l,
						  "disk=%s: guest %s has it too, so both must say "
						  "disk=%s,ro",
						  d->name, o->name, d->name);
			else
				continue;
			return;
		}
	}
}

static void link_disks(struct parse *p)
{
	for (u32 i = 0; i < p->b->modules; i++) {
		struct config_line *l = &p->line[i];

		for (u32 j = 0; l->guest && j < l->guest->disks; j++)
			link_disk(p, l, &l->guest->disk[j]);
		for (u32 j = 0; l->guest && j < l->guest->disks && !l->bad; j++)
			check_sharing(p, i, &l->guest->disk[j]);
	}
	for (u32 i = 0; i < p->b->modules; i++) {
		struct config_line *l = &p->line[i];

		if (l->role == LINE_DISK && !l->used && !l->bad)
			config_line_error(p, l,
					  "disk=%s: no guest asks for it; add disk=%s to a "
					  "guest's line",
					  l->name, l->name);
	}
}

void config_link(struct parse *p)
{
	check_duplicates(p);
	link_initrds(p);
	link_disks(p);
}
