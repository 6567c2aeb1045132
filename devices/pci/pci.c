/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration mechanism 1 and address decoding for a guest's own PCI bus. The registers
 * belong to the guest's bus; nothing here reaches the machine's PCI. A function that is not there
 * reads all ones, a register that one does not have 0, both swallow writes: no access can fail.
 */
#include "devices/pci/pci.h"

#include "lib/string.h"

/* The address register (PCI Local Bus 2.2, figure 3-2). */
#define ADDRESS_ENABLE	    0x80000000u
#define ADDRESS_BUS(a)	    ((a) >> 16 & 0x7fffu) /* with the reserved bits 30:24 */
#define ADDRESS_DEVICE(a)   ((a) >> 11 & 0x1fu)
#define ADDRESS_FUNCTION(a) ((a) >> 8 & 0x07u)
#define ADDRESS_REG(a)	    ((a)&0xfcu)

static u32 size_mask(unsigned size)
{
	return size == 4 ? 0xffffffffu : (1u << size * 8) - 1u;
}

u32 pci_get(const struct pci_function *f, u32 reg, unsigned size)
{
	u32 value = 0;

	memcpy(&value, &f->config[reg], size);
	return value;
}

void pci_set(struct pci_function *f, u32 reg, unsigned size, u32 value)
{
	memcpy(&f->config[reg], &value, size);
}

void pci_set_writable(struct pci_function *f, u32 reg, unsigned size, u32 mask)
{
	memcpy(&f->writable[reg], &mask, size);
}

void pci_bus_init(struct pci_bus *b)
{
	memset(b, 0, sizeof(*b));
	/* The bridge is for the sanity check of mechanism 1, which wants one device of class
	 * 0600; with vendor 0 the enumeration then passes it by. */
	pci_set(&b->bridge, PCI_CLASS, 1, PCI_CLASS_BRIDGE);
	b->device[0] = &b->bridge;
}

/* The function and dword register the address port selects; NULL: nothing answers. */
static struct pci_function *selected(const struct pci_bus *b, u32 *reg)
{
	u32 a = b->address, device = ADDRESS_DEVICE(a);

	*reg = ADDRESS_REG(a);
	if (!(a & ADDRESS_ENABLE) || ADDRESS_BUS(a) != 0 || ADDRESS_FUNCTION(a) != 0)
		return NULL;
	return device < PCI_DEVICES ? b->device[device] : NULL;
}

u32 pci_port_in(struct pci_bus *b, u16 port, unsigned size)
{
	unsigned lane = port & 3u;
	struct pci_function *f;
	u32 reg;

	/* A dword is the address register, anything else an access to ports where nothing is (PCI
	 * Local Bus 2.2, 3.2.2.3.2). */
	if (port < PCI_PORT_DATA)
		return size == 4 ? b->address : size_mask(size);
	f = selected(b, &reg);
	if (!f)
		return size_mask(size);
	if (reg >= PCI_CONFIG_SIZE)
		return 0;
	if (f->ops && f->ops->config_reading)
		f->ops->config_reading(f, reg);
	return pci_get(f, reg + lane, size);
}

void pci_port_out(struct pci_bus *b, u16 port, unsigned size, u32 value)
{
	unsigned lane = port & 3u;
	struct pci_function *f;
	u32 reg;

	if (port < PCI_PORT_DATA) {
		if (size == 4)
			b->address = value;
		return;
	}
	f = selected(b, &reg);
	if (!f || reg >= PCI_CONFIG_SIZE)
		return;
	for (unsigned i = 0; i < size; i++) {
		u8 mask = f->writable[reg + lane + i];
		u8 *byte = &f->config[reg + lane + i];

		*byte = (u8)((*byte & ~mask) | ((u8)(value >> i * 8) & mask));
	}
	b->decoded = 0; /* another one may be the first at an address now */
	if (f->ops && f->ops->config_written)
		f->ops->config_written(f, reg);
}

static bool decodes(const struct pci_function *f, gpa_t page)
{
	return f && f->ops && f->config[PCI_COMMAND] & PCI_COMMAND_MEMORY &&
	       *(const u32 *)(const void *)&f->config[PCI_BAR0] == page;
}

struct pci_function *pci_decode(struct pci_bus *b, gpa_t at)
{
	gpa_t page = ALIGN_DOWN(at, PCI_BAR_SIZE);

	if (decodes(b->device[b->decoded], page))
		return b->device[b->decoded];
	for (u32 i = 1; i < PCI_DEVICES; i++)
		if (decodes(b->device[i], page)) {
			b->decoded = i;
			return b->device[i];
		}
	return NULL;
}

_Static_assert(PCI_BAR0 % 4 == 0, "it is read as a word");
_Static_assert(PCI_CONFIG_SIZE % 4 == 0, "registers are addressed by dword");
_Static_assert(PCI_PORT_LAST == PCI_PORT_DATA + 3, "the data port is a dword");
