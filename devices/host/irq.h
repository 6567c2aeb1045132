/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupt controller (pic.c), and who is called at an interrupt (irq.c). For drivers of the
 * machine, and for what takes interrupts in hv/.
 */
#ifndef DEVICES_HOST_IRQ_H
#define DEVICES_HOST_IRQ_H

#include "lib/base.h"

#define HOST_IRQ_BASE 0x20 /* vectors 0x20..0x2f */
#define HOST_IRQS     16
_Static_assert(HOST_IRQ_BASE % 8 == 0, "8259A: the low three bits are the line's");
_Static_assert(HOST_IRQ_BASE >= 32, "SDM vol. 3, 6.2: below are exceptions");

void pic_init(void); /* remap, all masked, ELCR left alone */
void pic_mask(unsigned irq);
void pic_unmask(unsigned irq);
/* An interrupt was taken. False: spurious (IRQ 7 or 15 with nothing in service), to be ignored;
 * everything due has been done then. True: pic_eoi() must follow when the device is served. */
bool pic_ack(unsigned irq);
void pic_eoi(unsigned irq);
bool pic_pending(unsigned irq); /* raised, not taken yet */
/* Use the I/O APIC instead, since nothing comes. False: there is none; all stays as it was. */
bool pic_replace(void);
const char *pic_name(void);
bool pic_level(unsigned irq); /* level-triggered: it comes again until its device is quiet */

/* True: the line was raised by this handler's device, which is served now. */
typedef bool host_irq_fn(void *ctx);
/* Several handlers may share a line. HV_NOMEM when the table is full, HV_BADARG for no such line.
 * Unmasks the line. */
enum hv_status host_irq_register(unsigned irq, host_irq_fn *fn, void *ctx);
unsigned host_irq_handlers(unsigned irq); /* how many are registered for it */
/* Acknowledge and run the handlers of a vector that was taken; counts strays. A line that comes
 * again and again for nobody is masked for good. */
void host_irq_dispatch(unsigned vector);
void host_irq_take(void); /* those that wait, now: for code that runs with interrupts off */
extern u32 host_irq_spurious, host_irq_stray; /* nothing in service; nobody registered */

#endif
