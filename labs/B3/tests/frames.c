/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames: each once, zeroed, RAM that nobody else uses; and given back. */
#include "labs/harness/harness.h"
#include "labs/kernel/memory.h"

#define RAM   (8 * MIB) /* what the tests run with */
#define PAGES (RAM / PAGE_SIZE)

static u32 frames[PAGES];
static u8 owner[PAGES];

static bool is_zero(u32 frame)
{
	const u32 *at = virt(frame);
	u32 i;

	for (i = 0; i < PAGE_SIZE / 4; i++)
		if (at[i])
			return false;
	return true;
}

/* All there are, into frames[]; how many. */
static u32 take_all(void)
{
	u32 n, frame;

	for (n = 0; n < PAGES && (frame = frame_alloc()) != 0; n++) {
		if (!check(frame % PAGE_SIZE == 0 && frame >= phys(kernel_end) && frame < RAM,
			   "a frame between the kernel's end 0x%x and the end of RAM 0x%x, seen "
			   "0x%x",
			   phys(kernel_end), RAM, frame) ||
		    !check(!owner[frame / PAGE_SIZE]++, "a frame that nobody has, seen 0x%x again",
			   frame) ||
		    !check(is_zero(frame), "zeros in the frame 0x%x", frame))
			break;
		frames[n] = frame;
		memset(virt(frame), 0xa5, PAGE_SIZE);
	}
	return n;
}

TEST(b3_frames)
{
	u32 promised = frames_left(), n, i, round;

	for (round = 0; round < 3; round++) {
		n = take_all();
		check(n > PAGES / 2, "more than half of the RAM to be free, seen %u frames", n);
		check_equal("frames that frames_left() promised", promised, n);
		check_equal("the answer when there is none", 0, frame_alloc());
		check_equal("frames that are left", 0, frames_left());
		for (i = n; i; i--) { /* back, in another order */
			u32 other = random_number() % i, last = frames[i - 1];

			frame_free(frames[other]);
			owner[frames[other] / PAGE_SIZE] = 0;
			frames[other] = last;
		}
		check_equal("frames that are left after all came back", promised, frames_left());
		part(round == 0 ? "once" : round == 1 ? "again" : "thrice");
	}
	note(n > PAGES / 2);
}

TEST(b3_free_twice)
{
	u32 frame = frame_alloc();

	printf("b3_free_twice: frame 0x%x\n", frame);
	frame_free(frame);
	frame_free(frame);
}

TEST(b3_free_astray)
{
	frame_free((random_number() & 0xffc) | 0x204); /* no multiple of 4096 */
}

TEST(b3_free_beyond)
{
	frame_free(ram_size()); /* the first that there is not */
}
