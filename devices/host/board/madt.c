/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interrupt controllers as ACPI describes them: MADT (ACPI specification 6.4, 5.2.12). */
#include "devices/host/board/tables.h"

#define ENTRIES	       44u
#define TYPE_CPU       0u
#define TYPE_IOAPIC    1u
#define TYPE_OVERRIDE  2u
#define CPU_FLAGS      4u
#define CPU_ENABLED    0x1u
#define IOAPIC_ID      2u
#define IOAPIC_ADDRESS 4u
#define IOAPIC_BASE    8u
#define OVERRIDE_BUS   2u /* 0: ISA, and there is no other */
#define OVERRIDE_IRQ   3u
#define OVERRIDE_GSI   4u
#define OVERRIDE_FLAGS 8u
#define POLARITY_LOW   0x3u /* MPS INTI flags; 0: as is usual for the bus, high and edge for ISA */
#define TRIGGER_LEVEL  0xcu
#define GSI_MOST       1024u

static const u8 entry_bytes[] = {[TYPE_CPU] = 8, [TYPE_IOAPIC] = 12, [TYPE_OVERRIDE] = 10};

static void note_ioapic(const u8 *e, struct board *b)
{
	u32 address = table_u32(e + IOAPIC_ADDRESS), base = table_u32(e + IOAPIC_BASE);

	if (b->ioapics == BOARD_IOAPICS || address < MIB(1) || address % 16 || base > GSI_MOST)
		return;
	b->ioapic[b->ioapics].address = address;
	b->ioapic[b->ioapics].gsi_base = base;
	b->ioapic[b->ioapics++].id = e[IOAPIC_ID];
}

static void note_entry(const u8 *e, struct board *b)
{
	u16 flags;

	if (e[0] == TYPE_CPU) {
		b->cpus += table_u32(e + CPU_FLAGS) & CPU_ENABLED;
	} else if (e[0] == TYPE_IOAPIC) {
		note_ioapic(e, b);
	} else if (e[OVERRIDE_BUS] == 0 && e[OVERRIDE_IRQ] < BOARD_ISA_IRQS &&
		   table_u32(e + OVERRIDE_GSI) <= GSI_MOST) {
		flags = table_u16(e + OVERRIDE_FLAGS);
		b->isa[e[OVERRIDE_IRQ]] = (struct irq_input){
			table_u32(e + OVERRIDE_GSI), (flags & TRIGGER_LEVEL) == TRIGGER_LEVEL,
			(flags & POLARITY_LOW) == POLARITY_LOW};
	}
}

void board_interrupts(const struct firmware *f, struct board *b)
{
	u32 len;
	const u8 *p = acpi_table(f, "APIC", 0, &len);

	if (!p || len < ENTRIES || !table_sum_ok(p, len))
		return;
	for (u32 at = ENTRIES; at + 2 <= len; at += p[at + 1]) {
		if (p[at + 1] < 2 || p[at + 1] > len - at)
			break; /* what follows has no place */
		if (p[at] < ARRAY_LEN(entry_bytes) && p[at + 1] >= entry_bytes[p[at]])
			note_entry(p + at, b);
	}
	if (b->ioapics)
		b->interrupts = "MADT";
}
