/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of a PCI function's configuration space with a header of type 0 (PCI Local Bus 2.3,
 * 6.1), and their bits: the same for the bus that a guest sees and for the machine's. For the
 * files of devices/ only.
 */
#ifndef DEVICES_PCI_REGISTERS_H
#define DEVICES_PCI_REGISTERS_H

#define PCI_VENDOR	  0x00u
#define PCI_DEVICE	  0x02u
#define PCI_COMMAND	  0x04u
#define PCI_STATUS	  0x06u
#define PCI_REVISION	  0x08u
#define PCI_SUBCLASS	  0x0au
#define PCI_CLASS	  0x0bu
#define PCI_CACHE_LINE	  0x0cu
#define PCI_LATENCY	  0x0du
#define PCI_HEADER	  0x0eu
#define PCI_BAR0	  0x10u
#define PCI_BAR2	  0x18u
#define PCI_BAR(n)	  (PCI_BAR0 + 4u * (n))
#define PCI_BARS	  6u
#define PCI_SUBSYS_VENDOR 0x2cu
#define PCI_SUBSYS_DEVICE 0x2eu
#define PCI_CAPABILITIES  0x34u
#define PCI_IRQ_LINE	  0x3cu

#define PCI_COMMAND_IO	      0x0001u
#define PCI_COMMAND_MEMORY    0x0002u
#define PCI_COMMAND_MASTER    0x0004u
#define PCI_COMMAND_INTX_OFF  0x0400u
#define PCI_STATUS_INTX	      0x0008u
#define PCI_STATUS_CAPABILITY 0x0010u

#define PCI_BAR_IO	     0x1u
#define PCI_BAR_64BIT	     0x4u
#define PCI_BAR_PREFETCHABLE 0x8u
#define PCI_BAR_IO_MASK	     0xfffcu /* a PC has 64 Ki ports */
#define PCI_BAR_MEMORY_MASK  0xfffffff0u

/* Capabilities, a list (6.7): what they are, where the next one is, and their first register. */
#define PCI_CAP_NEXT	1u
#define PCI_CAP_CONTROL 2u
#define PCI_CAP_FIRST	0x40u
#define PCI_CAPS_MOST	48u /* as many as fit between there and the end */
#define PCI_CAP_MSI	0x05u
#define PCI_CAP_VENDOR	0x09u
#define PCI_CAP_MSIX	0x11u
#define PCI_MSI_ON	0x0001u
#define PCI_MSIX_ON	0x8000u

#define PCI_CLASS_STORAGE  0x01u
#define PCI_CLASS_DISPLAY  0x03u
#define PCI_CLASS_BRIDGE   0x06u
#define PCI_SUBCLASS_OTHER 0x80u

_Static_assert(PCI_BAR(PCI_BARS) <= PCI_SUBSYS_VENDOR, "the BARs end before the next register");
_Static_assert(PCI_CAP_FIRST + PCI_CAPS_MOST * 4 == 0x100, "a capability is 4 bytes at least");
_Static_assert(PCI_BAR(2) == PCI_BAR2, "a BAR is 4 bytes");

#endif
