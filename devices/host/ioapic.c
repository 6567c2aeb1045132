/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The I/O APIC (Intel 82093AA data sheet, 290566). A line of ours is one of the 8259A's sixteen, as
 * the BIOS has written it into PCI's configuration space too. What arrives at which input is told
 * by the MADT or the MP table; several inputs may be one line, they have its vector then.
 */
#include "devices/host/ioapic.h"
#include "devices/host/apic.h"
#include "devices/host/board/board.h"
#include "devices/host/elcr.h"
#include "devices/host/irq.h"
#include "devices/host/mmio.h"
#include "devices/host/pci.h"
#include "lib/x86.h"
#include "mm/host.h"

#define SELECT	    0x00u
#define WINDOW	    0x10u
#define BYTES	    0x20u
#define REG_VERSION 0x01u /* the highest entry in bits 16 to 23 */
#define REG_ENTRY   0x10u /* two words each */
#define ENTRY_LOW   0x2000u
#define ENTRY_IRR   0x4000u /* taken by the CPU, not yet ended */
#define ENTRY_LEVEL 0x8000u
#define ENTRY_MASK  0x10000u
#define DEST_SHIFT  24u
#define ENTRIES_MAX 240u

/* MP specification 3.6.2.1: the switch of old boards between their two kinds of interrupts. */
#define IMCR_SELECT 0x22
#define IMCR_DATA   0x23
#define IMCR	    0x70
#define IMCR_APIC   0x01

#define INPUTS (BOARD_ISA_IRQS + BOARD_PCI_ROUTES)
_Static_assert(BOARD_ISA_IRQS == HOST_IRQS, "lines are those of ISA");
_Static_assert(WINDOW + 4 <= BYTES, "82093AA, 3.0: two registers");

static struct {
	bool used;
	volatile u8 *at[BOARD_IOAPICS];
	u32 inputs;
	struct {
		volatile u8 *at;
		u32 entry;
		u8 irq;
		bool level, low;
	} input[INPUTS];
} io;

static u32 read(volatile u8 *at, u32 reg)
{
	mmio_write32(at, SELECT, reg);
	return mmio_read32(at, WINDOW);
}

static void write(volatile u8 *at, u32 reg, u32 value)
{
	mmio_write32(at, SELECT, reg);
	mmio_write32(at, WINDOW, value);
}

static u32 entries(volatile u8 *at)
{
	u32 version = read(at, REG_VERSION);

	return version == ~0u ? 0 : MIN((version >> 16 & 0xffu) + 1, ENTRIES_MAX);
}

/* This input is that line. An input is one line's only, the first one's that asked. */
static void add(const struct irq_input *in, unsigned irq)
{
	for (u32 i = 0; i < board.ioapics; i++) {
		u32 n = in->gsi - board.ioapic[i].gsi_base;

		if (!io.at[i] || n >= entries(io.at[i]))
			continue;
		for (u32 k = 0; k < io.inputs; k++)
			if (io.input[k].at == io.at[i] && io.input[k].entry == n)
				return;
		io.input[io.inputs].at = io.at[i];
		io.input[io.inputs].entry = n;
		io.input[io.inputs].irq = (u8)irq;
		io.input[io.inputs].level = in->level;
		io.input[io.inputs++].low = in->low;
		return;
	}
}

/* Lines of PCI are level-triggered and low (PCI Local Bus 2.3, 2.2.6). */
static bool add_function(void *ctx UNUSED, const struct host_function *f)
{
	for (u32 i = 0; i < board.pci_routes; i++)
		if (board.pci[i].bus == f->bus && board.pci[i].dev == f->dev &&
		    board.pci[i].pin + 1 == f->irq_pin && f->irq_line && f->irq_line < HOST_IRQS &&
		    io.inputs < INPUTS)
			add(&(struct irq_input){board.pci[i].gsi, true, true}, f->irq_line);
	return true;
}

/* Where the tables do not say that a line is level-triggered the ELCR may. */
static void add_isa(void)
{
	for (unsigned irq = 0; irq < HOST_IRQS; irq++) {
		struct irq_input in = board.isa[irq];

		in.level |= in.gsi == irq && elcr_level(irq);
		if (irq != 2) /* the cascade, no line */
			add(&in, irq);
	}
}

bool ioapic_take_over(void)
{
	if (!board.interrupts || !apic_open())
		return false;
	for (u32 i = 0; i < board.ioapics; i++) {
		if (frame_overlaps_ram(board.ioapic[i].address,
				       (u64)board.ioapic[i].address + BYTES))
			continue; /* the table is wrong */
		io.at[i] = host_map_device(board.ioapic[i].address, BYTES, CACHE_UC);
		for (u32 n = 0; io.at[i] && n < entries(io.at[i]); n++)
			write(io.at[i], REG_ENTRY + 2 * n, ENTRY_MASK);
	}
	add_isa();
	pcihost_scan(add_function, NULL);
	if (!io.inputs)
		return false;
	if (board.imcr) {
		outb(IMCR_SELECT, IMCR);
		outb(IMCR_DATA, IMCR_APIC);
	}
	io.used = true;
	for (u32 i = 0; i < io.inputs; i++)
		write(io.input[i].at, REG_ENTRY + 2 * io.input[i].entry + 1,
		      apic_id() << DEST_SHIFT);
	return true;
}

bool ioapic_used(void)
{
	return io.used;
}

void ioapic_mask(unsigned irq, bool masked)
{
	for (u32 i = 0; i < io.inputs; i++)
		if (io.input[i].irq == irq)
			write(io.input[i].at, REG_ENTRY + 2 * io.input[i].entry,
			      (HOST_IRQ_BASE + irq) | (io.input[i].level ? ENTRY_LEVEL : 0) |
				      (io.input[i].low ? ENTRY_LOW : 0) |
				      (masked ? ENTRY_MASK : 0));
}

bool ioapic_level(unsigned irq)
{
	for (u32 i = 0; i < io.inputs; i++)
		if (io.input[i].irq == irq && io.input[i].level)
			return true;
	return false;
}

bool ioapic_pending(unsigned irq)
{
	for (u32 i = 0; i < io.inputs; i++)
		if (io.input[i].irq == irq &&
		    read(io.input[i].at, REG_ENTRY + 2 * io.input[i].entry) & ENTRY_IRR)
			return true;
	return apic_requested(HOST_IRQ_BASE + irq);
}
