/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The early console: each character is one write to the virtio console's register emerg_wr. It is
 * reached through the window in the PCI configuration space, so that it needs no page table, no
 * queue, no interrupt (virtio 1.0, 4.1.4.7 and 5.3.4).
 */
#include "labs/kernel/console.h"
#include "labs/kernel/pci.h"

#define CONSOLE	 1 /* 00:01.0 */
#define EMERG_WR 8 /* offset in the console's device configuration */

static u8 window; /* where the window lies; 0: not looked for yet */

/* Aim the window at emerg_wr, once and for all. */
static bool aim(void)
{
	u8 device = pci_find_cap(CONSOLE, VIRTIO_CAP_DEVICE);
	u8 cfg = pci_find_cap(CONSOLE, VIRTIO_CAP_PCI_CFG);

	if (!device || !cfg)
		return false;
	pci_write(CONSOLE, cfg + CAP_BAR, pci_read8(CONSOLE, device + CAP_BAR));
	pci_write(CONSOLE, cfg + CAP_OFFSET, pci_read(CONSOLE, device + CAP_OFFSET) + EMERG_WR);
	pci_write(CONSOLE, cfg + CAP_LENGTH, 4);
	window = cfg + CAP_DATA;
	return true;
}

void early_write(const char *text, u32 len)
{
	if (!window && !aim())
		return;
	while (len--)
		pci_write(CONSOLE, window, (u8)*text++);
}
