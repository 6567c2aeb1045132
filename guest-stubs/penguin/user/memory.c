/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory: mappings made, protected, moved, shared and copied on write, every byte verified. */
#include "guest-stubs/penguin/user/user.h"

#define AREA (64 * PAGE)

/* Move an area up in steps, verify after each; cut holes; the rest must stay. */
static void grow_and_cut(u32 seed)
{
	u8 *p = map(0, AREA, PROT_RW, MAP_PRIVATE), *moved;
	u32 size = AREA, i;

	CHECK(p);
	verify_value(p, AREA, 0);
	fill(p, AREA, seed);
	for (i = 0; i < 3; i++, size *= 2) {
		/* Something directly behind makes it move. */
		map((u32)p + size, PAGE, PROT_RW, MAP_PRIVATE | MAP_FIXED);
		moved = remap(p, size, size * 2);
		CHECK(moved && moved != p);
		unmap(p + size, PAGE);
		p = moved;
		verify(p, AREA, seed);
		verify_value(p + size, size, 0);
	}
	p = remap(p, size, AREA); /* shrinks in place */
	CHECK(p == moved);
	verify(p, AREA, seed);
	for (i = 1; i < AREA / PAGE; i += 2)
		CHECK(unmap(p + i * PAGE, PAGE) == 0);
	for (i = 1; i < AREA / PAGE; i += 2)
		CHECK(map((u32)p + i * PAGE, PAGE, PROT_RW, MAP_PRIVATE | MAP_FIXED) ==
		      p + i * PAGE);
	for (i = 0; i < AREA / PAGE; i++) {
		u32 at = i * PAGE / 4, k;

		if (i % 2)
			verify_value(p + i * PAGE, PAGE, 0);
		else
			for (k = 0; k < PAGE / 4; k++)
				CHECK(((u32 *)p)[at + k] == pattern(seed, at + k));
	}
	CHECK(unmap(p, AREA) == 0);
}

/* Protection comes and goes; what was written stays, what is forbidden kills. */
static void protections(u32 seed)
{
	u8 *p = map(0, AREA, PROT_RW, MAP_PRIVATE);
	u32 i;
	s32 pid;

	CHECK(p);
	fill(p, AREA, seed);
	for (i = 0; i < AREA / PAGE; i++)
		CHECK(protect(p + i * PAGE, PAGE, i % 3 == 0 ? PROT_NONE : PROT_READ) == 0);
	for (i = 0; i < 6; i++) {
		pid = fork();
		if (!pid) {
			if (i < 3)
				*(volatile u8 *)(p + i * PAGE) = 1;
			else
				(void)*(volatile u8 *)(p + i * PAGE);
			exit(7);
		}
		expect(pid, i < 4 ? KILLED(SIGSEGV) : EXITED(7));
	}
	CHECK(protect(p, AREA, PROT_RW) == 0);
	verify(p, AREA, seed);
	fill(p, AREA, seed + 1);
	verify(p, AREA, seed + 1);
	unmap(p, AREA);
}

/* Nothing else lies this far below the stack. */
#define STACK_ROOM 0x01000000u

/* Page tables of their own for a few pages each, torn down and built again at once: what was there
 * must not shine through. */
static void scattered(u32 seed)
{
	static const u32 place[] = {0x10000000, 0x103ff000, 0x1f000000, 0x20000000, 0x3fe00000,
				    0x40000000, 0x5ffff000, 0x7f800000, 0x80000000, 0x90000000};
	u32 top = (u32)&seed - STACK_ROOM, places = 0, i; /* programs may have 1 GiB only */

	while (places < ARRAY_LEN(place) && place[places] + 2 * PAGE <= top)
		places++;
	CHECK(places >= 4);
	for (i = 0; i < places; i++) {
		void *p = map(place[i], 2 * PAGE, PROT_RW, MAP_PRIVATE | MAP_FIXED);

		CHECK(p == (void *)place[i]);
		verify_value(p, 2 * PAGE, 0);
		fill(p, 2 * PAGE, seed + i);
	}
	for (i = 0; i < places; i++)
		verify((void *)place[i], 2 * PAGE, seed + i);
	for (i = 0; i < places; i++)
		CHECK(unmap((void *)place[i], 2 * PAGE) == 0);
}

void test_mmap(u32 rounds)
{
	u32 r;

	for (r = 0; r < rounds; r++) {
		grow_and_cut(r + 1);
		protections(r + 11);
		scattered(r + 21);
		scattered(r + 31);
	}
}

/* Parent, child and grandchild write to what they share by copy-on-write, in both orders, and
 * a shared mapping shows everybody's writes. */
static void generations(u8 *p, u32 seed)
{
	volatile u32 *shared = map(0, PAGE, PROT_RW, MAP_SHARED);
	s32 child, grandchild;

	CHECK(shared);
	fill(p, AREA, seed);
	child = fork();
	if (!child) {
		grandchild = fork();
		if (!grandchild) {
			verify(p, AREA, seed);
			fill(p, AREA, seed + 2);
			verify(p, AREA, seed + 2);
			shared[2] = seed;
			exit(2);
		}
		fill(p, AREA / 2, seed + 1);
		expect(grandchild, EXITED(2));
		verify(p, AREA / 2, seed + 1);
		fill(p, AREA, seed);
		verify(p, AREA, seed);
		shared[1] = seed;
		exit(1);
	}
	fill(p, AREA, seed + 3);
	expect(child, EXITED(1));
	verify(p, AREA, seed + 3);
	CHECK(shared[1] == seed && shared[2] == seed && shared[3] == 0);
	unmap((void *)shared, PAGE);
}

/* The kernel writes into a page that is shared copy-on-write: read() into it. */
static void kernel_writes(u8 *p)
{
	s32 fd[2], child;
	u32 seen = 0;

	CHECK(pipe(fd) == 0);
	fill(p, PAGE, 5);
	child = fork();
	if (!child) {
		CHECK(write(fd[1], "COPY", 4) == 4);
		CHECK(read(fd[0], p, 4) == 4);
		exit(p[0] == 'C' && p[3] == 'Y' ? 0 : 1);
	}
	expect(child, EXITED(0));
	verify(p, PAGE, 5);
	close(fd[0]);
	close(fd[1]);
	CHECK(pipe((s32 *)p) == 0);
	seen = *(u32 *)p;
	close((s32)seen);
	close(((s32 *)p)[1]);
}

void test_cow(u32 rounds)
{
	u8 *p = map(0, AREA, PROT_RW, MAP_PRIVATE);
	u32 r;

	CHECK(p);
	for (r = 0; r < rounds; r++) {
		generations(p, 100 * r + 1);
		kernel_writes(p);
	}
	unmap(p, AREA);
}

/* `rounds` MiB are filled and verified twice, once backwards: more than there is RAM, where the
 * system swaps. */
void test_memory(u32 rounds)
{
	const u32 mib = 1u << 20;
	u8 *p = map(0, rounds * mib, PROT_RW, MAP_PRIVATE);
	u32 i;

	CHECK(p);
	for (i = 0; i < rounds; i++)
		fill(p + i * mib, mib, i);
	for (i = rounds; i--;)
		verify(p + i * mib, mib, i);
	for (i = 0; i < rounds; i++) {
		verify(p + i * mib, mib, i);
		fill(p + i * mib, mib, i + 1000);
	}
	for (i = 0; i < rounds; i++)
		verify(p + i * mib, mib, i + 1000);
	unmap(p, rounds * mib);
}

/* A child takes memory without end: it is killed, and nobody else. */
void test_oom(u32 rounds)
{
	u8 *mine = map(0, AREA, PROT_RW, MAP_PRIVATE);
	u32 r, n;

	CHECK(mine);
	fill(mine, AREA, 77);
	for (r = 0; r < rounds; r++) {
		s32 pid = fork();

		if (!pid)
			for (n = 0;; n++) {
				u8 *p = map(0, 1u << 20, PROT_RW, MAP_PRIVATE);

				if (!p)
					exit(3); /* refused instead: not what is tested */
				fill(p, 1u << 20, n);
			}
		expect(pid, KILLED(SIGKILL));
		verify(mine, AREA, 77);
	}
	unmap(mine, AREA);
}
