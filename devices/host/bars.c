/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a function of the machine's PCI bus answers (PCI Local Bus 2.3, 6.2.5), whether, and how it
 * interrupts. */
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

void pcihost_capabilities(const struct host_function *f, u8 kind, void (*fn)(void *ctx, u8 cap),
			  void *ctx)
{
	u32 cap = pcihost_read(f, PCI_STATUS, 2) & PCI_STATUS_CAPABILITY
			  ? pcihost_read(f, PCI_CAPABILITIES, 1) & ~3u
			  : 0;

	for (u32 i = 0; cap >= PCI_CAP_FIRST && i < PCI_CAPS_MOST; i++) {
		if (pcihost_read(f, (u8)cap, 1) == kind)
			fn(ctx, (u8)cap);
		cap = pcihost_read(f, (u8)(cap + PCI_CAP_NEXT), 1) & ~3u;
	}
}

static const struct message_kind {
	u8 kind;
	u16 on;
} message_kinds[] = {{PCI_CAP_MSI, PCI_MSI_ON}, {PCI_CAP_MSIX, PCI_MSIX_ON}};

struct message_off {
	const struct host_function *f;
	u16 on;
};

static void message_off(void *ctx, u8 cap)
{
	const struct message_off *m = ctx;
	u8 at = (u8)(cap + PCI_CAP_CONTROL);
	u32 control = pcihost_read(m->f, at, 2);

	if (control & m->on)
		pcihost_write(m->f, at, 2, control & ~(u32)m->on);
}

/* Who ran before us, a Linux that called kexec, leaves functions that write messages to the local
 * APIC, with vectors of its own (PCI Local Bus 3.0, 6.8). */
void pcihost_enable(const struct host_function *f, u32 bits)
{
	for (u32 i = 0; i < ARRAY_LEN(message_kinds); i++)
		pcihost_capabilities(f, message_kinds[i].kind, message_off,
				     &(struct message_off){f, message_kinds[i].on});
	pcihost_write(f, PCI_COMMAND, 2,
		      (pcihost_read(f, PCI_COMMAND, 2) | bits) & ~PCI_COMMAND_INTX_OFF);
}

void pcihost_disable(const struct host_function *f, u32 bits)
{
	pcihost_write(f, PCI_COMMAND, 2, pcihost_read(f, PCI_COMMAND, 2) & ~bits);
}
