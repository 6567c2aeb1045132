/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: devices/host/bars.c mm/stretch.c devices/host/dma.c */
/* The driver of the machine's virtio disks, included here, against a model of a device of either
 * kind. */
#include "tests/unit/host_virtio_model.c"

#include "devices/host/disk/disks.h"
#include "devices/host/disk/queue.c"
#include "devices/host/disk/virtio.c"
#include "devices/host/virtio/legacy.c"
#include "devices/host/virtio/modern.c"
#include "devices/host/virtio/pci.c"
#include "devices/host/virtio/ring.c"

static int fresh(void **state)
{
	(void)state;
	memset(drives, 0, sizeof(drives));
	drive_count = 0;
	disks = NULL;
	queues = NULL;
	model_reset(false);
	return 0;
}

static int fresh_modern(void **state)
{
	(void)fresh(state);
	model_reset(true);
	return 0;
}

static u8 medium[SECTORS * 512];

/* Do what was asked, latest first: the order is the device's business. */
static void disk_works(u8 with_status)
{
	int heads[16], n = 0;

	while (n < 16 && (heads[n] = model_pop(0)) >= 0)
		n++;
	while (n--) {
		const struct vring_desc *d = descs(0) + heads[n], *data, *end;
		const struct request *r = pointer(d);

		assert_int_equal(d->bytes, 16);
		assert_int_equal(d->flags, VRING_NEXT);
		data = descs(0) + d->next;
		end = data;
		if (r->type != TYPE_FLUSH) {
			end = descs(0) + data->next;
			assert_true(r->sector * 512 + data->bytes <= sizeof(medium));
			assert_int_equal(data->flags, r->type == TYPE_IN ? VRING_NEXT | VRING_WRITE
									 : VRING_NEXT);
			if (r->type == TYPE_IN)
				memcpy(pointer(data), medium + r->sector * 512, data->bytes);
			else
				memcpy(medium + r->sector * 512, pointer(data), data->bytes);
		}
		assert_int_equal(end->flags, VRING_WRITE);
		assert_int_equal(end->bytes, 1);
		*(u8 *)pointer(end) = with_status;
		model_push(0, (u32)heads[n], 1);
	}
	handler(handler_ctx);
}

static u32 dones;
static enum hv_status last;

static void request_ended(struct blk_req *r, enum hv_status status)
{
	(void)r;
	dones++;
	last = status;
}

static struct blk_backend *disk_there(u32 features)
{
	u64 sectors = SECTORS;

	function.device = modern ? 0x1042 : 0x1001;
	model.offered = features;
	memcpy(model.config, &sectors, 8);
	virtio_blk_probe();
	dones = 0;
	return disks ? &disks->backend : NULL;
}

static void disk_data(void **state)
{
	static u8 out[SECTORS * 512], in[SECTORS * 512];
	struct blk_backend *d = disk_there(1u << 9 | 1u << 28);
	struct blk_req r[6];

	(void)state;
	assert_non_null(d);
	assert_string_equal(d->name, "vda");
	assert_int_equal(d->sectors, SECTORS);
	assert_false(d->readonly);
	assert_int_equal(model.accepted, 1u << 9 | 1u << 28);
	assert_int_equal(model.status, modern ? 15 : 7);
	for (u32 i = 0; i < sizeof(out); i++)
		out[i] = (u8)(i / 512 + i);
	for (u32 i = 0; i < 6; i++) {
		r[i] = (struct blk_req){.write = true,
					.sector = i * 50,
					.sectors = 50,
					.buf = out + i * 50 * 512,
					.done = request_ended};
		d->ops->submit(d, &r[i]);
	}
	disk_works(0); /* four at once */
	assert_int_equal(dones, 4);
	disk_works(0);
	assert_int_equal(dones, 6);
	assert_memory_equal(medium, out, sizeof(out));
	for (u32 at = 0; at < SECTORS; at += r[0].sectors) { /* each time what the buffer holds */
		r[0] = (struct blk_req){.sector = at,
					.sectors = SECTORS - at,
					.buf = in + at * 512,
					.done = request_ended};
		d->ops->submit(d, &r[0]);
		disk_works(0);
		assert_int_equal(r[0].sectors, MIN(SECTORS - at, DISK_PIECE));
	}
	assert_int_equal(dones, 6 + (SECTORS + DISK_PIECE - 1) / DISK_PIECE);
	dones = 7;
	assert_int_equal(last, HV_OK);
	assert_memory_equal(in, out, sizeof(out));
	d->ops->flush(d, &r[0]);
	disk_works(0);
	assert_int_equal(dones, 8);
	d->ops->submit(d, &(struct blk_req){.sectors = 1, .buf = in, .done = request_ended});
	disk_works(1);
	assert_int_equal(last, HV_IO);
}

static void disk_of_another_kind(void **state)
{
	struct blk_req r = {.done = request_ended};
	struct blk_backend *d = disk_there(1u << 5);

	(void)state;
	assert_true(d->readonly);
	d->ops->flush(d, &r); /* not offered: nothing to do */
	assert_int_equal(dones, 1);
	assert_int_equal(model.kicks[0], 0);
}

static void disk_not_used(void **state)
{
	(void)state;
	lent = true;
	assert_null(disk_there(0));
	lent = false;
	function.irq_line = 0;
	assert_null(disk_there(0));
	function.irq_line = 10;
	model.queue_size = 8; /* too small for four commands */
	assert_null(disk_there(0));
	model.queue_size = 0;
	assert_null(disk_there(0));
	assert_int_equal(drive_count, 4); /* names stay with their places */
}

static void disk_talks_nonsense(void **state)
{
	static const u32 ids[] = {1, 3, 12, 256, 0xffffffff};

	for (u32 i = 0; i < ARRAY_LEN(ids); i++) {
		u8 sector[512];
		struct blk_req r = {.sectors = 1, .buf = sector, .done = request_ended};
		struct blk_backend *d;

		(void)(modern ? fresh_modern : fresh)(state);
		d = disk_there(0);
		d->ops->submit(d, &r);
		model_push(0, ids[i], 1);
		handler(handler_ctx);
		assert_int_equal(dones, 1);
		assert_int_equal(last, HV_IO);
		assert_int_equal(model.status, 0); /* stopped */
		d->ops->submit(d, &r);
		assert_int_equal(dones, 2);
	}
}

static void disk_is_late(void **state)
{
	const u64 ms = 1000000;
	u8 sector[512];
	struct blk_req r = {.sectors = 1, .buf = sector, .done = request_ended};
	struct blk_backend *d = disk_there(0);

	(void)state;
	d->ops->submit(d, &r);
	host_disks_poll(1000 * ms);
	handler = NULL;
	model_push(0, (u32)model_pop(0), 1); /* and no interrupt */
	((struct request *)pointer(descs(0)))->status = 0;
	host_disks_poll(1600 * ms);
	assert_int_equal(dones, 1);
	assert_int_equal(last, HV_OK);
	d->ops->submit(d, &r);
	host_disks_poll(2000 * ms);
	host_disks_poll(60000 * ms);
	assert_int_equal(dones, 1);
	host_disks_poll(62001 * ms);
	assert_int_equal(dones, 2);
	assert_int_equal(last, HV_IO);
	assert_int_equal(model.status, 0);
}

/* ---- What only version 1 knows --------------------------------------------------------------- */

static void modern_agrees(void **state)
{
	(void)state;
	model.version = 0; /* neither legacy nor version 1 */
	assert_null(disk_there(0));
	model.version = 1;
	model.no_features_ok = true;
	assert_null(disk_there(0));
	model.no_features_ok = false;
	model.status = 4;
	model.reset_hangs = true;
	assert_null(disk_there(0));
	model.reset_hangs = false;
	assert_non_null(disk_there(0));
}

/* The size is read again when it changed meanwhile. */
static void modern_size_changes(void **state)
{
	const u64 size = 0x100000000ull + SECTORS;
	struct virtio_pci v = {0};
	u32 features;

	(void)state;
	function.device = 0x1042;
	memcpy(model.config, &size, 8);
	assert_int_equal(virtio_pci_open(&v, &function, 0, &features), HV_OK);
	model.generation = 1;
	assert_int_equal(virtio_pci_config64(&v, 0), SECTORS);
	assert_int_equal(virtio_pci_config(&v, sizeof(model.config), 1), 0);
	assert_int_equal(virtio_pci_config(&v, sizeof(model.config) - 2, 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(disk_data, fresh),
		cmocka_unit_test_setup(disk_of_another_kind, fresh),
		cmocka_unit_test_setup(disk_not_used, fresh),
		cmocka_unit_test_setup(disk_talks_nonsense, fresh),
		cmocka_unit_test_setup(disk_is_late, fresh),
		cmocka_unit_test_setup(disk_data, fresh_modern),
		cmocka_unit_test_setup(disk_of_another_kind, fresh_modern),
		cmocka_unit_test_setup(disk_not_used, fresh_modern),
		cmocka_unit_test_setup(disk_talks_nonsense, fresh_modern),
		cmocka_unit_test_setup(disk_is_late, fresh_modern),
		cmocka_unit_test_setup(modern_agrees, fresh_modern),
		cmocka_unit_test_setup(modern_size_changes, fresh_modern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
