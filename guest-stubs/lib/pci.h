/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI configuration mechanism 1 on bus 0: the functions are named by device number.
 * For every guest. */
#ifndef GUEST_LIB_PCI_H
#define GUEST_LIB_PCI_H

#include "guest-stubs/lib/guest.h"

#define PCI_ADDRESS 0xcf8
#define PCI_DATA    0xcfc
#define PCI_DEVICES 32

#define PCI_ID		   0x00
#define PCI_CLASS	   0x08 /* revision in the low byte, class in the high one */
#define PCI_BAR0	   0x10
#define PCI_CAPABILITIES   0x34
#define PCI_INTERRUPT_LINE 0x3c

#define PCI_VENDOR_VIRTIO 0x1af4
#define PCI_VIRTIO_MODERN 0x1040 /* device id = this + virtio id */
#define PCI_CAP_VENDOR	  0x09

/* virtio 1.0, 4.1.4: the vendor capabilities. */
#define VIRTIO_CAP_COMMON  1
#define VIRTIO_CAP_NOTIFY  2
#define VIRTIO_CAP_ISR	   3
#define VIRTIO_CAP_DEVICE  4
#define VIRTIO_CAP_PCI_CFG 5

#define VIRTIO_CAP_TYPE	  3
#define VIRTIO_CAP_BAR	  4
#define VIRTIO_CAP_OFFSET 8
#define VIRTIO_CAP_LENGTH 12
#define VIRTIO_CAP_DATA	  16

u32 pci_read32(u32 dev, u32 reg);
u8 pci_read8(u32 dev, u32 reg);
void pci_write32(u32 dev, u32 reg, u32 value);
/* The address port was written by somebody else. */
void pci_forget(void);
/* So was the console's configuration: the early console looks for its register again. */
void early_console_forget(void);
/* Configuration offset of the virtio capability of that type; 0: there is none. */
u8 pci_find_virtio_cap(u32 dev, u8 type);

#endif
