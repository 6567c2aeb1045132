/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See pci_fixture.h. */
#include "tests/unit/pci_fixture.h"

struct mini g;
u8 disk_bytes[4 * 512];
struct blk_backend disk;

int pci_setup(void **state)
{
	(void)state;
	mini_init(&g, "pci");
	ramdisk_init(&disk, "disk0", disk_bytes, sizeof(disk_bytes));
	assert_int_equal(bus_add_console(g.bus), HV_OK);
	assert_int_equal(bus_add_block(g.bus, &disk, false), HV_OK);
	assert_int_equal(bus_add_rng(g.bus), HV_OK);
	return 0;
}

int pci_teardown(void **state)
{
	(void)state;
	mini_free(&g);
	return 0;
}

bool answers(gpa_t at, u32 queues)
{
	return mmio_in(&g, at + 0x12, 2) == queues;
}
