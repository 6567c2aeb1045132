/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The real framebuffer. The "dispi" interface of Bochs' VBE adapter, which QEMU and v86 have too
 * (PCI 1234:1111, index and data ports 0x1ce and 0x1cf; Bochs, vbe_display_api.txt): resolution
 * and depth are written with the mode disabled, then it is enabled with linear memory in BAR 0.
 * Without one, whatever 32-bit mode the boot loader left, which cannot be changed.
 */
#include "devices/host/framebuffer.h"
#include "devices/host/pci.h"
#include "lib/x86.h"
#include "mm/host.h"

#define DISPI_INDEX 0x1ce
#define DISPI_DATA  0x1cf

enum dispi { DISPI_ID, DISPI_XRES, DISPI_YRES, DISPI_BPP, DISPI_ENABLE, DISPI_MEMORY = 10 };

#define DISPI_ID_LOW   0xb0c2u /* the first with 32 bits a pixel and linear memory */
#define DISPI_ID_HIGH  0xb0cfu
#define DISPI_ENABLED  0x01u
#define DISPI_LINEAR   0x40u
#define DISPI_NO_CLEAR 0x80u
#define DISPI_WIDTHS   8u /* a width is a multiple of this */

#define ADAPTER_VENDOR 0x1234
#define ADAPTER_DEVICE 0x1111

#define PIXEL 4u
_Static_assert(DISPI_WIDTHS *PIXEL % 32 == 0, "a line is whole cache lines of a Pentium");
_Static_assert(DISPI_ENABLE == 4 && DISPI_MEMORY == 10, "vbe_display_api.txt");

static struct {
	bool dispi;
	u32 base;	   /* physical */
	u32 bytes;	   /* of memory behind it */
	u32 mapped;	   /* how much of it host_map_device() was asked for */
	u32 width, height; /* now; 0: not switched on yet */
	u32 pitch;	   /* of a mode that cannot change */
} fb;

static u16 dispi_get(enum dispi index)
{
	outw(DISPI_INDEX, (u16)index);
	return inw(DISPI_DATA);
}

static void dispi_set(enum dispi index, u32 value)
{
	outw(DISPI_INDEX, (u16)index);
	outw(DISPI_DATA, (u16)value);
}

/* pcihost_scan: stops at the adapter. */
static bool look(void *ctx, const struct host_function *f)
{
	u32 *base = ctx;

	if (f->vendor != ADAPTER_VENDOR || f->device != ADAPTER_DEVICE)
		return true;
	*base = pcihost_address(f, 0);
	if (*base)
		pcihost_enable(f, PCI_COMMAND_MEMORY);
	return !*base;
}

static bool find_dispi(void)
{
	u16 id = dispi_get(DISPI_ID);

	fb.base = 0;
	if (id < DISPI_ID_LOW || id > DISPI_ID_HIGH)
		return false;
	pcihost_scan(look, &fb.base);
	fb.bytes = (u32)dispi_get(DISPI_MEMORY) << 16;
	return fb.base && fb.bytes;
}

/* Pages that it shares with something else would be seen by guests, so they make it useless. */
static bool use_loader(const struct framebuffer_info *l)
{
	u64 bytes = (u64)l->pitch * l->height;

	if (!l->width || l->bpp != PIXEL * 8 || l->red_at != 16 || l->green_at != 8 || l->blue_at)
		return false;
	if (l->red_bits != 8 || l->green_bits != 8 || l->blue_bits != 8)
		return false;
	if (!l->address || l->address & ~PAGE_MASK || l->pitch < l->width * PIXEL ||
	    l->pitch % PIXEL || bytes > MIB(64) || l->address > DEVICE_LIMIT - bytes)
		return false;
	fb.base = (u32)l->address;
	fb.bytes = ALIGN_UP((u32)bytes, PAGE_SIZE);
	fb.width = l->width;
	fb.height = l->height;
	fb.pitch = l->pitch;
	return true;
}

const char *framebuffer_find(const struct framebuffer_info *loader)
{
	fb.dispi = find_dispi();
	if (fb.dispi)
		return "Bochs VBE adapter";
	return use_loader(loader) ? "the boot loader's graphics mode" : NULL;
}

bool framebuffer_fixed(u32 *width, u32 *height)
{
	*width = fb.width;
	*height = fb.height;
	return !fb.dispi && fb.width;
}

u32 framebuffer_stride(u32 width, u32 height)
{
	u32 stride = fb.dispi ? width * PIXEL : fb.pitch, bytes;

	if (!fb.base || (fb.dispi && width % DISPI_WIDTHS))
		return 0;
	if (!fb.dispi && (width != fb.width || height != fb.height))
		return 0;
	bytes = ALIGN_UP(stride * height, PAGE_SIZE);
	if (bytes > fb.bytes)
		return 0;
	if (bytes > fb.mapped) {
		if (!host_map_device(fb.base, bytes, CACHE_WC))
			return 0;
		fb.mapped = bytes;
	}
	return stride;
}

void framebuffer_set(u32 width, u32 height)
{
	if (!fb.dispi || (width == fb.width && height == fb.height))
		return;
	dispi_set(DISPI_ENABLE, 0);
	dispi_set(DISPI_XRES, width);
	dispi_set(DISPI_YRES, height);
	dispi_set(DISPI_BPP, PIXEL * 8);
	dispi_set(DISPI_ENABLE, DISPI_ENABLED | DISPI_LINEAR | DISPI_NO_CLEAR);
	fb.width = width;
	fb.height = height;
}

void *framebuffer_memory(void)
{
	return (void *)(uintptr_t)fb.base;
}

pfn_t framebuffer_frame(u32 page)
{
	return (pfn_t){(fb.base >> PAGE_SHIFT) + page};
}
