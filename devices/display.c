/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's display: PCI function with a page of registers (BAR 0) and the picture as a linear,
 * prefetchable framebuffer (BAR 2). docs/display.md is its manual. The picture is mapped into the
 * guest page by page when it is touched, wherever it is at that moment (screen.c); no access to
 * it ever traps again until the screen changes hands.
 */
#include "devices/display.h"

#include "devices/host/framebuffer.h"
#include "lib/string.h"

/* An identity that nobody has; vendor 0x1234 is that of Bochs' and QEMU's adapter, too. */
#define DISPLAY_ID    0x52311234u
#define DISPLAY_CLASS (PCI_CLASS_DISPLAY << 16 | PCI_SUBCLASS_OTHER << 8)

/* The registers: words of 32 bits, read only but for PRESENT. */
enum reg {
	REG_MAGIC,
	REG_VERSION,
	REG_MODE,
	REG_WIDTH,
	REG_HEIGHT,
	REG_STRIDE,
	REG_BPP,
	REG_SIZE,
	REG_PRESENT,
	REGS
};
#define MAGIC	  0x50534452u /* "RDSP" */
#define VERSION	  1u
#define MODE_XRGB 1u /* linear, 8 bits each of blue, green, red and nothing, from the lowest */

#define TOUCH_PAGES 16u /* placed together, so that a fill of the screen asks 1/16 as often */

static struct display *display_of(struct pci_function *f)
{
	return container_of(f, struct display, pci);
}

static u32 reg_read(struct pci_function *f, u32 offset, unsigned size)
{
	const struct display *d = display_of(f);
	const u32 value[REGS] = {
		[REG_MAGIC] = MAGIC,	     [REG_VERSION] = VERSION,
		[REG_MODE] = MODE_XRGB,	     [REG_WIDTH] = d->width,
		[REG_HEIGHT] = d->height,    [REG_STRIDE] = d->stride,
		[REG_BPP] = DISPLAY_BPP,     [REG_SIZE] = d->pages << PAGE_SHIFT,
		[REG_PRESENT] = d->presents,
	};

	if (offset % 4 || size != 4 || offset / 4 >= REGS)
		return 0;
	return value[offset / 4];
}

/* "This picture is complete": counted. It is on the screen already. */
static void reg_write(struct pci_function *f, u32 offset, unsigned size, u32 value)
{
	(void)value;
	if (offset == REG_PRESENT * 4 && size == 4)
		display_of(f)->presents++;
}

static void config_written(struct pci_function *f, u32 reg)
{
	pci_membar_written(&display_of(f)->pixels, reg);
}

static enum touch touched(void *ctx, struct gmem *m, gfn_t gfn, bool write)
{
	struct display *d = ctx;
	gfn_t base = d->pixels.slot.base;
	u32 page = ALIGN_DOWN(gfn - base, TOUCH_PAGES);
	u32 end = MIN(page + TOUCH_PAGES, d->pages);

	(void)write;
	if (gfn - base >= d->pages)
		return TOUCH_REFUSE;
	d->touches++;
	for (; page < end; page++)
		gmem_place(m, base + page,
			   screen_has(d) ? framebuffer_frame(page) : d->frame[page]);
	return TOUCH_RETRY;
}

static void release_frames(struct display *d)
{
	for (u32 i = 0; d->frame && i < d->pages && d->frame[i].n; i++)
		frame_free(d->bus->mem->owner, d->frame[i]);
}

static void detach(struct pci_function *f)
{
	struct display *d = display_of(f);

	screen_leave(d);
	pci_membar_remove(&d->pixels);
	release_frames(d);
}

static const struct pci_function_ops function_ops = {
	.bar_read = reg_read,
	.bar_write = reg_write,
	.detach = detach,
	.name = "display",
	.config_written = config_written,
};

static const struct slot_ops pixel_ops = {.name = "display", .fault = touched};

static u32 power_of_two(u32 n)
{
	u32 p = 1;

	while (p < n)
		p *= 2;
	return p;
}

static enum hv_status take_frames(struct display *d)
{
	d->frame = arena_alloc(d->bus->arena, d->pages * sizeof(*d->frame));
	if (!d->frame)
		return HV_NOMEM;
	for (u32 i = 0; i < d->pages; i++)
		if (frame_alloc(d->bus->mem->owner, false, &d->frame[i]) != HV_OK)
			return HV_NOMEM;
	return HV_OK;
}

static enum hv_status make_pixels(struct display *d)
{
	u32 pages = power_of_two(d->pages);
	gpa_t at = bus_place(d->bus, pages << PAGE_SHIFT);

	if (!at)
		return HV_NOMEM;
	d->pixels = (struct pci_membar){
		.f = &d->pci,
		.mem = d->bus->mem,
		.reg = PCI_BAR2,
		.flags = PCI_BAR_PREFETCHABLE,
		.slot = {.pages = pages,
			 .kind = SLOT_DEVICE,
			 .cache = CACHE_WC,
			 .ops = &pixel_ops,
			 .ctx = d,
			 .ram = true},
	};
	return pci_membar_init(&d->pixels, d->bus->arena, at);
}

enum hv_status bus_add_display(struct bus *b, u32 width, u32 height)
{
	u32 stride = framebuffer_stride(width, height);
	struct display *d;
	enum hv_status s;

	if (!stride)
		return HV_ABSENT;
	d = arena_alloc(b->arena, sizeof(*d));
	if (!d)
		return HV_NOMEM;
	d->bus = b;
	d->width = width;
	d->height = height;
	d->stride = stride;
	d->pages = ALIGN_UP(stride * height, PAGE_SIZE) >> PAGE_SHIFT;
	s = bus_plug(b, &d->pci, &function_ops, DISPLAY_ID, DISPLAY_CLASS);
	if (s != HV_OK)
		return s;
	s = take_frames(d); /* from here on detach() gives back what there is */
	if (s == HV_OK)
		s = make_pixels(d);
	if (s == HV_OK)
		screen_join(d);
	return s;
}

bool bus_display(const struct bus *b, struct display_mode *mode)
{
	for (u32 i = 1; i < b->devices; i++) {
		const struct pci_function *f = b->pci.device[i];
		const struct display *d = (const struct display *)(const void *)f;

		if (!f || f->ops != &function_ops)
			continue;
		*mode = (struct display_mode){
			.address = d->pixels.slot.base << PAGE_SHIFT,
			.width = d->width,
			.height = d->height,
			.stride = d->stride,
			.bpp = DISPLAY_BPP,
			.presents = d->presents,
			.touches = d->touches,
		};
		return true;
	}
	return false;
}
