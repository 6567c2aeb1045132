/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI configuration mechanism 1: an address port that selects a register, and a data port that is
 * the register. */
#include "labs/kernel/pci.h"

#define ADDRESS	      0xcf8
#define DATA	      0xcfc
#define ENABLE	      0x80000000u
#define CAP_VENDOR    0x09
#define CAPS_MOST     48 /* more do not fit: the list is a circle */
#define CAP_TYPE_BITS 24

static void select(u32 device, u32 reg)
{
	__asm__ volatile("outl %0, %1"
			 :
			 : "a"(ENABLE | device << 11 | (reg & 0xfc)), "d"((u16)ADDRESS));
}

/* Two accesses that belong together: an interrupt between them might select another register. */
u32 pci_read(u32 device, u32 reg)
{
	u32 value, flags = interrupts_off();

	select(device, reg);
	__asm__ volatile("inl %1, %0" : "=a"(value) : "d"((u16)DATA));
	interrupts_restore(flags);
	return value;
}

u8 pci_read8(u32 device, u32 reg)
{
	return (u8)(pci_read(device, reg) >> (reg % 4) * 8);
}

void pci_write(u32 device, u32 reg, u32 value)
{
	u32 flags = interrupts_off();

	select(device, reg);
	__asm__ volatile("outl %0, %1" : : "a"(value), "d"((u16)DATA));
	interrupts_restore(flags);
}

u8 pci_find_cap(u32 device, u8 type)
{
	u32 n, head;
	u8 at = pci_read8(device, PCI_CAPABILITIES);

	for (n = 0; at && n < CAPS_MOST; n++) {
		head = pci_read(device, at); /* kind, next, length, type: a byte each */
		if ((head & 0xff) == CAP_VENDOR && head >> CAP_TYPE_BITS == type)
			return at;
		at = head >> 8 & 0xfc;
	}
	return 0;
}
