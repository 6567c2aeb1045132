/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio disks of the machine (virtio 5.2). Each command owns three descriptors for good, header,
 * data and status, or a table of its own, which one of them leads to. A device that answers
 * nonsense or nothing is stopped, and its disk fails from then on.
 */
#include "devices/host/disk/drivers.h"
#include "devices/host/disk/queue.h"
#include "devices/host/dma.h"
#include "devices/host/irq.h"
#include "devices/host/virtio/pci.h"
#include "lib/log.h"
#include "lib/string.h"

#define DISKS	   8u /* vda..vdh */
#define TIMEOUT_MS 60000u

#define FEATURE_SIZE_MAX (1u << 1) /* segments are limited in length, */
#define FEATURE_SEG_MAX	 (1u << 2) /* in number */
#define FEATURE_RO	 (1u << 5)
#define FEATURE_FLUSH	 (1u << 9)
#define FEATURE_INDIRECT (1u << 28)
#define CONFIG_SEG_MAX	 12u /* virtio 5.2.4 */

/* virtio 5.2.6. */
enum { TYPE_IN = 0, TYPE_OUT = 1, TYPE_FLUSH = 4 };
#define STATUS_OK      0u
#define STATUS_PENDING 0xffu /* never written by a device */

struct request {
	u32 type, reserved;
	u64 sector;
	volatile u8 status;
};
_Static_assert(offsetof(struct request, status) == 16, "virtio 5.2.6: the header's length");
_Static_assert(offsetof(struct request, sector) == 8, "virtio 5.2.6");

#define DESCS 3u
#define TABLE 256u /* descriptors of a command's own table: a page of them */
_Static_assert(TABLE * sizeof(struct vring_desc) == PAGE_SIZE, "virtio 2.4.5.3: 16 bytes each");

struct virtio_disk {
	struct disk_queue queue; /* first */
	struct disk disk;
	struct virtio_pci pci;
	struct vring ring;
	bool flush;
	struct request *request;  /* DISK_DEPTH of them */
	struct vring_desc *table; /* as many of TABLE; NULL: the device takes none */
};

static struct virtio_disk drives[DISKS];
static u32 drive_count;

static struct virtio_disk *drive_of(struct disk_cmd *c)
{
	return container_of(c->queue, struct virtio_disk, queue);
}

/* Header, data, status from descriptor `first` of a table on; how many. */
static u32 describe(const struct disk_cmd *c, struct request *r, struct vring_desc *d, u32 first)
{
	u16 data = c->op == DISK_READ ? VRING_NEXT | VRING_WRITE : VRING_NEXT;
	u32 n = 1;

	d[0] = (struct vring_desc){.address = dma_address(r),
				   .bytes = offsetof(struct request, status),
				   .flags = VRING_NEXT,
				   .next = (u16)(first + 1)};
	for (; n <= c->pieces; n++)
		d[n] = (struct vring_desc){.address = c->piece[n - 1].at,
					   .bytes = c->piece[n - 1].bytes,
					   .flags = data,
					   .next = (u16)(first + n + 1)};
	d[n] = (struct vring_desc){
		.address = dma_address((const void *)&r->status), .bytes = 1, .flags = VRING_WRITE};
	return n + 1;
}

static void start(struct disk_cmd *c)
{
	static const u32 types[] = {
		[DISK_READ] = TYPE_IN, [DISK_WRITE] = TYPE_OUT, [DISK_FLUSH] = TYPE_FLUSH};
	struct virtio_disk *v = drive_of(c);
	u32 n = (u32)(c - v->queue.cmd), used;
	struct vring_desc *d = &v->ring.desc[n * DESCS], *table = v->table + n * TABLE;
	struct request *r = &v->request[n];

	if (c->op == DISK_FLUSH && !v->flush) { /* then what it has acknowledged is stable */
		disk_done(c, HV_OK);
		return;
	}
	r->type = types[c->op];
	r->sector = c->sector;
	r->status = STATUS_PENDING;
	if (c->direct) {
		used = describe(c, r, table, 0);
		d[0] = (struct vring_desc){.address = dma_address(table),
					   .bytes = used * (u32)sizeof(*table),
					   .flags = VRING_INDIRECT};
	} else {
		(void)describe(c, r, d, n * DESCS);
	}
	vring_give(&v->ring, (u16)(n * DESCS));
	vring_kick(&v->ring);
}

static void give_up(struct virtio_disk *v, const char *why)
{
	log_line(LOG_ERROR, NULL, "disk %s: %s; it is given up", v->disk.backend.name, why);
	virtio_pci_stop(&v->pci);
	disk_queue_kill(&v->queue);
}

static bool serve(struct virtio_disk *v)
{
	struct vring_used u;
	bool any = false;

	while (!v->queue.dead && vring_take(&v->ring, &u)) {
		u32 n = u.id / DESCS;

		any = true;
		if (n >= DISK_DEPTH || u.id % DESCS || !v->queue.cmd[n].busy) {
			give_up(v, "the device answers what was not asked");
			return true;
		}
		disk_done(&v->queue.cmd[n], v->request[n].status == STATUS_OK ? HV_OK : HV_IO);
	}
	return any;
}

static bool interrupt(void *ctx)
{
	struct virtio_disk *v = ctx;
	bool raised = virtio_pci_isr(&v->pci);

	if (raised)
		(void)serve(v);
	return raised;
}

static void late(struct disk_cmd *c, u32 ms)
{
	struct virtio_disk *v = drive_of(c);

	if (!serve(v) && ms >= TIMEOUT_MS)
		give_up(v, "no answer for a minute");
}

static const struct disk_driver driver = {.start = start, .late = late};

/* Whatever length and number of pieces it takes; it has no other wishes. */
static void set_up_direct(struct virtio_disk *v, u32 features)
{
	u32 pieces = TABLE - 2;

	if (features & FEATURE_SEG_MAX)
		pieces = MIN(pieces, virtio_pci_config(&v->pci, CONFIG_SEG_MAX, 4));
	if (!(features & FEATURE_INDIRECT) || features & FEATURE_SIZE_MAX || !pieces)
		return;
	v->table = dma_alloc(DISK_DEPTH * TABLE * sizeof(*v->table));
	if (v->table)
		v->disk.direct = (struct disk_direct){
			.sectors = DISK_MOST, .pieces = pieces, .align = 1, .above4g = true};
}

static enum hv_status set_up(struct virtio_disk *v, const struct host_function *f)
{
	u32 features;
	enum hv_status s;

	s = virtio_pci_open(&v->pci, f,
			    FEATURE_SIZE_MAX | FEATURE_SEG_MAX | FEATURE_RO | FEATURE_FLUSH |
				    FEATURE_INDIRECT,
			    &features);
	if (s == HV_OK)
		s = virtio_pci_ring(&v->pci, 0, &v->ring);
	if (s == HV_OK && v->ring.size < DISK_DEPTH * DESCS)
		s = HV_IO;
	if (s == HV_OK) {
		v->request = dma_alloc(DISK_DEPTH * sizeof(*v->request));
		s = v->request ? disk_queue_init(&v->queue, &driver, DISK_DEPTH) : HV_NOMEM;
	}
	if (s == HV_OK)
		s = host_irq_register(v->pci.irq, interrupt, v);
	if (s != HV_OK)
		return s;
	set_up_direct(v, features);
	v->flush = features & FEATURE_FLUSH;
	v->disk.backend.readonly = features & FEATURE_RO;
	return HV_OK;
}

bool virtio_blk_knows(const struct host_function *f)
{
	return virtio_pci_is(f, VIRTIO_LEGACY_BLK);
}

static bool probe(void *ctx UNUSED, const struct host_function *f)
{
	struct virtio_disk *v = &drives[drive_count];
	char name[4] = {'v', 'd', (char)('a' + drive_count), 0};
	enum hv_status s;
	u64 sectors;

	if (!virtio_blk_knows(f) || drive_count == DISKS)
		return true;
	drive_count++; /* its name is taken, whether it works or not */
	s = pcihost_claim(f, "it is the hypervisor's: a disk") ? set_up(v, f) : HV_BUSY;
	if (s != HV_OK) {
		log_line(LOG_ERROR, NULL, "disk %s: not used, %s", name,
			 s == HV_BUSY	 ? "a guest has it"
			 : s == HV_NOMEM ? "out of memory"
					 : "its registers or its interrupt cannot be reached");
		return true;
	}
	virtio_pci_go(&v->pci);
	sectors = virtio_pci_config64(&v->pci, 0);
	log_line(LOG_INFO, NULL, "disk %s: virtio%s, %u MiB%s", name, v->pci.modern ? " 1.0" : "",
		 (u32)(sectors >> 11), v->disk.backend.readonly ? ", read-only" : "");
	disk_add(&v->disk, &v->queue, name, sectors, v->disk.backend.readonly);
	return true;
}

void virtio_blk_probe(void)
{
	pcihost_scan(probe, NULL);
}
