/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio disks, one request at a time. */
#include "guest-stubs/lib/virtio.h"

#define DISKS	      4
#define BLK_IN	      0
#define BLK_OUT	      1
#define BLK_FLUSH     4
#define FEATURE_FLUSH (1u << 9)

static struct disk {
	struct virtio dev;
	struct virtq q;
	u64 sectors;
} disks[DISKS];
static u32 count;

u32 vblk_init(void)
{
	for (count = 0; count < DISKS; count++) {
		struct disk *d = &disks[count];

		if (!virtio_open(&d->dev, VIRTIO_BLOCK, count, FEATURE_FLUSH) ||
		    !virtq_open(&d->dev, &d->q, 0))
			break;
		virtio_start(&d->dev);
		virtio_interrupts(&d->dev, NULL);
		d->sectors = vread32(d->dev.config) | (u64)vread32(d->dev.config + 4) << 32;
	}
	return count;
}

u64 vblk_sectors(u32 disk)
{
	return disk < count ? disks[disk].sectors : 0;
}

static bool request(u32 disk, u32 type, u64 sector, void *buf, u32 len)
{
	struct {
		u32 type, reserved;
		u64 sector;
	} head = {type, 0, sector};
	u8 status = 0xff;
	struct virtio_buffer b[3] = {{&head, sizeof(head)}, {buf, len}, {&status, 1}};
	struct virtq *q;
	u32 out = type == BLK_OUT ? 2 : 1;

	if (disk >= count)
		return false;
	q = &disks[disk].q;
	if (!len) { /* a flush has no data */
		b[1] = b[2];
		virtq_add(q, b, 1, 1);
	} else {
		virtq_add(q, b, out, 3 - out);
	}
	virtq_kick(q);
	virtq_wait(q, NULL);
	return *(volatile u8 *)&status == 0;
}

bool vblk_read(u32 disk, u64 sector, void *buf, u32 sectors)
{
	return request(disk, BLK_IN, sector, buf, sectors * SECTOR);
}

bool vblk_write(u32 disk, u64 sector, const void *buf, u32 sectors)
{
	return request(disk, BLK_OUT, sector, (void *)buf, sectors * SECTOR);
}

bool vblk_flush(u32 disk)
{
	return request(disk, BLK_FLUSH, 0, NULL, 0);
}
