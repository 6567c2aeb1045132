/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the attacks need: the time that they have, and registers written by string instructions. */
#include "guest-stubs/attacker/attacker.h"

#include "guest-stubs/lib/pci.h"

static u64 end;

void go_on_for(u32 ms)
{
	end = rdtsc() + (u64)ms * lguest_data.tsc_khz;
}

bool going(void)
{
	return rdtsc() < end;
}

/* ---- The window in configuration space (virtio 1.0, 4.1.4.7) ------------------------------- */

void aim_window(u32 device, u8 type, u32 offset, u32 size)
{
	u8 cap = pci_find_virtio_cap(device, type);
	u8 window = pci_find_virtio_cap(device, VIRTIO_CAP_PCI_CFG);

	if (!cap || !window)
		panic("attacker: no window into the device");
	pci_write32(device, window + VIRTIO_CAP_BAR, pci_read8(device, cap + VIRTIO_CAP_BAR));
	pci_write32(device, window + VIRTIO_CAP_OFFSET,
		    pci_read32(device, cap + VIRTIO_CAP_OFFSET) + offset);
	pci_write32(device, window + VIRTIO_CAP_LENGTH, size);
	outl(PCI_ADDRESS, 0x80000000u | device << 11 | (window + VIRTIO_CAP_DATA));
	pci_forget();
}

void out_bytes(const void *from, u32 count)
{
	__asm__ volatile("rep outsb" : "+S"(from), "+c"(count) : "d"(PCI_DATA) : "memory");
}

void out_words(const void *from, u32 count)
{
	__asm__ volatile("rep outsw" : "+S"(from), "+c"(count) : "d"(PCI_DATA) : "memory");
}

void out_dwords(const void *from, u32 count)
{
	__asm__ volatile("rep outsl" : "+S"(from), "+c"(count) : "d"(PCI_DATA) : "memory");
}
