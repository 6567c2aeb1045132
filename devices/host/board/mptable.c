/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupt controllers as the MP table describes them (Intel MultiProcessor specification
 * 1.4, chapters 4 and 5). It is older than the MADT and goes behind it, but it alone says where the
 * lines of PCI arrive: what ACPI says of that is a program.
 */
#include "devices/host/board/tables.h"

#include "lib/string.h"

#define POINTER_BYTES	 16u
#define POINTER_TABLE	 4u
#define POINTER_DEFAULT	 11u /* 1..7: one of the default configurations, without a table */
#define POINTER_FEATURES 12u
#define FEATURE_IMCR	 0x80u
#define BASE_MEMORY_END	 0x9fc00u /* the last KiB of 640 */
#define BIOS_AREA	 0xf0000u
#define BIOS_BYTES	 KIB(64)

#define TABLE_BYTES 44u
#define TABLE_LEN   4u

enum { MP_CPU, MP_BUS, MP_IOAPIC, MP_INTERRUPT, MP_LOCAL, MP_TYPES };
static const u8 entry_bytes[MP_TYPES] = {20, 8, 8, 8, 8};

#define CPU_FLAGS      3u
#define IOAPIC_FLAGS   3u
#define ENABLED	       0x1u
#define IOAPIC_ADDRESS 4u
#define DEFAULT_IOAPIC 0xfec00000u

#define INT_TYPE      1u /* 0: by a vector */
#define INT_FLAGS     2u
#define INT_BUS	      4u
#define INT_SOURCE    5u /* ISA: the line; PCI: device << 2 | pin */
#define INT_IOAPIC    6u
#define INT_INPUT     7u
#define POLARITY_LOW  0x3u
#define TRIGGER_LEVEL 0xcu

#define BUSES 256u

struct parsed {
	struct board *b;
	bool madt; /* has said the rest already */
	enum { BUS_NONE, BUS_ISA, BUS_PCI } bus[BUSES];
};

static void note_bus(struct parsed *m, const u8 *e)
{
	if (memcmp(e + 2, "PCI", 3) == 0)
		m->bus[e[1]] = BUS_PCI;
	else if (memcmp(e + 2, "ISA", 3) == 0 || memcmp(e + 2, "EISA", 4) == 0)
		m->bus[e[1]] = BUS_ISA;
}

static void add_ioapic(struct board *b, u8 id, u32 address, u32 base)
{
	if (b->ioapics == BOARD_IOAPICS || address < MIB(1) || address % 16)
		return;
	b->ioapic[b->ioapics].address = address;
	b->ioapic[b->ioapics].gsi_base = base;
	b->ioapic[b->ioapics++].id = id;
}

/* Inputs are numbered over all I/O APICs in the order of the table; how many a further one has is
 * not in it, so only the first can be used without the MADT. */
static bool input_gsi(const struct board *b, u8 id, u8 input, u32 *gsi)
{
	for (u32 i = 0; i < b->ioapics; i++)
		if (b->ioapic[i].id == id) {
			*gsi = b->ioapic[i].gsi_base + input;
			return true;
		}
	return false;
}

static void note_interrupt(struct parsed *m, const u8 *e)
{
	struct board *b = m->b;
	u16 flags = table_u16(e + INT_FLAGS);
	u32 gsi;

	if (e[INT_TYPE] || !input_gsi(b, e[INT_IOAPIC], e[INT_INPUT], &gsi))
		return;
	if (m->bus[e[INT_BUS]] == BUS_ISA && !m->madt && e[INT_SOURCE] < BOARD_ISA_IRQS) {
		b->isa[e[INT_SOURCE]] =
			(struct irq_input){gsi, (flags & TRIGGER_LEVEL) == TRIGGER_LEVEL,
					   (flags & POLARITY_LOW) == POLARITY_LOW};
	} else if (m->bus[e[INT_BUS]] == BUS_PCI && b->pci_routes < BOARD_PCI_ROUTES) {
		b->pci[b->pci_routes].bus = e[INT_BUS];
		b->pci[b->pci_routes].dev = e[INT_SOURCE] >> 2 & 31u;
		b->pci[b->pci_routes].pin = e[INT_SOURCE] & 3u;
		b->pci[b->pci_routes++].gsi = gsi;
	}
}

static void note_entry(struct parsed *m, const u8 *e)
{
	if (e[0] == MP_BUS)
		note_bus(m, e);
	else if (e[0] == MP_INTERRUPT)
		note_interrupt(m, e);
	else if (e[0] == MP_CPU && !m->madt)
		m->b->cpus += e[CPU_FLAGS] & ENABLED;
	else if (e[0] == MP_IOAPIC && !m->madt && e[IOAPIC_FLAGS] & ENABLED && !m->b->ioapics)
		add_ioapic(m->b, e[1], table_u32(e + IOAPIC_ADDRESS), 0);
}

static void read_table(const struct firmware *f, struct board *b, u32 phys)
{
	static struct parsed m;
	const u8 *p = phys ? firmware_bytes(f, phys, TABLE_BYTES) : NULL;
	u32 len = p ? table_u16(p + TABLE_LEN) : 0;

	if (len < TABLE_BYTES || memcmp(p, "PCMP", 4) != 0)
		return;
	p = firmware_bytes(f, phys, len);
	if (!p || !table_sum_ok(p, len))
		return;
	m = (struct parsed){.b = b, .madt = b->interrupts != NULL};
	for (u32 at = TABLE_BYTES; at < len && p[at] < MP_TYPES; at += entry_bytes[p[at]]) {
		if (entry_bytes[p[at]] > len - at)
			break;
		note_entry(&m, p + at);
	}
	if (b->ioapics && !m.madt)
		b->interrupts = "MP table";
}

/* The timer is at input 2 in all of them (MP 5, figure 5-1). */
static void default_configuration(struct board *b)
{
	if (b->interrupts)
		return;
	add_ioapic(b, 2, DEFAULT_IOAPIC, 0);
	b->cpus = 2;
	b->isa[0].gsi = 2;
	b->interrupts = "MP default";
}

void board_mptable(const struct firmware *f, struct board *b, u32 ebda)
{
	u32 at = ebda ? table_search(f, ebda, KIB(1), "_MP_", POINTER_BYTES) : 0;
	const u8 *p;

	if (!at)
		at = table_search(f, BASE_MEMORY_END, KIB(1), "_MP_", POINTER_BYTES);
	if (!at)
		at = table_search(f, BIOS_AREA, BIOS_BYTES, "_MP_", POINTER_BYTES);
	p = at ? firmware_bytes(f, at, POINTER_BYTES) : NULL;
	if (!p)
		return;
	b->imcr = p[POINTER_FEATURES] & FEATURE_IMCR;
	if (p[POINTER_DEFAULT])
		default_configuration(b);
	else
		read_table(f, b, table_u32(p + POINTER_TABLE));
}
