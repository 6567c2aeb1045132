/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver of a ringone display: finding it, mapping it, and trying its BAR out. */
#include "guest-stubs/lib/paging.h"
#include "guest-stubs/lib/pci.h"
#include "guest-stubs/mandel/mandel.h"

#define DISPLAY_ID    0x52311234u
#define DISPLAY_MAGIC 0x50534452u /* "RDSP" */
#define BAR2	      0x18
#define COMMAND	      0x04
#define BAR_MASK      (~0xfu)
#define PREFETCHABLE  0x8u

struct display display;

void map_pixels(u32 va, u32 gpa, u32 bytes, u32 cache_bits)
{
	u32 at;

	for (at = 0; at < bytes; at += PAGE_SIZE)
		if (!map_page(kernel_root, va + at, (gpa + at) | PTE_KERNEL | cache_bits))
			panic("mandel: no memory for page tables");
}

static u32 bar_size(void)
{
	u32 old = pci_read32(display.pci, BAR2), mask;

	if (!(old & PREFETCHABLE))
		panic("mandel: BAR 2 is not prefetchable");
	pci_write32(display.pci, COMMAND, 0);
	pci_write32(display.pci, BAR2, 0xffffffffu);
	mask = pci_read32(display.pci, BAR2) & BAR_MASK;
	pci_write32(display.pci, BAR2, old);
	pci_write32(display.pci, COMMAND, 2);
	return ~mask + 1;
}

void display_open(u32 cache_bits)
{
	struct display *d = &display;

	while (d->pci < PCI_DEVICES && pci_read32(d->pci, PCI_ID) != DISPLAY_ID)
		d->pci++;
	if (d->pci == PCI_DEVICES)
		panic("mandel: no display: give the guest display=640x480");
	d->reg = (volatile u32 *)map_device(pci_read32(d->pci, PCI_BAR0) & BAR_MASK, PAGE_SIZE);
	if (d->reg[MAGIC] != DISPLAY_MAGIC || d->reg[VERSION] != 1 || d->reg[BPP] != 32)
		panic("mandel: these are not a display's registers");
	d->width = d->reg[WIDTH];
	d->height = d->reg[HEIGHT];
	d->stride = d->reg[STRIDE];
	d->bytes = d->reg[SIZE];
	d->bar_bytes = bar_size();
	d->gpa = pci_read32(d->pci, BAR2) & BAR_MASK;
	if (d->bytes > d->bar_bytes || d->gpa % d->bar_bytes || d->stride * d->height > d->bytes ||
	    d->width * 4 > d->stride)
		panic("mandel: picture of %x bytes in a BAR of %x at %x", d->bytes, d->bar_bytes,
		      d->gpa);
	map_pixels(SCREEN_VA, d->gpa, d->bytes, cache_bits);
}

/* The first and the last word of the picture, as seen at va. */
static void expect(u32 va, u32 first, u32 last)
{
	volatile u32 *a = word_at(va), *b = word_at(va + display.bytes - 4);

	if (*a != first || *b != last)
		panic("mandel: after a move of the BAR the pixels are %x and %x", *a, *b);
}

void display_move(u32 cache_bits)
{
	u32 elsewhere = display.gpa + 4 * display.bar_bytes;

	*word_at(SCREEN_VA) = 0x00123456;
	*word_at(SCREEN_VA + display.bytes - 4) = 0x00654321;
	pci_write32(display.pci, COMMAND, 0);
	pci_write32(display.pci, BAR2, elsewhere);
	pci_write32(display.pci, COMMAND, 2);
	map_pixels(SECOND_VA, elsewhere, display.bytes, cache_bits);
	expect(SECOND_VA, 0x00123456, 0x00654321);
	*word_at(SECOND_VA) = 0x00abcdef;
	/* Over our RAM: nothing may happen, neither to the RAM nor to the pixels. */
	pci_write32(display.pci, BAR2, 0);
	pci_write32(display.pci, BAR2, phys(guest_start) & ~(display.bar_bytes - 1));
	pci_write32(display.pci, BAR2, display.gpa);
	expect(SCREEN_VA, 0x00abcdef, 0x00654321);
	*word_at(SCREEN_VA) = 0;
	*word_at(SCREEN_VA + display.bytes - 4) = 0;
	map_pixels(SECOND_VA, 0, display.bytes, 0);
}
