/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See disk_fixture.h. What is tested is included, since its lists are static, and every test wants
 * fresh ones. */
#include "tests/unit/disk_fixture.h"

#define LIB_X86_H /* time does not pass */
static void io_wait(void)
{
}

#include "devices/host/disk/disks.c"
#include "devices/host/disk/queue.c"

#include "mm/frame.h"

bool no_memory;

/* A frame's pointer is its number, so it must lie low. */
enum hv_status frame_alloc_run(struct frame_owner *o, u32 count, pfn_t *out)
{
	static void *memory;

	(void)o;
	assert_true(count <= DISK_DEPTH * DISK_PIECE * SECTOR_SIZE / PAGE_SIZE);
	if (!memory)
		memory = support_low_memory(DISK_DEPTH * DISK_PIECE * SECTOR_SIZE);
	*out = (pfn_t){(u32)((uintptr_t)memory >> PAGE_SHIFT)};
	return no_memory ? HV_NOMEM : HV_OK;
}

struct disk_queue queue;
struct disk one, two;

bool ata_knows(const struct host_function *f)
{
	return f->device == 1;
}

bool ahci_knows(const struct host_function *f)
{
	return f->device == 2;
}

bool virtio_blk_knows(const struct host_function *f)
{
	return f->device == 3;
}

void ata_probe(void)
{
}

void ahci_probe(void)
{
}

void virtio_blk_probe(void)
{
	disk_add(&one, &queue, "vda", 1000, false);
	disk_add(&two, &queue, "vdb", 1000, true);
}

struct disk_cmd *started[100];
static struct disk_cmd as_started[100]; /* a queue uses its own again and again */
u32 starts, lates, late_ms;
bool late_ends;

static void start_command(struct disk_cmd *c)
{
	assert_true(starts < 100);
	as_started[starts] = *c;
	started[starts++] = c;
	if (c->op == DISK_READ && !c->direct)
		memset(c->buffer, (int)c->sector, c->sectors * SECTOR_SIZE);
}

static void command_late(struct disk_cmd *c, u32 ms)
{
	lates++;
	late_ms = ms;
	if (late_ends) {
		memset(c->buffer, 0, c->sectors * SECTOR_SIZE);
		disk_done(c, HV_OK);
	}
}

void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	(void)fn;
	(void)ctx;
}

const char *pcihost_owner(const struct host_function *f)
{
	(void)f;
	return NULL;
}

const struct disk_driver driver = {.start = start_command, .late = command_late};

void expect(u32 n, enum disk_op op, u64 sector, u32 sectors)
{
	assert_true(n < starts);
	assert_int_equal(as_started[n].op, op);
	assert_int_equal(as_started[n].sector, sector);
	assert_int_equal(as_started[n].sectors, sectors);
}

u32 dones;
enum hv_status last;
struct blk_req *again;

static void request_done(struct blk_req *r, enum hv_status status)
{
	struct blk_req *next = again;

	(void)r;
	dones++;
	last = status;
	again = NULL;
	if (next)
		one.backend.ops->submit(&one.backend, next);
}

struct blk_req make_request(bool write, u64 sector, u32 sectors, void *buf, void *ctx)
{
	return (struct blk_req){.write = write,
				.sector = sector,
				.sectors = sectors,
				.buf = buf,
				.done = request_done,
				.ctx = ctx};
}

void give(struct disk *d, struct blk_req *r)
{
	d->backend.ops->submit(&d->backend, r);
}

bool goes_direct(const struct disk *d, const struct blk_req *r)
{
	return can_be_direct(&d->direct, r);
}

void no_disks(void)
{
	queues = NULL;
	disks = NULL;
	memset(&queue, 0, sizeof(queue));
	no_memory = false;
}

int disks_setup(void **state)
{
	u32 depth = *state ? *(u32 *)*state : 1;

	no_disks();
	memset(&one, 0, sizeof(one));
	memset(&two, 0, sizeof(two));
	starts = lates = dones = 0;
	last = HV_OK;
	again = NULL;
	assert_int_equal(disk_queue_init(&queue, &driver, depth), HV_OK);
	disk_add(&one, &queue, "one", 1000, false);
	disk_add(&two, &queue, "two", 1000, true);
	return 0;
}

u8 data[200 * SECTOR_SIZE];
u32 depth4 = 4;
