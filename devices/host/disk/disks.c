/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disks of the machine and their partitions by names, over all drivers; and a word on what is
 * there where a name means nothing. */
#include "devices/host/disk/disks.h"

#include "devices/host/disk/drivers.h"
#include "devices/host/disk/partition.h"
#include "devices/host/disk/queue.h"
#include "devices/host/pci.h"
#include "lib/log.h"
#include "lib/string.h"

#define NAME_LETTERS   3u /* hda */
#define PARTITION_MOST 128u

static const struct {
	void (*probe)(void);
	bool (*knows)(const struct host_function *f);
	const char *name;
	const char *disks; /* what the names of its disks begin with */
} drivers[] = {
	{ata_probe, ata_knows, "ata", "hd"},
	{ahci_probe, ahci_knows, "ahci", "sd"},
	{virtio_blk_probe, virtio_blk_knows, "virtio", "vd"},
};

const char *host_disk_driver(const struct host_function *f)
{
	for (u32 i = 0; i < ARRAY_LEN(drivers); i++)
		if (drivers[i].knows(f))
			return drivers[i].name;
	return NULL;
}

/* Whoever has a driver, or a guest, has claimed it by now. */
static bool no_driver(void *ctx UNUSED, const struct host_function *f)
{
	if (f->base_class == PCI_CLASS_STORAGE && !pcihost_owner(f))
		log_line(LOG_WARN, NULL,
			 "disk controller at %02x:%02x.%u: there is no driver for %04x:%04x",
			 f->bus, f->dev, f->fn, f->vendor, f->device);
	return true;
}

static void probe(void)
{
	static bool probed;

	if (probed)
		return;
	probed = true;
	for (u32 i = 0; i < ARRAY_LEN(drivers); i++)
		drivers[i].probe();
	pcihost_scan(no_driver, NULL);
}

/* The number behind the letters of a partition's name; 0: it is none. */
static u32 partition_number(const char *name)
{
	u32 n = 0;

	if (strlen(name) <= NAME_LETTERS || name[NAME_LETTERS] == '0')
		return 0;
	for (const char *p = name + NAME_LETTERS; *p; p++) {
		if (*p < '0' || *p > '9')
			return 0;
		n = n * 10 + (u32)(*p - '0');
		if (n > PARTITION_MOST)
			return 0;
	}
	return n;
}

struct missing {
	char text[192];
	u32 used;
	const char *name;
};

static void say(struct missing *m, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(m->text + m->used, sizeof(m->text) - m->used, fmt, ap);
	va_end(ap);
	m->used = MIN(m->used + (u32)MAX(n, 0), (u32)sizeof(m->text) - 1);
}

/* A controller whose disks have other names than the one that was asked for. */
static bool other_names(void *ctx, const struct host_function *f)
{
	struct missing *m = ctx;

	for (u32 i = 0; i < ARRAY_LEN(drivers); i++)
		if (drivers[i].knows(f) && memcmp(drivers[i].disks, m->name, 2) != 0)
			say(m, "; disks of the %s controller at %02x:%02x.%u are %sa, %sb ...",
			    drivers[i].name, f->bus, f->dev, f->fn, drivers[i].disks,
			    drivers[i].disks);
	return true;
}

static const char *nothing_there(const char *name)
{
	static struct missing m;
	const struct blk_backend *d;

	m = (struct missing){.name = name};
	say(&m, "the machine has no disk %s", name);
	for (u32 i = 0; (d = disk_nth(i)) != NULL; i++)
		say(&m, "%s%s", i ? ", " : "; it has ", d->name);
	pcihost_scan(other_names, &m);
	return m.text;
}

struct blk_backend *host_disk(const char *name, const char **why)
{
	static char text[160];
	struct blk_backend *d;
	u32 number = partition_number(name);
	char whole[NAME_LETTERS + 1] = {0};

	probe();
	d = disk_find(name);
	if (d)
		return d;
	memcpy(whole, name, number ? NAME_LETTERS : 0);
	d = number ? disk_find(whole) : NULL;
	if (!d) {
		*why = nothing_there(name);
		return NULL;
	}
	d = partition_find(d, number, why);
	if (!d) {
		snprintf(text, sizeof(text), "disk %s cannot be had from %s: %s", name, whole,
			 *why);
		*why = text;
	}
	return d;
}
