/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The early console: one character a write to the virtio console's emerg_wr register, reached
 * through the PCI configuration window, so that it works with no page table, no interrupt and
 * no driver (virtio 1.0, 4.1.4.7 and 5.3.4).
 */
#include "guest-stubs/lib/guest.h"
#include "guest-stubs/lib/pci.h"

#define CONSOLE_FUNCTION 1 /* 00:01.0 */
#define EMERG_WR	 8 /* offset in the console's device configuration */

void (*console_driver)(const char *text, u32 len);

/* Capability offsets; 0 in window: not looked for yet. */
static u8 window;

void early_console_forget(void)
{
	window = 0;
}

/* Find the device configuration and the window, and aim the window at emerg_wr for good. */
static bool aim(void)
{
	u8 dev = pci_find_virtio_cap(CONSOLE_FUNCTION, VIRTIO_CAP_DEVICE);
	u8 cfg = pci_find_virtio_cap(CONSOLE_FUNCTION, VIRTIO_CAP_PCI_CFG);

	if (!dev || !cfg)
		return false;
	pci_write32(CONSOLE_FUNCTION, cfg + VIRTIO_CAP_BAR, pci_read8(1, dev + VIRTIO_CAP_BAR));
	pci_write32(CONSOLE_FUNCTION, cfg + VIRTIO_CAP_OFFSET,
		    pci_read32(CONSOLE_FUNCTION, dev + VIRTIO_CAP_OFFSET) + EMERG_WR);
	pci_write32(CONSOLE_FUNCTION, cfg + VIRTIO_CAP_LENGTH, 4);
	window = cfg + VIRTIO_CAP_DATA;
	return true;
}

void console_write(const char *text, u32 len)
{
	if (console_driver) {
		console_driver(text, len);
		return;
	}
	if (!window && !aim())
		return;
	while (len--)
		pci_write32(CONSOLE_FUNCTION, window, (u8)*text++);
}

void puts(const char *text)
{
	u32 n = 0;

	while (text[n])
		n++;
	console_write(text, n);
}
