/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Off and on. Switching off is ACPI's soft-off state S5; the tables are read at boot, when all
 * memory can be reached, and only ports and values are kept. APM, the older way, is in apm.c.
 */
#include "devices/host/power/power.h"
#include "devices/host/bios.h"
#include "devices/host/power/acpi.h"
#include "lib/x86.h"

/* ACPI specification 6.4, 4.8.3.2: PM1 control. */
#define PM1_SCI_EN  0x0001u
#define PM1_SLP_TYP 0x1c00u
#define PM1_TYP_BIT 10u
#define PM1_SLP_EN  0x2000u

#define KBC_STATUS  0x64
#define KBC_COMMAND 0x64
#define KBC_IBF	    0x02u /* the controller has not yet taken the last byte */
#define KBC_PULSE   0xfeu /* pulse output line 0: the CPU's reset */
#define RESET_PORT  0xcf9 /* PIIX and later chipsets */
#define RESET_PREP  0x02u /* a hard reset ... */
#define RESET_DO    0x06u /* ... now */

/* io_wait() takes about a microsecond. */
#define MS 1000u

static struct acpi_power acpi;
static bool acpi_ok;

static void delay(u32 us)
{
	while (us--)
		io_wait();
}

static const void *direct(void *ctx, u32 phys, u32 len)
{
	(void)ctx;
	return len <= UINT32_MAX - phys ? (const void *)(uintptr_t)phys : NULL;
}

void power_init(u32 rsdp)
{
	if (read_cr0() & CR0_PG)
		return;
	acpi_ok = acpi_find_power(&acpi, rsdp, bios.ebda, direct, NULL);
}

static void acpi_mode_on(void)
{
	if (inw(acpi.pm1a) & PM1_SCI_EN || !acpi.smi_cmd || !acpi.enable)
		return;
	outb(acpi.smi_cmd, acpi.enable);
	/* The specification names no bound; Windows waits 3 s. */
	for (unsigned i = 0; i < 3000 && !(inw(acpi.pm1a) & PM1_SCI_EN); i++)
		delay(MS);
}

static void sleep_write(u16 port, u8 type, u16 enable)
{
	u16 v = inw(port) & (u16) ~(PM1_SLP_TYP | PM1_SLP_EN);

	outw(port, (u16)(v | (u32)type << PM1_TYP_BIT | enable));
}

void power_off(void)
{
	if (!acpi_ok)
		return;
	acpi_mode_on();
	/* The type first, then the bit that starts it, for chipsets that latch them apart. */
	for (u16 enable = 0; enable <= PM1_SLP_EN; enable += PM1_SLP_EN) {
		sleep_write(acpi.pm1a, acpi.type_a, enable);
		if (acpi.pm1b)
			sleep_write(acpi.pm1b, acpi.type_b, enable);
	}
	delay(500 * MS);
}

void power_reset(void)
{
	const struct {
		u16 limit;
		u32 base;
	} PACKED no_idt = {0, 0};

	irq_disable();
	for (unsigned i = 0; i < 100 * MS && inb(KBC_STATUS) & KBC_IBF; i++)
		io_wait();
	outb(KBC_COMMAND, KBC_PULSE);
	delay(100 * MS);

	outb(RESET_PORT, RESET_PREP);
	delay(MS);
	outb(RESET_PORT, RESET_DO);
	delay(100 * MS);

	/* No vector can be delivered: the CPU shuts down, and the board resets it. */
	__asm__ volatile("lidt %0; int3" : : "m"(no_idt));
	for (;;)
		__asm__ volatile("hlt");
}
