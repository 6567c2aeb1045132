/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two 8259A interrupt controllers (Intel 8259A data sheet, 231468). Edge or level is a
 * matter of the board's ELCR, which is left as the BIOS programmed it. Where they reach no CPU the
 * I/O APIC takes their lines over (pic_replace). */
#include "devices/host/apic.h"
#include "devices/host/elcr.h"
#include "devices/host/ioapic.h"
#include "devices/host/irq.h"
#include "lib/x86.h"

#define MASTER_CMD  0x20
#define MASTER_DATA 0x21
#define SLAVE_CMD   0xa0
#define SLAVE_DATA  0xa1

#define ICW1	     0x11 /* initialise, cascade, ICW4 follows */
#define ICW3_MASTER  0x04 /* slave on line 2 */
#define ICW3_SLAVE   0x02
#define ICW4	     0x01 /* 8086 mode, normal EOI */
#define OCW2_EOI     0x60 /* specific: the line in the low three bits */
#define OCW3_IRR     0x0a /* the next read of the command port gives the request register, */
#define OCW3_ISR     0x0b /* or the in-service register */
#define CASCADE_LINE 2u
#define SPURIOUS     0x80u /* line 7 of either chip */

static u16 mask = 0xffff & ~(1u << CASCADE_LINE);

static void write_mask(void)
{
	outb(MASTER_DATA, (u8)mask);
	outb(SLAVE_DATA, (u8)(mask >> 8));
}

static void init_chip(u16 cmd, u16 data, u8 base, u8 icw3)
{
	outb(cmd, ICW1);
	io_wait();
	outb(data, base);
	io_wait();
	outb(data, icw3);
	io_wait();
	outb(data, ICW4);
	io_wait();
}

void pic_init(void)
{
	init_chip(MASTER_CMD, MASTER_DATA, HOST_IRQ_BASE, ICW3_MASTER);
	init_chip(SLAVE_CMD, SLAVE_DATA, HOST_IRQ_BASE + 8, ICW3_SLAVE);
	write_mask();
}

void pic_mask(unsigned irq)
{
	if (irq == CASCADE_LINE)
		return; /* it is eight lines */
	mask |= (u16)(1u << irq);
	if (ioapic_used())
		ioapic_mask(irq, true);
	else
		write_mask();
}

void pic_unmask(unsigned irq)
{
	mask &= (u16) ~(1u << irq);
	if (ioapic_used())
		ioapic_mask(irq, false);
	else
		write_mask();
}

static bool in_service(u16 cmd)
{
	outb(cmd, OCW3_ISR);
	return inb(cmd) & SPURIOUS;
}

bool pic_ack(unsigned irq)
{
	if (ioapic_used())
		return apic_in_service(HOST_IRQ_BASE + irq);
	if (irq == 7)
		return in_service(MASTER_CMD);
	if (irq == 15 && !in_service(SLAVE_CMD)) {
		/* The slave has nothing, but the master took its cascade line in earnest. */
		outb(MASTER_CMD, OCW2_EOI | CASCADE_LINE);
		return false;
	}
	return true;
}

bool pic_level(unsigned irq)
{
	return ioapic_used() ? ioapic_level(irq) : elcr_level(irq);
}

bool pic_pending(unsigned irq)
{
	u16 cmd = irq >= 8 ? SLAVE_CMD : MASTER_CMD;

	if (ioapic_used())
		return ioapic_pending(irq);
	outb(cmd, OCW3_IRR);
	return inb(cmd) & 1u << (irq & 7u);
}

void pic_eoi(unsigned irq)
{
	if (ioapic_used()) {
		apic_eoi();
		return;
	}
	if (irq >= 8)
		outb(SLAVE_CMD, OCW2_EOI | (irq & 7u));
	outb(MASTER_CMD, OCW2_EOI | (irq >= 8 ? CASCADE_LINE : irq));
}

bool pic_replace(void)
{
	outb(MASTER_DATA, 0xff);
	outb(SLAVE_DATA, 0xff);
	if (!ioapic_take_over()) {
		write_mask();
		return false;
	}
	/* Line 0 has the local APIC's timer. */
	for (unsigned irq = 1; irq < HOST_IRQS; irq++)
		if (!(mask & 1u << irq))
			ioapic_mask(irq, false);
	return true;
}

const char *pic_name(void)
{
	return ioapic_used() ? "I/O APIC" : "8259A";
}
