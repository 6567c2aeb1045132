/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Off and on. Switching off is ACPI's soft-off state S5; the tables are read at boot, when all
 * memory can be reached, and only ports and values are kept. APM, the older way, is in apm.c.
 */
#include "devices/host/power/power.h"
#include "devices/host/bios.h"
#include "devices/host/board/board.h"
#include "devices/host/mmio.h"
#include "devices/host/pci.h"
#include "lib/x86.h"
#include "mm/frame.h"

/* ACPI specification 6.4, 4.8.3.2: PM1 control. */
#define PM1_SCI_EN  0x0001u
#define PM1_SLP_TYP 0x1c00u
#define PM1_TYP_BIT 10u
#define PM1_SLP_EN  0x2000u

#define KBC_STATUS   0x64
#define KBC_COMMAND  0x64
#define KBC_IBF	     0x02u /* the controller has not yet taken the last byte */
#define KBC_PULSE    0xfeu /* pulse output line 0: the CPU's reset */
#define CHIPSET_PORT 0xcf9 /* PIIX and later chipsets */
#define CHIPSET_PREP 0x02u /* a hard reset ... */
#define CHIPSET_DO   0x06u /* ... now */

/* io_wait() takes about a microsecond. */
#define MS 1000u

static void delay(u32 us)
{
	while (us--)
		io_wait();
}

static void acpi_mode_on(void)
{
	if (inw(board.power.pm1a) & PM1_SCI_EN || !board.power.smi_cmd || !board.power.enable)
		return;
	outb(board.power.smi_cmd, board.power.enable);
	/* The specification names no bound; Windows waits 3 s. */
	for (unsigned i = 0; i < 3000 && !(inw(board.power.pm1a) & PM1_SCI_EN); i++)
		delay(MS);
}

static void sleep_write(u16 port, u8 type, u16 enable)
{
	u16 v = inw(port) & (u16) ~(PM1_SLP_TYP | PM1_SLP_EN);

	outw(port, (u16)(v | (u32)type << PM1_TYP_BIT | enable));
}

void power_off(void)
{
	if (!board.soft_off)
		return;
	acpi_mode_on();
	/* The type first, then the bit that starts it, for chipsets that latch them apart. */
	for (u16 enable = 0; enable <= PM1_SLP_EN; enable += PM1_SLP_EN) {
		sleep_write(board.power.pm1a, board.power.type_a, enable);
		if (board.power.pm1b)
			sleep_write(board.power.pm1b, board.power.type_b, enable);
	}
	delay(500 * MS);
}

static void reset_by_acpi(void)
{
	const struct acpi_reset *r = &board.reset;
	struct host_function f = {.dev = (u8)(r->address >> 16), .fn = (u8)(r->address >> 8)};

	if (r->kind == RESET_PORT)
		outb((u16)r->address, r->value);
	else if (r->kind == RESET_PCI)
		pcihost_write(&f, (u8)r->address, 1, r->value);
	else if (r->kind == RESET_MEMORY)
		mmio_write8(frame_map_device((pfn_t){r->address >> PAGE_SHIFT}, CACHE_UC),
			    r->address % PAGE_SIZE, r->value);
}

static void reset_by_chipset(void)
{
	if (!pcihost_present())
		return; /* an ISA board may have anything else there */
	outb(CHIPSET_PORT, CHIPSET_PREP);
	delay(MS);
	outb(CHIPSET_PORT, CHIPSET_DO);
}

static void reset_by_keyboard(void)
{
	for (unsigned i = 0; i < 100 * MS && inb(KBC_STATUS) & KBC_IBF; i++)
		io_wait();
	outb(KBC_COMMAND, KBC_PULSE);
}

void power_reset(void)
{
	static void (*const ways[])(void) = {reset_by_acpi, reset_by_chipset, reset_by_keyboard};
	const struct {
		u16 limit;
		u32 base;
	} PACKED no_idt = {0, 0};

	irq_disable();
	for (u32 i = 0; i < ARRAY_LEN(ways); i++) {
		ways[i]();
		delay(100 * MS);
	}
	/* No vector can be delivered: the CPU shuts down, and the board resets it. */
	__asm__ volatile("lidt %0; int3" : : "m"(no_idt));
	for (;;)
		__asm__ volatile("hlt");
}
