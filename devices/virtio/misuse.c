/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A driver that breaks a rule: what its device does about it, and how much of that is told. */
#include "devices/virtio/virtio.h"
#include "lib/log.h"

#define COMPLAINTS_MAX 4u /* log lines a device may cause in its life */

static void complain(struct vdev *d, const char *why, const char *result)
{
	if (d->complaints++ >= COMPLAINTS_MAX)
		return;
	log_line(LOG_WARN, d->bus->name, "%s 00:%02x.0: %s; %s%s", d->ops->name, d->irq, why,
		 result, d->complaints == COMPLAINTS_MAX ? " (further lines suppressed)" : "");
}

void vdev_break(struct vdev *d, const char *why)
{
	if (d->status & STATUS_NEEDS_RESET)
		return;
	complain(d, why, "device stopped until the driver resets it");
	d->status |=
		STATUS_NEEDS_RESET; /* no queue moves any more, but not all work is a queue's */
}

void vdev_ignore(struct vdev *d, const char *why)
{
	d->ignored++;
	complain(d, why, "ignored");
}
