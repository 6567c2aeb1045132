/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers of the machine's interrupt lines. A line may be shared: then each handler asks its
 * own device. The table belongs to this file and only grows. */
#include "devices/host/irq.h"
#include "lib/log.h"
#include "lib/x86.h"

#define HANDLERS 32 /* timer, clock, serial, keyboard; every disk channel and card */

static struct handler {
	host_irq_fn *fn;
	void *ctx;
	unsigned irq;
} handlers[HANDLERS];
static unsigned handler_count;

/* A device that nobody quietens keeps its level-triggered line up, and the same interrupt comes as
 * often as it is taken. So many for nobody in excess of those for somebody, and the line is masked.
 */
#define UNCLAIMED_MOST 1000u

static u32 unclaimed[HOST_IRQS];

u32 host_irq_spurious, host_irq_stray;

enum hv_status host_irq_register(unsigned irq, host_irq_fn *fn, void *ctx)
{
	if (irq >= HOST_IRQS)
		return HV_BADARG;
	if (handler_count == HANDLERS)
		return HV_NOMEM;
	handlers[handler_count++] = (struct handler){fn, ctx, irq};
	pic_unmask(irq);
	return HV_OK;
}

unsigned host_irq_handlers(unsigned irq)
{
	unsigned n = 0;

	for (unsigned i = 0; i < handler_count; i++)
		n += handlers[i].irq == irq;
	return n;
}

static void count_unclaimed(unsigned irq, bool claimed)
{
	if (claimed) {
		unclaimed[irq] -= unclaimed[irq] != 0;
		return;
	}
	if (++unclaimed[irq] < UNCLAIMED_MOST)
		return;
	unclaimed[irq] = 0;
	if (!pic_level(irq))
		return; /* served before its interrupt came: edges are not repeated */
	pic_mask(irq);
	log_line(LOG_ERROR, NULL,
		 "interrupt line %u: %u times for no device that is known here; it is off now", irq,
		 UNCLAIMED_MOST);
}

void host_irq_dispatch(unsigned vector)
{
	unsigned irq = vector - HOST_IRQ_BASE;
	bool served = false, claimed = false;

	/* What an earlier system left in the local APIC has any number, and is no line's. */
	if (irq >= HOST_IRQS || !handler_count)
		return;
	if (!pic_ack(irq)) {
		host_irq_spurious++;
		return;
	}
	for (unsigned i = 0; i < handler_count; i++) {
		if (handlers[i].irq != irq)
			continue;
		claimed |= handlers[i].fn(handlers[i].ctx);
		served = true;
	}
	if (!served) {
		host_irq_stray++;
		pic_mask(irq); /* nobody would quieten a level-triggered line */
	} else {
		count_unclaimed(irq, claimed);
	}
	pic_eoi(irq);
}

void host_irq_take(void)
{
	irq_enable(); /* takes effect behind the next instruction (SDM vol. 2, STI) */
	__asm__ volatile("nop");
	irq_disable();
}
