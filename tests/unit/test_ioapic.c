/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SOURCES: */
/* The I/O APIC beside a model of one: which input gets which vector, trigger and polarity, and what
 * a damaged table or chip does. The driver is included, and its registers lead to the model. */
#include "lib/base.h"
#include "tests/unit/support.h"

#include <string.h>

#define LIB_X86_H /* the real accesses stay out */
#define DEVICES_HOST_MMIO_H

#define CHIP_ENTRIES 24u

static struct {
	u32 select, entry[2 * CHIP_ENTRIES];
	bool absent, no_apic;
	unsigned imcr;
	u16 elcr;
} chip;

static u32 mmio_read32(const volatile u8 *base, u32 at)
{
	assert_non_null((const void *)base);
	assert_int_equal(at, 0x10);
	if (chip.absent)
		return ~0u;
	if (chip.select == 1)
		return (CHIP_ENTRIES - 1) << 16 | 0x11;
	assert_in_range(chip.select, 0x10, 0x10 + 2 * CHIP_ENTRIES - 1);
	return chip.entry[chip.select - 0x10];
}

static void mmio_write32(volatile u8 *base, u32 at, u32 value)
{
	assert_non_null((const void *)base);
	if (at == 0) {
		chip.select = value;
		return;
	}
	assert_int_equal(at, 0x10);
	assert_in_range(chip.select, 0x10, 0x10 + 2 * CHIP_ENTRIES - 1);
	chip.entry[chip.select - 0x10] = value;
}

static void outb(u16 port, u8 v)
{
	assert_true((port == 0x22 && v == 0x70) || (port == 0x23 && v == 1));
	chip.imcr++;
}

#include "devices/host/ioapic.c"

struct board board;

static bool in_ram;

bool frame_overlaps_ram(u64 start, u64 end)
{
	assert_true(start < end);
	return in_ram;
}

void *host_map_device(u64 phys, u32 bytes, enum cache_type cache)
{
	static u8 place;

	assert_int_equal(phys, 0xfec00000);
	assert_int_equal(bytes, 0x20);
	assert_int_equal(cache, CACHE_UC);
	return &place;
}

bool apic_open(void)
{
	return !chip.no_apic;
}

u32 apic_id(void)
{
	return 3;
}

bool apic_requested(unsigned vector)
{
	return vector == HOST_IRQ_BASE + 4;
}

bool elcr_level(unsigned irq)
{
	return chip.elcr & 1u << irq;
}

/* A function at 2.1 with INTA on line 11, one at 3.0 with INTB on the same, one without a line. */
void pcihost_scan(bool (*fn)(void *ctx, const struct host_function *f), void *ctx)
{
	static const struct host_function f[] = {
		{.dev = 2, .fn = 1, .irq_line = 11, .irq_pin = 1},
		{.dev = 3, .irq_line = 11, .irq_pin = 2},
		{.dev = 4, .irq_line = 255, .irq_pin = 1},
	};

	for (size_t i = 0; i < ARRAY_LEN(f); i++)
		assert_true(fn(ctx, &f[i]));
}

static void machine(void)
{
	memset(&io, 0, sizeof(io));
	memset(&chip, 0, sizeof(chip));
	memset(chip.entry, 0x5a, sizeof(chip.entry));
	memset(&board, 0, sizeof(board));
	board.interrupts = "MADT";
	board.ioapics = 1;
	board.ioapic[0].address = 0xfec00000;
	for (u32 i = 0; i < BOARD_ISA_IRQS; i++)
		board.isa[i].gsi = i;
	board.isa[0].gsi = 2;
	board.isa[9] = (struct irq_input){9, true, true};
}

static void wrong_address(void **state)
{
	(void)state;
	machine();
	in_ram = true;
	assert_false(ioapic_take_over());
	assert_int_equal(chip.entry[0], 0x5a5a5a5a); /* nothing was written to it */
	in_ram = false;
}

static u32 low(u32 n)
{
	return chip.entry[2 * n];
}

static void lines(void **state)
{
	(void)state;
	machine();
	chip.elcr = 1u << 5;
	assert_true(ioapic_take_over());
	assert_int_equal(chip.imcr, 0);
	for (u32 n = 0; n < CHIP_ENTRIES; n++)
		assert_true(low(n) & ENTRY_MASK);
	for (u32 irq = 0; irq < HOST_IRQS; irq++)
		ioapic_mask(irq, false);
	assert_int_equal(low(4), 0x24); /* edge, high, fixed, to this CPU */
	assert_int_equal(chip.entry[9], 3u << 24);
	assert_int_equal(low(2), 0x20);			  /* the timer */
	assert_int_equal(low(9), 0x29 | 0x8000 | 0x2000); /* by the MADT */
	assert_int_equal(low(5), 0x25 | 0x8000);	  /* by the ELCR */
	assert_true(low(0) & ENTRY_MASK);
	for (u32 n = 16; n < CHIP_ENTRIES; n++)
		assert_true(low(n) & ENTRY_MASK);
	ioapic_mask(4, true);
	assert_true(low(4) & ENTRY_MASK);
	assert_true(ioapic_level(9) && ioapic_level(5) && !ioapic_level(4));
	assert_true(ioapic_pending(4));
	assert_false(ioapic_pending(9));
	chip.entry[18] |= ENTRY_IRR;
	assert_true(ioapic_pending(9));
}

/* Two inputs of PCI are one line for us: both are masked together, and have its vector. */
static void routes(void **state)
{
	(void)state;
	machine();
	board.imcr = true;
	board.pci_routes = 4;
	board.pci[0].dev = 2;
	board.pci[0].gsi = 18;
	board.pci[1].dev = 3;
	board.pci[1].pin = 1;
	board.pci[1].gsi = 19;
	board.pci[2].dev = 4;
	board.pci[2].gsi = 20; /* no line of ours */
	board.pci[3].dev = 2;
	board.pci[3].gsi = 99; /* no such input */
	assert_true(ioapic_take_over());
	assert_int_equal(chip.imcr, 2);
	ioapic_mask(11, false);
	assert_int_equal(low(18), 0x2b | 0x8000 | 0x2000);
	assert_int_equal(low(19), 0x2b | 0x8000 | 0x2000);
	assert_int_equal(low(11), 0x2b);
	assert_true(low(20) & ENTRY_MASK);
	assert_true(ioapic_level(11));
	ioapic_mask(11, true);
	assert_true(low(18) & low(19) & ENTRY_MASK);
}

static void nothing_to_use(void **state)
{
	(void)state;
	machine();
	board.interrupts = NULL;
	assert_false(ioapic_take_over());
	machine();
	chip.no_apic = true;
	assert_false(ioapic_take_over());
	machine();
	chip.absent = true; /* a table of what is not there */
	assert_false(ioapic_take_over());
	assert_false(ioapic_used());
	machine();
	for (u32 i = 0; i < BOARD_ISA_IRQS; i++)
		board.isa[i].gsi = 2; /* all at one input: one line has it */
	assert_true(ioapic_take_over());
	assert_int_equal(io.inputs, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(wrong_address),
		cmocka_unit_test(routes),
		cmocka_unit_test(nothing_to_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
