/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drivers that keep the rules: their chains arrive whole, and come back. */
#include "labs/A6/tests/test_rings.h"

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

int main(void)
{
	setbuf(stdout, NULL);
	good_chain();
	many_rounds();
	given_back();
	indirect();
	return 0;
}
