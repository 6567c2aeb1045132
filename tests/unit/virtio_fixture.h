/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest with one device of each kind on its bus. */
#ifndef TESTS_UNIT_VIRTIO_FIXTURE_H
#define TESTS_UNIT_VIRTIO_FIXTURE_H

#include "devices/block.h"
#include "devices/virtio/virtio.h"
#include "tests/unit/mini_guest.h"

#define CONSOLE 1u
#define BLOCK	2u
#define NET	3u
#define RNG	4u
#define DEVICES 4u

#define BROKEN 0x40u

extern struct mini g;
extern const u32 queues_of[];

int virtio_setup(void **state);
int virtio_teardown(void **state);
u8 driver_status(u32 dev);
void set_status(u32 dev, u32 value);

/* What every test of a mistake ends with: it was logged, and a reset heals the device. */
void broken_then_healed(u32 dev);

#endif
