/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See virtio_fixture.h. */
#include "tests/unit/virtio_fixture.h"

#include <string.h>

struct mini g;
static u8 disk_bytes[64 * 512];
static struct blk_backend disk;
const u32 queues_of[] = {0, 2, 1, 2, 1};

int virtio_setup(void **state)
{
	static const u8 mac[6] = {2, 0, 0, 0, 0, 1};

	(void)state;
	mini_init(&g, "virtio");
	memset(support_log_lines, 0, sizeof(support_log_lines));
	ramdisk_init(&disk, "disk0", disk_bytes, sizeof(disk_bytes));
	assert_int_equal(bus_add_console(g.bus), HV_OK);
	assert_int_equal(bus_add_block(g.bus, &disk, false), HV_OK);
	assert_int_equal(bus_add_net(g.bus, "lan", mac), HV_OK);
	assert_int_equal(bus_add_rng(g.bus), HV_OK);
	return 0;
}

int virtio_teardown(void **state)
{
	(void)state;
	mini_free(&g);
	return 0;
}

u8 driver_status(u32 dev)
{
	return (u8)reg_in(&g, dev, R_STATUS, 1);
}

void set_status(u32 dev, u32 value)
{
	reg_out(&g, dev, R_STATUS, 1, value);
}

void broken_then_healed(u32 dev)
{
	struct mqueue q[2];

	assert_int_equal(driver_status(dev) & BROKEN, BROKEN);
	assert_true(support_log_lines[LOG_WARN] > 0);
	set_status(dev, 0);
	assert_int_equal(driver_status(dev), 0);
	mini_open(&g, dev, 0, 0, queues_of[dev], q);
	set_status(dev, 0);
}
