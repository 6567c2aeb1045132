/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks for what a predecessor left in its memory, says how much it is, and leaves as much as it
 * can: every word of every page that is not its own program.
 *
 *   then=spin   wait to be killed or restarted     then=restart   start again, for ever
 *   then=clock  wait with an event due in a second  then=disk      wait, again and again asking a
 * disk
 */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/trap.h"
#include "guest-stubs/lib/virtio.h"

#define SECRET 0x5ec2e75eu

static u32 odd_words(volatile u32 *page)
{
	u32 n = 0;

	for (u32 i = 0; i < PAGE_SIZE / 4; i++)
		n += page[i] != 0;
	return n;
}

/* From what page_alloc() gives first up to the end of RAM: nothing else has used it before us. */
static u32 look(u32 first)
{
	u32 n = 0;

	for (u32 at = first; at < ram_bytes(); at += PAGE_SIZE)
		n += odd_words(virt(at));
	return n;
}

static void leave(u32 first)
{
	for (u32 at = first; at < ram_bytes(); at += PAGE_SIZE)
		for (u32 i = 0; i < PAGE_SIZE / 4; i++)
			((volatile u32 *)virt(at))[i] = SECRET;
}

static void ask_disk(void)
{
	static u8 sector[SECTOR];

	if (!vblk_init())
		panic("secret: no disk");
	puts("secret: asking\n");
	for (;;)
		(void)vblk_read(0, 0, sector, 1);
}

void guest_main(void)
{
	u32 first, seen;
	char then[8];

	option("then", then, sizeof(then));
	traps_init();
	paging_init();
	first = page_alloc() + 64 * PAGE_SIZE; /* the disk's queue comes from below */
	seen = look(first);
	if (seen)
		printf("secret: expected nothing of a predecessor, seen %u words of it\n", seen);
	else
		puts("secret: nothing was left to me\n");
	leave(first);
	if (!strcmp(then, "restart"))
		restart();
	if (!strcmp(then, "clock"))
		hcall(HC_SET_CLOCKEVENT, 1000000000u, 0, 0, 0);
	if (!strcmp(then, "disk"))
		ask_disk();
	puts("secret: here\n");
	for (;;)
		;
}
