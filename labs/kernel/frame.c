/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames: a map with one bit a page of RAM. */
#include "labs/kernel/memory.h"

#define RAM_MAX	 (256 * MIB)
#define FRAMES	 (RAM_MAX / PAGE_SIZE)
#define RAM_SIZE (BP_E820_MAP + 8) /* in boot_params: the length of the first block of RAM */
#define JUNK	 0xdd /* what a frame that was given back holds: whoever still uses it will see */

static u32 taken[FRAMES / 32]; /* a bit each */
static u32 frames, left, next; /* next: where to look first */

u32 ram_size(void)
{
	return MIN(*(u32 *)virt(RAM_SIZE), RAM_MAX);
}

static bool is_taken(u32 n)
{
	return taken[n / 32] >> n % 32 & 1;
}

/* All below the end of the kernel is in use: boot_params, the command line, the kernel itself. */
void frames_init(void)
{
	u32 n;

	frames = ram_size() / PAGE_SIZE;
	for (n = 0; n < phys(kernel_end) / PAGE_SIZE; n++)
		taken[n / 32] |= 1u << n % 32;
	left = frames - n;
	next = n;
}

u32 frame_alloc(void)
{
	u32 flags = interrupts_off(), n = 0;

	if (left) {
		for (n = next; is_taken(n); n = (n + 1) % frames)
			;
		taken[n / 32] |= 1u << n % 32;
		next = (n + 1) % frames;
		left--;
		memset(virt(n * PAGE_SIZE), 0, PAGE_SIZE);
	}
	interrupts_restore(flags);
	return n * PAGE_SIZE;
}

void frame_free(u32 frame)
{
	u32 flags = interrupts_off(), n = frame / PAGE_SIZE;

	if (frame % PAGE_SIZE || n >= frames)
		panic("frame_free(0x%x): that is no frame of RAM", frame);
	if (!is_taken(n))
		panic("frame_free(0x%x): this frame is free already", frame);
	memset(virt(frame), JUNK, PAGE_SIZE);
	taken[n / 32] &= ~(1u << n % 32);
	left++;
	interrupts_restore(flags);
}

u32 frames_left(void)
{
	return left;
}
