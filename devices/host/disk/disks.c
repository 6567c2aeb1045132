/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disks of the machine by their names, over all drivers. */
#include "devices/host/disk/disks.h"

#include "devices/host/disk/drivers.h"
#include "devices/host/disk/queue.h"

static void (*const probes[])(void) = {
	ata_probe,
	ahci_probe,
	virtio_blk_probe,
};

struct blk_backend *host_disk(const char *name)
{
	static bool probed;

	if (!probed) {
		probed = true;
		for (u32 i = 0; i < ARRAY_LEN(probes); i++)
			probes[i]();
	}
	return disk_find(name);
}
