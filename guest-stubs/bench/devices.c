/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Benchmarks that only a guest can run: its virtual devices and the guest beside it. */
#include "guest-stubs/bench/bench.h"
#include "guest-stubs/lib/virtio.h"

#ifndef GUEST_NATIVE
#define BLOCK	    4096u
#define FRAME	    64u
#define KIND	    12 /* the byte of a frame that says what is wanted */
#define PING	    1
#define QUIT	    2
#define PATIENCE_NS 2000000u
#define ATTEMPTS    50

static u8 frame[FRAME_MAX], answer[FRAME_MAX];

static void use_fpu(void)
{
	__asm__ volatile("fld1; fstp %st(0)");
}

bool disk_find(void)
{
	return vblk_init() && vblk_sectors(0) >= BLOCK / SECTOR;
}

static u64 block_read(u32 n)
{
	static u8 buffer[BLOCK] ALIGNED(4096);
	u64 start = count_start();

	irq_on();
	for (u32 i = 0; i < n; i++)
		if (!vblk_read(0, 0, buffer, BLOCK / SECTOR))
			panic("bench: the disk cannot be read");
	return count_stop() - start;
}

static u64 mmio_read(u32 n)
{
	static struct virtio dev;

	if (!dev.common && !virtio_open(&dev, VIRTIO_RNG, 0, 0))
		panic("bench: no entropy source");
	return TIMED(n, i, vread8(dev.common + VC_STATUS));
}

/* ---- Two guests --------------------------------------------------------------------------- */

static void send(u32 kind)
{
	memset(frame, 0xff, 6); /* to everybody */
	frame[KIND] = (u8)kind;
	vnet_send(frame, FRAME);
}

void peer_main(void)
{
	u8 mac[6];

	if (!vnet_init(mac))
		return;
	memcpy(frame + 6, mac, 6);
	for (;;) {
		if (!vnet_receive(answer, sizeof(answer))) {
			halt_off();
			continue;
		}
		if (answer[KIND] == QUIT)
			return;
		use_fpu();
		send(PING);
	}
}

static void wait_answer(void)
{
	while (!vnet_receive(answer, sizeof(answer)))
		halt_off();
}

/* The other guest may not be there yet: ask until it answers. */
bool peer_find(void)
{
	u8 mac[6];

	if (!vnet_init(mac))
		return false;
	memcpy(frame + 6, mac, 6);
	irq_off();
	for (u32 i = 0; i < ATTEMPTS; i++) {
		send(PING);
		hcall(HC_SET_CLOCKEVENT, PATIENCE_NS, 0, 0, 0);
		halt_off();
		halt_off();
		if (vnet_receive(answer, sizeof(answer))) {
			hcall(HC_SET_CLOCKEVENT, 0, 0, 0, 0);
			return true;
		}
	}
	return false;
}

void peer_end(void)
{
	send(QUIT);
}

static u64 net_ping(u32 n)
{
	u64 start = count_start();

	for (u32 i = 0; i < n; i++) {
		send(PING);
		wait_answer();
	}
	return count_stop() - start;
}

/* The first use of the FPU after another guest used it. The end of a turn falls into some of these
 * short stretches: the cheapest counts. */
static u64 fpu_first_use(u32 n)
{
	u64 least = ~0ull;

	for (u32 i = 0; i < n; i++) {
		u64 cost;

		send(PING);
		wait_answer();
		cost = count_start();
		use_fpu();
		cost = count_stop() - cost;
		least = MIN(least, cost);
	}
	return least * n;
}

const struct bench device_benches[] = {
	{"mmio_read", 200, mmio_read},
	{"block_read_4k", 50, block_read},
	{NULL, 0, NULL},
};

const struct bench peer_benches[] = {
	{"net_ping", 50, net_ping},
	{"fpu_first_use", 50, fpu_first_use},
	{NULL, 0, NULL},
};
#endif
