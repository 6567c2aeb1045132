/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * edutest: drives a real device that was lent to this guest, QEMU's teaching device "edu"
 * (1234:11e8): its memory is mapped here, its interrupt arrives here.
 *
 *   rounds=N   factorials to compute, each announced by an interrupt (default 200)
 *   hold=N     leave the line up after each interrupt, for N ticks more than the rounds take, and
 *              end like that: the line is a level, so the interrupt must come again and again
 */
#include "guest-stubs/lib/pci.h"
#include "guest-stubs/lib/trap.h"

#define HZ	 100
#define PATIENCE (10 * HZ)
#define EDU_ID	 0x11e81234u

/* QEMU's docs/specs/edu. */
#define EDU_IDENTITY   0x00u
#define EDU_LIVENESS   0x04u
#define EDU_FACTORIAL  0x08u
#define EDU_STATUS     0x20u
#define EDU_IRQ_STATUS 0x24u
#define EDU_IRQ_ACK    0x64u
#define STATUS_BUSY    0x01u
#define STATUS_IRQ     0x80u /* interrupt when a factorial is done */

static u32 registers;
static volatile u32 interrupts;
static u32 hold;

static u32 get(u32 at)
{
	return *word_at(registers + at);
}

static void put(u32 at, u32 value)
{
	*word_at(registers + at) = value;
}

static void served(u32 line)
{
	(void)line;
	interrupts++;
	if (!hold)
		put(EDU_IRQ_ACK, get(EDU_IRQ_STATUS));
}

static u32 find_device(void)
{
	for (u32 dev = 1; dev < PCI_DEVICES; dev++) {
		if (pci_read32(dev, PCI_ID) != EDU_ID)
			continue;
		registers = pci_read32(dev, PCI_BAR0) & ~0xfu;
		return pci_read8(dev, PCI_INTERRUPT_LINE);
	}
	panic("edutest: no such device: give the guest pci=BB:DD.F");
}

static u32 factorial(u32 n)
{
	return n ? n * factorial(n - 1) : 1;
}

/* Ask, sleep until the interrupt, compare. */
static void round(u32 n)
{
	u32 before = interrupts, start = clock_ticks;

	put(EDU_FACTORIAL, n);
	irq_off();
	while (interrupts == before) {
		if (clock_ticks - start > PATIENCE)
			panic("edutest: no interrupt for %u!", n);
		halt_off();
	}
	irq_on();
	while (get(EDU_STATUS) & STATUS_BUSY) /* with hold= the interrupt may be an old one */
		;
	if (get(EDU_FACTORIAL) != factorial(n))
		panic("edutest: %u! is %u, not %u", n, factorial(n), get(EDU_FACTORIAL));
}

static void check_registers(void)
{
	if ((get(EDU_IDENTITY) & 0xffffu) != 0x00edu)
		panic("edutest: identity %08x", get(EDU_IDENTITY));
	for (u32 i = 1; i < 1000; i++) {
		put(EDU_LIVENESS, i * 2654435761u);
		if (get(EDU_LIVENESS) != ~(i * 2654435761u))
			panic("edutest: liveness of %08x is %08x", i * 2654435761u,
			      get(EDU_LIVENESS));
	}
}

/* Sleep, with the line up. */
static void hold_line(void)
{
	u32 before = interrupts, start = clock_ticks;

	irq_off();
	while (clock_ticks - start < hold)
		halt_off();
	irq_on();
	printf("edutest: line held: %u interrupts in %u ticks\n", interrupts - before, hold);
	if (interrupts - before < 10 * hold)
		panic("edutest: the interrupt did not come again and again");
	panic("edutest: ends with its line up");
}

void guest_main(void)
{
	u32 rounds = option_u32("rounds", 200), line;

	hold = option_u32("hold", 0);
	traps_init();
	line = find_device();
	irq_install(line, served);
	clock_start(HZ);
	irq_on();
	check_registers();
	put(EDU_STATUS, STATUS_IRQ);
	for (u32 n = 0; n < rounds; n++)
		round(n % 13);
	if (hold)
		hold_line();
	if (interrupts != rounds)
		panic("edutest: %u interrupts for %u rounds", interrupts, rounds);
	printf("edutest: %u factorials, %u interrupts, all right\n", rounds, interrupts);
}
