/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest with a few devices on its PCI bus, and one place without. */
#ifndef TESTS_UNIT_PCI_FIXTURE_H
#define TESTS_UNIT_PCI_FIXTURE_H

#include "devices/block.h"
#include "tests/unit/mini_guest.h"

#define CONSOLE 1u
#define BLOCK	2u
#define RNG	3u
#define ABSENT	4u

extern struct mini g;
extern u8 disk_bytes[4 * 512];
extern struct blk_backend disk;

int pci_setup(void **state);
int pci_teardown(void **state);
bool answers(gpa_t at, u32 queues);

#endif
