/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers of the machine's interrupt lines. A line may be shared: then each handler asks its
 * own device. The table belongs to this file and only grows. */
#include "devices/host/irq.h"

#define HANDLERS 32 /* timer, clock, serial, keyboard; every disk channel and card */

static struct handler {
	host_irq_fn *fn;
	void *ctx;
	unsigned irq;
} handlers[HANDLERS];
static unsigned handler_count;

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

void host_irq_dispatch(unsigned vector)
{
	unsigned irq = vector - HOST_IRQ_BASE;
	bool served = false;

	if (irq >= HOST_IRQS)
		return;
	if (!pic_ack(irq)) {
		host_irq_spurious++;
		return;
	}
	for (unsigned i = 0; i < handler_count; i++) {
		if (handlers[i].irq != irq)
			continue;
		handlers[i].fn(handlers[i].ctx);
		served = true;
	}
	if (!served) {
		host_irq_stray++;
		pic_mask(irq); /* nobody would quieten a level-triggered line */
	}
	pic_eoi(irq);
}
