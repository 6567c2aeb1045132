/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI configuration space of bus 0 (ports 0xCF8 and 0xCFC), and the capabilities that virtio
 * describes itself by. */
#ifndef PCI_H
#define PCI_H

#include "labs/kernel/kernel.h"

#define PCI_DEVICES	   32
#define PCI_ID		   0x00
#define PCI_BAR0	   0x10
#define PCI_CAPABILITIES   0x34
#define PCI_INTERRUPT_LINE 0x3c

u32 pci_read(u32 device, u32 reg); /* 32 bits; reg is rounded down to a multiple of 4 */
u8 pci_read8(u32 device, u32 reg);
void pci_write(u32 device, u32 reg, u32 value);

/* virtio 1.0, 4.1.4: types of vendor capabilities, and what lies in one. */
#define VIRTIO_CAP_COMMON  1
#define VIRTIO_CAP_NOTIFY  2
#define VIRTIO_CAP_ISR	   3
#define VIRTIO_CAP_DEVICE  4
#define VIRTIO_CAP_PCI_CFG 5
#define CAP_BAR		   4
#define CAP_OFFSET	   8
#define CAP_LENGTH	   12
#define CAP_MULTIPLIER	   16 /* of NOTIFY */
#define CAP_DATA	   16 /* of PCI_CFG: the window */

u8 pci_find_cap(u32 device,
		u8 type); /* where it lies in the configuration space; 0: there is none */

#endif
