/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lab B6: the first virtio disk (virtio 1.0, 5.2), one request at a time. */
#include "labs/kernel/disk.h"
#include "labs/kernel/sync.h"
#include "labs/kernel/trap.h"
#include "labs/kernel/virtio.h"

#define FEATURE_FLUSH (1u << 9)

enum request_type { REQUEST_READ = 0, REQUEST_WRITE = 1, REQUEST_FLUSH = 4 };
enum { STATUS_OK = 0, STATUS_NONE = 0xff };

/* What the device reads and writes beside the data. It is static, since the device may only be
 * given memory that is still ours when it writes there. */
static struct {
	u32 type, reserved;
	u64 sector;
} head;
static volatile u8 status;

static struct virtio device;
static struct virtq requests;
static struct mutex one_at_a_time;
static struct semaphore done; /* up: a request may have ended */
static u32 sectors;	      /* 0: there is no disk */

static void interrupt(u32 line)
{
	(void)line;
	if (virtio_acknowledge(&device))
		semaphore_up(&done);
}

bool disk_init(void)
{
	u32 high;

	if (!virtio_open(&device, VIRTIO_BLOCK, FEATURE_FLUSH))
		return false;
	virtq_open(&device, &requests, 0);
	virtio_start(&device);
	irq_register(device.line, interrupt);
	sectors = ((volatile u32 *)device.config)[0];
	high = ((volatile u32 *)device.config)[1];
	sectors = high ? ~0u : sectors; /* what is beyond 2 TiB stays unused */
	return sectors != 0;
}

u32 disk_sectors(void)
{
	return sectors;
}

/* Header, data (a flush has none), and the status byte that the device writes at the end. */
static bool request(enum request_type type, u32 sector, void *data)
{
	struct buffer b[3] = {{&head, sizeof(head)}, {data, SECTOR}, {(void *)&status, 1}};
	u32 out = type == REQUEST_WRITE ? 2 : 1, in = type == REQUEST_READ ? 2 : 1;
	bool ok;

	if (sector >= sectors)
		return false;
	mutex_lock(&one_at_a_time);
	head.type = type;
	head.sector = sector;
	status = STATUS_NONE;
	if (type == REQUEST_FLUSH)
		b[1] = b[2];
	virtq_add(&requests, b, out, in);
	virtq_kick(&requests);
	while (virtq_take(&requests, NULL) < 0)
		semaphore_down(&done);
	ok = status == STATUS_OK;
	mutex_unlock(&one_at_a_time);
	return ok;
}

bool disk_read(u32 sector, void *to)
{
	return request(REQUEST_READ, sector, to);
}

bool disk_write(u32 sector, const void *from)
{
	return request(REQUEST_WRITE, sector, (void *)from);
}

bool disk_flush(void)
{
	return request(REQUEST_FLUSH, 0, NULL);
}
