/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where guests' disks come from: boot modules as RAM disks, and the machine's own disks. A
 * back-end outlives the guests that use it, so what one wrote is there after its restart, and for
 * the next. */
#include "devices/host/disk/disks.h"
#include "devices/block.h"
#include "hv/config/boot.h"
#include "hv/hv.h"
#include "hv/time/time.h"

#define WATCH_NS 500000000u

static struct {
	const struct boot_module *module;
	struct blk_backend disk;
} disks[BOOT_MODULES];

struct blk_backend *disk_backend(const struct boot_module *m, const char *name, const char **why)
{
	u32 i = 0;

	if (!m)
		return host_disk(name, why);
	/* There are as many places as modules, so one is always found. */
	while (disks[i].module && disks[i].module != m)
		i++;
	if (!disks[i].module) {
		disks[i].module = m;
		ramdisk_init(&disks[i].disk, name, (void *)(uintptr_t)m->start, m->end - m->start);
	}
	return &disks[i].disk;
}

static void watch_fired(struct timer *t UNUSED)
{
	host_disks_poll(now_ns());
}

void disks_watch(void)
{
	static struct timer watch = {.fire = watch_fired};

	if (!watch.armed && host_disks_busy())
		timer_arm(&watch, now_ns() + WATCH_NS);
}
