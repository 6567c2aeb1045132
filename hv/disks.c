/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RAM disks over boot modules. A back-end outlives the guests that use it, so what one wrote is
 * there after its restart, and for the next. */
#include "hv/hv.h"

static struct {
	const struct boot_module *module;
	struct blk_backend disk;
} disks[BOOT_MODULES];

struct blk_backend *disk_backend(const struct boot_module *m, const char *name)
{
	u32 i = 0;

	/* There are as many places as modules, so one is always found. */
	while (disks[i].module && disks[i].module != m)
		i++;
	if (!disks[i].module) {
		disks[i].module = m;
		ramdisk_init(&disks[i].disk, name, (void *)(uintptr_t)m->start, m->end - m->start);
	}
	return &disks[i].disk;
}
