/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A3: the ring of calls. What was carried out is seen by LSL, which reads the limit of a
 * descriptor. */
#include "labs/check.h"

#define SLOT	 20u
#define DATA_HI	 0x0040b200u /* present, DPL 1, writable data, limit in bytes */
#define SELECTOR (SLOT * 8 + 1)

static u32 next;

static void queue(u32 number, u32 ebx, u32 ecx, u32 edx)
{
	volatile struct lguest_data *d = &lguest_data;

	d->hcalls[next].arg[0] = number;
	d->hcalls[next].arg[1] = ebx;
	d->hcalls[next].arg[2] = ecx;
	d->hcalls[next].arg[3] = edx;
	d->hcall_status[next] = LHCALL_READY;
	next = (next + 1) % LHCALL_RING_SIZE;
}

static void queue_limit(u32 limit)
{
	queue(HC_LOAD_GDT_ENTRY, SLOT, limit, DATA_HI);
}

static u32 limit(void)
{
	u32 found = ~0u;

	__asm__ volatile("lsll %1, %0" : "+r"(found) : "r"(SELECTOR) : "cc");
	return found;
}

static void flush(void)
{
	hcall(HC_FLUSH_ASYNC, 0, 0, 0, 0);
}

static u32 slots_free(void)
{
	u32 n = 0;

	for (u32 i = 0; i < LHCALL_RING_SIZE; i++)
		n += *(volatile u8 *)&lguest_data.hcall_status[i] == LHCALL_FREE;
	return n;
}

static void order(void)
{
	u32 first;

	queue_limit(1);
	queue_limit(2);
	queue_limit(3);
	/* A call of its own comes behind them. */
	hcall(HC_LOAD_GDT_ENTRY, SLOT + 1, 0, 0, 0);
	first = limit();
	queue_limit(4);
	hcall(HC_LOAD_GDT_ENTRY, SLOT, 5, DATA_HI, 0);
	CHECK_ALL("order", {"the limit after three queued loads", first, 3},
		  {"the limit after a queued and a direct one", limit(), 5});
}

static void wraps(void)
{
	for (u32 i = 0; i < 10; i++) {
		for (u32 n = 0; n < 17; n++)
			queue_limit(100 * i + n);
		flush();
		if (limit() != 100 * i + 16) {
			check_eq("wraps", limit(), 100 * i + 16);
			return;
		}
	}
	puts("ok wraps\n");
}

static void stops_at_free(void)
{
	u32 between;

	queue_limit(0x700);
	next = (next + 1) % LHCALL_RING_SIZE; /* stays free */
	queue_limit(0x701);
	flush();
	between = limit();
	next = (next + LHCALL_RING_SIZE - 2) % LHCALL_RING_SIZE;
	queue_limit(0x702);
	flush();
	CHECK_ALL("stops-at-free", {"the limit at the free slot", between, 0x700},
		  {"the limit when that slot is taken too", limit(), 0x701});
}

void guest_main(void)
{
	u32 bad = option_u32("bad", 0);

	if (bad) {
		queue_limit(1);
		queue(bad, 0, 0, 0);
		flush();
		puts("not ok: it went on\n");
		power_off();
	}
	order();
	check_eq("freed", slots_free(), LHCALL_RING_SIZE);
	wraps();
	stops_at_free();
	power_off();
}
