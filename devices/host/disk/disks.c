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
} drivers[] = {
	{ata_probe, ata_knows, "ata"},
	{ahci_probe, ahci_knows, "ahci"},
	{virtio_blk_probe, virtio_blk_knows, "virtio"},
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

static const char *nothing_there(const char *name)
{
	static char text[160];
	const struct blk_backend *d;
	int used = snprintf(text, sizeof(text), "the machine has no disk %s", name);

	for (u32 i = 0; (d = disk_nth(i)) != NULL && used > 0 && (u32)used < sizeof(text); i++)
		used += snprintf(text + used, sizeof(text) - (u32)used, "%s%s",
				 i ? ", " : "; it has ", d->name);
	return text;
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
