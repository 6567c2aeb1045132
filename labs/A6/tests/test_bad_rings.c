/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drivers that break the rules: the device breaks with its reason, and their chains are not taken.
 */
#include "labs/A6/tests/test_rings.h"

/* The device breaks, and says why; the chain was not taken. */
static void refused(const char *why)
{
	u16 taken = queue()->next_avail;

	if (pop() || !broken) {
		failed = true;
		printf("not ok %s: expected that the device breaks: \"%s\", seen that it goes on\n",
		       test, why);
	} else if (strcmp(broken, why) && !failed) {
		failed = true;
		printf("not ok %s: expected \"%s\", seen \"%s\"\n", test, why, broken);
	}
	expect("taken all the same", queue()->next_avail, taken);
}

static void one(u64 addr, u32 len, u16 flags, u16 next, const char *why)
{
	fresh(test);
	describe(TABLE, 0, addr, len, flags, next);
	offer(0);
	refused(why);
}

static void outside(void)
{
	static const struct {
		u64 addr;
		u32 len;
	} bad[] = {
		{RAM, 1},
		{RAM - 8, 16},
		{0xfffffff0u, 0x20},
		{0x100000000ull | DATA, 16},
		{DATA, 0xffffffffu},
	};
	bool any = false;

	test = "outside";
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		one(bad[i].addr, bad[i].len, WRITE, 0, "buffer outside RAM");
		any |= failed;
	}
	failed = any;
	end();
}

static void links(void)
{
	bool any = false;

	test = "links";
	one(DATA, 16, NEXT, SIZE, "descriptor index too large");
	any |= failed;
	one(DATA, 16, NEXT, 0xffff, "descriptor index too large");
	any |= failed;
	one(DATA, 16, NEXT | WRITE, 0, "descriptor chain too long"); /* to itself */
	any |= failed;
	fresh(test);
	describe(TABLE, 0, DATA, 16, NEXT | WRITE, 1);
	describe(TABLE, 1, DATA, 16, 0, 0);
	offer(0);
	refused("readable descriptor after a writable one");
	any |= failed;
	fresh(test);
	offer(SIZE);
	refused("descriptor index too large");
	failed |= any;
	end();
}

static void twice(void)
{
	fresh("twice");
	describe(TABLE, 0, DATA, 16, WRITE, 0);
	offer(0);
	offer(0);
	expect("popped", pop(), true);
	refused("buffer offered twice");
	end();
}

static void ahead(void)
{
	fresh("ahead");
	put16(AVAIL + 2, SIZE + 1);
	refused("available index ran ahead");
	end();
}

static void bad_indirect(void)
{
	const u32 entry = sizeof(struct descriptor);
	bool any = false;

	test = "bad_indirect";
	one(SECOND, entry, INDIRECT | NEXT, 1, "indirect descriptor inside a chain");
	any |= failed;
	one(SECOND, entry + 1, INDIRECT, 0, "bad length of an indirect table");
	any |= failed;
	one(SECOND, (SIZE + 1) * entry, INDIRECT, 0, "bad length of an indirect table");
	any |= failed;
	one(RAM - 8, entry, INDIRECT, 0, "indirect table outside RAM");
	any |= failed;
	fresh(test);
	describe(TABLE, 0, SECOND, 2 * entry, INDIRECT, 0);
	describe(SECOND, 0, SECOND, entry, INDIRECT, 0); /* a table in a table */
	offer(0);
	refused("indirect descriptor inside a chain");
	any |= failed;
	fresh(test);
	dev.accepted = 0;
	describe(TABLE, 0, SECOND, entry, INDIRECT, 0);
	offer(0);
	refused("indirect descriptor not negotiated");
	failed |= any;
	end();
}

/* Each descriptor is read once: what a driver does to it behind that is too late. */
static void once_only(void)
{
	fresh("read_once");
	driver_changes = true;
	describe(TABLE, 0, DATA, 16, NEXT, 1);
	describe(TABLE, 1, DATA + 32, 16, WRITE, 0);
	offer(0);
	expect("popped", pop(), true);
	expect("descriptors read", reads_of_chain, 2);
	expect("the first piece", chain.seg[0].at, DATA);
	expect("the second piece", chain.seg[1].at, DATA + 32);
	end();
}

static void bad_place(u32 table, u32 available, u32 used, u32 high, const char *why)
{
	const char *said;

	queue()->addr[VQ_DESC] = table;
	queue()->addr[VQ_AVAIL] = available;
	queue()->addr[VQ_USED] = used;
	queue()->addr[VQ_DESC_HI] = high;
	said = vq_check(&dev, queue());
	if (failed || (!said && !why) || (said && why && !strcmp(said, why)))
		return;
	failed = true;
	printf("not ok places: table %#x, available %#x, used %#x: expected \"%s\", seen \"%s\"\n",
	       table, available, used, why ? why : "good", said ? said : "good");
}

static void places(void)
{
	fresh("places");
	bad_place(TABLE, AVAIL, USED, 0, NULL);
	bad_place(TABLE, TABLE + 128, TABLE + 256, 0, NULL); /* right behind each other */
	bad_place(TABLE, AVAIL, USED, 1, "queue above 4 GiB");
	bad_place(TABLE + 8, AVAIL, USED, 0, "queue misaligned");
	bad_place(TABLE, AVAIL + 1, USED, 0, "queue misaligned");
	bad_place(TABLE, AVAIL, USED + 2, 0, "queue misaligned");
	bad_place(RAM - 64, AVAIL, USED, 0, "queue outside RAM");
	bad_place(TABLE, RAM - 16, USED, 0, "queue outside RAM");
	bad_place(TABLE, AVAIL, 0xfffffff0u, 0, "queue outside RAM");
	bad_place(TABLE, AVAIL, TABLE + 120, 0, "queue parts overlap");
	bad_place(TABLE, USED + 8, USED, 0, "queue parts overlap");
	bad_place(TABLE, TABLE, USED, 0, "queue parts overlap");
	end();
}

int main(void)
{
	setbuf(stdout, NULL);
	outside();
	links();
	twice();
	ahead();
	bad_indirect();
	once_only();
	places();
	return 0;
}
