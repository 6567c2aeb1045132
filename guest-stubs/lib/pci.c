/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI configuration space through ports 0xCF8 and 0xCFC. */
#include "guest-stubs/lib/pci.h"

#define ENABLE	   0x80000000u
#define CAPS_BOUND 48 /* more capabilities than fit into 256 bytes */

/* What the address port holds: every access to it costs a trap. */
static u32 selected;

static void select_register(u32 dev, u32 reg)
{
	u32 address = ENABLE | dev << 11 | (reg & 0xfc);

	if (address == selected)
		return;
	selected = address;
	outl(PCI_ADDRESS, address);
}

void pci_forget(void)
{
	selected = 0;
}

u32 pci_read32(u32 dev, u32 reg)
{
	u32 v, flags = irq_save();

	select_register(dev, reg);
	v = inl(PCI_DATA);
	irq_restore(flags);
	return v;
}

u8 pci_read8(u32 dev, u32 reg)
{
	return (u8)(pci_read32(dev, reg) >> (reg & 3) * 8);
}

void pci_write32(u32 dev, u32 reg, u32 value)
{
	u32 flags = irq_save();

	select_register(dev, reg);
	outl(PCI_DATA, value);
	irq_restore(flags);
}

u8 pci_find_virtio_cap(u32 dev, u8 type)
{
	u8 at;
	u32 n;

	if ((pci_read32(dev, PCI_ID) & 0xffff) != PCI_VENDOR_VIRTIO)
		return 0;
	at = pci_read8(dev, PCI_CAPABILITIES);
	for (n = 0; at && n < CAPS_BOUND; n++) {
		u32 head = pci_read32(dev, at);

		if ((head & 0xff) == PCI_CAP_VENDOR && head >> 24 == type)
			return at;
		at = head >> 8 & 0xfc;
	}
	return 0;
}
