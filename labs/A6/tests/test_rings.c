/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtqueue, the device's side (devices/virtio/queue.c), and drivers of all kinds: good chains
 * arrive whole, bad ones break the device and are not taken. Guest memory is an array; what is read
 * of it can be made to change right after it was read.
 */
#include "devices/virtio/virtio.h"

#include <stdio.h>
#include <string.h>

#define RAM	 (256u * 1024u)
#define TABLE	 0x1000u /* of descriptors */
#define AVAIL	 0x2000u
#define USED	 0x3000u
#define SECOND	 0x4000u /* an indirect table */
#define DATA	 0x10000u
#define SIZE	 8u
#define NEXT	 1u
#define WRITE	 2u
#define INDIRECT 4u

struct descriptor {
	u64 addr;
	u32 len;
	u16 flags, next;
};

static u8 ram[RAM];
static pfn_t frames[RAM / PAGE_SIZE]; /* none at hand: every access comes through the doors */
static struct gmem mem = {.ram_pages = RAM / PAGE_SIZE, .frames = frames};
static struct bus bus;
static struct vdev dev;
static struct vq_chain chain;
static unsigned interrupts, reads_of_chain;
static bool driver_changes;
static const char *test, *broken;
static bool failed;

/* ---- What the queue stands on ------------------------------------------------------------- */

bool guest_ram_ok(const struct gmem *m, gpa_t at, u32 len)
{
	(void)m;
	return len <= RAM && at <= RAM - len;
}

bool guest_read(const struct gmem *m, gpa_t at, void *dst, u32 len)
{
	if (!guest_ram_ok(m, at, len))
		return false;
	memcpy(dst, ram + at, len);
	if (at >= TABLE && at < TABLE + SIZE * sizeof(struct descriptor)) {
		reads_of_chain++;
		if (driver_changes) /* what was judged good is not what lies there now */
			memset(ram + at, 0xff, sizeof(struct descriptor));
	}
	return true;
}

bool guest_write(struct gmem *m, gpa_t at, const void *src, u32 len)
{
	if (!guest_ram_ok(m, at, len))
		return false;
	memcpy(ram + at, src, len);
	return true;
}

void vdev_break(struct vdev *d, const char *why)
{
	broken = why;
	d->status |= STATUS_NEEDS_RESET;
}

static void irq(void *ctx, unsigned line)
{
	(void)ctx;
	(void)line;
	interrupts++;
}

static const struct bus_ops bus_ops = {.irq = irq};

/* ---- The driver --------------------------------------------------------------------------- */

static void put16(u32 at, u32 value)
{
	memcpy(ram + at, &(u16){(u16)value}, 2);
}

static u16 get16(u32 at)
{
	u16 value;

	memcpy(&value, ram + at, 2);
	return value;
}

static void describe(u32 table, u32 n, u64 addr, u32 len, u16 flags, u16 next)
{
	struct descriptor d = {addr, len, flags, next};

	memcpy(ram + table + n * sizeof(d), &d, sizeof(d));
}

static void offer(u16 head)
{
	u16 idx = get16(AVAIL + 2);

	put16(AVAIL + 4 + idx % SIZE * 2u, head);
	put16(AVAIL + 2, idx + 1u);
}

static struct vqueue *queue(void)
{
	return &dev.queue[0];
}

static void fresh(const char *name)
{
	test = name;
	failed = false;
	broken = NULL;
	interrupts = reads_of_chain = 0;
	driver_changes = false;
	memset(ram, 0, sizeof(ram));
	memset(frames, 0xff, sizeof(frames));
	bus = (struct bus){.mem = &mem, .ops = &bus_ops, .budget = BUS_BUDGET};
	dev = (struct vdev){.bus = &bus, .accepted = FEATURE_INDIRECT};
	dev.status = STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK;
	queue()->addr[VQ_DESC] = TABLE;
	queue()->addr[VQ_AVAIL] = AVAIL;
	queue()->addr[VQ_USED] = USED;
	queue()->size = SIZE;
	queue()->enabled = true;
	vq_start(&dev, queue());
}

static void expect(const char *what, unsigned long long seen, unsigned long long wanted)
{
	if (seen == wanted || failed)
		return;
	failed = true;
	printf("not ok %s: %s: expected %#llx, seen %#llx\n", test, what, wanted, seen);
}

static void end(void)
{
	if (!failed)
		printf("ok %s\n", test);
}

static bool pop(void)
{
	memset(&chain, 0, sizeof(chain));
	return vq_pop(&dev, queue(), &chain);
}

/* ---- Good drivers ------------------------------------------------------------------------- */

static void good_chain(void)
{
	fresh("good_chain");
	expect("popped of an empty ring", pop(), false);
	describe(TABLE, 7, DATA, 10, NEXT, 2);
	describe(TABLE, 2, DATA + 100, 20, NEXT, 4);
	describe(TABLE, 4, DATA + 200, 30, WRITE, 0x7777);
	offer(7);
	expect("waiting", vq_waiting(&dev, queue()), true);
	expect("popped", pop(), true);
	expect("head", chain.head, 7);
	expect("pieces to read", chain.out_segs, 2);
	expect("pieces to write", chain.in_segs, 1);
	expect("bytes to read", chain.out_len, 30);
	expect("bytes to write", chain.in_len, 30);
	expect("the second piece", chain.seg[1].at, DATA + 100);
	expect("popped twice", pop(), false);
	expect("broken", broken != NULL, false);
	end();
}

static void many_rounds(void)
{
	fresh("many_rounds");
	for (u32 i = 0; i < 70000; i++) { /* the indices go round */
		describe(TABLE, i % SIZE, DATA + i % 100, 4, WRITE, 0);
		offer((u16)(i % SIZE));
		expect("popped", pop(), true);
		expect("address", chain.seg[0].at, DATA + i % 100);
		vq_push(&dev, queue(), &chain, 4);
	}
	expect("the used index", get16(USED + 2), 70000 & 0xffff);
	end();
}

static void given_back(void)
{
	u32 element[2];

	fresh("given_back");
	describe(TABLE, 3, DATA, 64, WRITE, 0);
	describe(TABLE, 5, DATA, 64, WRITE, 0);
	offer(3);
	offer(5);
	expect("popped", pop(), true);
	vq_push(&dev, queue(), &chain, 33);
	expect("popped", pop(), true);
	vq_push(&dev, queue(), &chain, 44);
	expect("the used index", get16(USED + 2), 2);
	memcpy(element, ram + USED + 4, sizeof(element));
	expect("id of the first", element[0], 3);
	expect("length of the first", element[1], 33);
	memcpy(element, ram + USED + 12, sizeof(element));
	expect("id of the second", element[0], 5);
	expect("interrupts before they are asked for", interrupts, 0);
	vq_signal(&dev, queue());
	vq_signal(&dev, queue());
	expect("interrupts for two buffers", interrupts, 1);
	expect("ISR", dev.isr, 1);
	put16(AVAIL, 1); /* the driver does not want any */
	offer(3);
	expect("popped", pop(), true);
	vq_push(&dev, queue(), &chain, 0);
	vq_signal(&dev, queue());
	expect("interrupts that were not wanted", interrupts, 1);
	end();
}

static void indirect(void)
{
	fresh("indirect");
	describe(TABLE, 0, SECOND, 3 * sizeof(struct descriptor), INDIRECT, 0);
	describe(SECOND, 0, DATA, 8, NEXT, 2);
	describe(SECOND, 2, DATA + 8, 16, WRITE | NEXT, 1);
	describe(SECOND, 1, DATA + 64, 16, WRITE, 0);
	offer(0);
	expect("popped", pop(), true);
	expect("pieces", chain.out_segs + chain.in_segs, 3);
	expect("the last piece", chain.seg[2].at, DATA + 64);
	end();
}

/* ---- Bad drivers -------------------------------------------------------------------------- */

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
static void read_once(void)
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
	good_chain();
	many_rounds();
	given_back();
	indirect();
	outside();
	links();
	twice();
	ahead();
	bad_indirect();
	read_once();
	places();
	return 0;
}
