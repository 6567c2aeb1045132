/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attacks by where an instruction lies, and by what happens to its bytes while it is carried out.
 */
#include "guest-stubs/hostile/hostile.h"
#include "guest-stubs/lib/virtio.h"

static u8 page[PAGE_SIZE] ALIGNED(4096);

static void far_call(u32 offset)
{
	struct {
		u32 offset;
		u16 selector;
	} __attribute__((packed)) to = {offset, SELECTOR | 1};

	__asm__ volatile("lcall *%0" : : "m"(to), "a"(HC_FLUSH_ASYNC) : "memory", "cc");
}

/* A hypercall that is the last instruction its segment has: it is carried out, and there is nowhere
 * to return to, since what comes behind it is past the limit. Where the emulator does not look at
 * limits, the far return is found there. */
const char *call_at_segment_end(void)
{
	u32 base = (u32)page, limit = 0x101;

	page[0x100] = 0xcd; /* int $0x1f */
	page[0x101] = 0x1f;
	page[0x102] = 0xcb; /* lret */
	gdt_set(SLOT, base << 16 | limit, (base & 0xff000000) | 0x0040ba00 | (base >> 16 & 0xff));
	CHECK(!probe(far_call, 0x100), "not carried on");
	return NULL;
}

/* The instruction that notifies a device is itself what the device writes over: it was decoded
 * from one reading, so it ends where it ended. */
const char *code_under_device(void)
{
	static const u8 notify[] = {0x66, 0x89, 0x02, 0x90, 0xc3}; /* mov %ax,(%edx); nop; ret */
	struct virtio rng;
	struct virtq q;
	struct virtio_buffer b = {page, 2};
	u32 start, i;

	if (!virtio_open(&rng, VIRTIO_RNG, 0, 0) || !virtq_open(&rng, &q, 0))
		return "no entropy device";
	virtio_start(&rng);
	for (i = 0; i < 100; i++) {
		memcpy(page, notify, sizeof(notify));
		virtq_add(&q, &b, 0, 1);
		__asm__ volatile("call *%0"
				 :
				 : "r"(page), "a"(0), "d"(q.doorbell)
				 : "memory", "cc");
		for (start = clock_ms(); virtq_take(&q, NULL) < 0;)
			CHECK(clock_ms() - start <= PATIENCE, "the device does not answer");
	}
	CHECK(memcmp(page, notify, 2), "the bytes are what they were");
	return NULL;
}

/* QEMU's TCG gets EFLAGS wrong when the last of these faults: what the first ones computed is in
 * the frame, IOPL 3 that is, which nothing may give back to the CPU. */
USER_CODE_BLOB(u_rubbish_flags, "movl $0x00003000, %eax; subl $0, %eax; arpl %sp, %sp;"
				"roll $25, %ebp; rcrl $1, 0xf0000000");

static u32 iopl(void)
{
	u32 flags;

	__asm__ volatile("pushfl; popl %0" : "=r"(flags));
	return flags & EFLAGS_IOPL;
}

const char *rubbish_flags(void)
{
	struct frame f;

	RUN_USER(f, u_rubbish_flags, 0);
	CHECK(f.vector == VECTOR_PF, "no page fault");
	CHECK(!iopl(), "ring 1 has IOPL 3");
	return NULL;
}
