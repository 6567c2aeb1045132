/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk in hypervisor memory: the bytes of a boot module. Requests are done before submit
 * returns, so there is nothing to cancel and nothing to flush. The bytes belong to whoever
 * called ramdisk_init and stay while the machine runs.
 */
#include "devices/block.h"
#include "lib/string.h"

/* What is copied in one step. */
#define COPY_SECTORS 64u

static u8 *ramdisk_bytes(struct blk_backend *d, u64 sector)
{
	return (u8 *)d->data + (size_t)(sector * SECTOR_SIZE);
}

static void ramdisk_submit(struct blk_backend *d, struct blk_req *r)
{
	if (r->sector > d->sectors || r->sectors > d->sectors - r->sector ||
	    (r->write && d->readonly)) {
		r->done(r, HV_BADARG);
		return;
	}
	/* In range of memory that exists, so it fits a pointer. */
	u8 *at = ramdisk_bytes(d, r->sector);
	size_t len = (size_t)r->sectors * SECTOR_SIZE;

	if (r->write)
		memcpy(at, r->buf, len);
	else
		memcpy(r->buf, at, len);
	r->done(r, HV_OK);
}

static void ramdisk_flush(struct blk_backend *d UNUSED, struct blk_req *r)
{
	r->done(r, HV_OK);
}

static void ramdisk_cancel(struct blk_backend *d UNUSED, void *ctx UNUSED)
{
}

static const struct blk_ops ramdisk_ops = {
	.submit = ramdisk_submit,
	.flush = ramdisk_flush,
	.cancel = ramdisk_cancel,
	.bytes = ramdisk_bytes,
};

void ramdisk_init(struct blk_backend *d, const char *name, void *bytes, u64 len)
{
	memset(d, 0, sizeof(*d));
	snprintf(d->name, sizeof(d->name), "%s", name);
	d->ops = &ramdisk_ops;
	d->sectors = len / SECTOR_SIZE;
	d->most = COPY_SECTORS;
	d->data = bytes;
}
