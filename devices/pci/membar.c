/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BARs with real memory behind them. The slot follows the register and the command register's
 * memory bit, as a bridge's decoders would: a BAR over RAM or over another one is not decoded.
 * Moving it costs no memory, so a guest may do it for ever.
 */
#include "devices/pci/pci.h"

static gpa_t address(const struct pci_membar *b)
{
	return pci_get(b->f, b->reg, 4) & ~0xfu;
}

/* HV_OK also when the guest wants it nowhere. */
static enum hv_status follow(struct pci_membar *b)
{
	bool decode = b->f->config[PCI_COMMAND] & PCI_COMMAND_MEMORY;
	gfn_t base = address(b) >> PAGE_SHIFT;
	enum hv_status s;

	if (b->present && decode && b->slot.base == base)
		return HV_OK;
	pci_membar_remove(b);
	if (!decode || !base)
		return HV_OK;
	b->slot.base = base;
	s = gmem_add_slot(b->mem, &b->slot);
	b->present = s == HV_OK;
	return s;
}

enum hv_status pci_membar_init(struct pci_membar *b, struct arena *a, gpa_t at)
{
	u32 size = b->slot.pages << PAGE_SHIFT;

	b->slot.place = arena_alloc(a, b->slot.pages * sizeof(*b->slot.place));
	if (!b->slot.place)
		return HV_NOMEM;
	pci_set(b->f, b->reg, 4, at | b->flags);
	pci_set_writable(b->f, b->reg, 4, ~(size - 1u));
	return follow(b);
}

u32 pci_membar_written(struct pci_membar *b, u32 reg)
{
	bool before = b->present;
	gfn_t base = b->slot.base;

	if (reg == PCI_COMMAND || reg == b->reg)
		(void)follow(b); /* what is in the way wins */
	return b->present != before || b->slot.base != base ? b->slot.pages : 0;
}

void pci_membar_clear(struct pci_membar *b, bool ram)
{
	if (b->present)
		gmem_clear(b->mem, b->slot.base, ram);
	for (u32 i = 0; i < b->slot.pages; i++)
		b->slot.place[i].n = 0;
	b->slot.ram = ram;
}

void pci_membar_remove(struct pci_membar *b)
{
	if (b->present)
		(void)gmem_remove_slot(b->mem, b->slot.base);
	b->present = false;
}
