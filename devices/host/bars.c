/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a function of the machine's PCI bus answers (PCI Local Bus 2.3, 6.2.5), and whether. */
#include "devices/host/pci.h"

u16 pcihost_port(const struct host_function *f, u32 n)
{
	u32 bar = pcihost_read(f, (u8)PCI_BAR(n), 4);

	return bar & PCI_BAR_IO ? (u16)(bar & PCI_BAR_IO_MASK) : 0;
}

u32 pcihost_address(const struct host_function *f, u32 n)
{
	u32 bar = pcihost_read(f, (u8)PCI_BAR(n), 4);

	if (bar & PCI_BAR_IO || (bar & PCI_BAR_64BIT && pcihost_read(f, (u8)PCI_BAR(n + 1), 4)))
		return 0;
	return bar & PCI_BAR_MEMORY_MASK;
}

void pcihost_enable(const struct host_function *f, u32 bits)
{
	pcihost_write(f, PCI_COMMAND, 2, pcihost_read(f, PCI_COMMAND, 2) | bits);
}
