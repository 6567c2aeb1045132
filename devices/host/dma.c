/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See dma.h. Drivers ask once, when they find their device, and keep it. */
#include "devices/host/dma.h"

#include "mm/frame.h"

static struct frame_owner dma_frames = {.name = "device buffers"};

void *dma_alloc(u32 bytes)
{
	pfn_t f;

	if (frame_alloc_run(&dma_frames, ALIGN_UP(bytes, PAGE_SIZE) >> PAGE_SHIFT, &f) != HV_OK)
		return NULL;
	return frame_ptr(f);
}
