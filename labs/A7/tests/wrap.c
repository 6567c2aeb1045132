/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses that wrap, given to everything that takes one; at=NUMBER says where, through=tls, init,
 * message or disk says to whom.
 */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/virtio.h"

static void through_disk(u32 at, u32 len)
{
	struct virtio dev;
	struct virtq q;
	static struct {
		u32 type, reserved;
		u64 sector;
	} head;
	static u8 status;
	struct virtio_buffer b[3] = {{&head, sizeof(head)}, {NULL, len}, {&status, 1}};

	if (!virtio_open(&dev, VIRTIO_BLOCK, 0, 0) || !virtq_open(&dev, &q, 0))
		panic("wrap: no disk");
	virtio_start(&dev);
	b[1].data = virt(at);
	virtq_add(&q, b, 1, 2);
	virtq_kick(&q);
	for (u32 start = clock_ms(); clock_ms() - start < 50;)
		if (vread8(dev.common + VC_STATUS) & STATUS_NEEDS_RESET) {
			puts("wrap: the device stopped\n");
			return;
		}
	printf("wrap: expected that the device stops, seen status %x\n",
	       vread8(dev.common + VC_STATUS));
}

void guest_main(void)
{
	u32 at = option_u32("at", 0xfffffff0u);
	char through[8];

	option("through", through, sizeof(through));
	traps_init();
	paging_init();
	if (!strcmp(through, "tls"))
		hcall(HC_LOAD_TLS, at, 0, 0, 0);
	else if (!strcmp(through, "disk"))
		through_disk(at, 0u - at + SECTOR);
	puts("wrap: end\n");
}
