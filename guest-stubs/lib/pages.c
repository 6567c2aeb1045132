/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Free pages: from the end of the image to the initrd or the end of RAM, then a list of returned
 * ones, linked through their first word. */
#include "guest-stubs/lib/paging.h"

static u32 next_fresh, fresh_end, free_list, returned;

static void find_end(void)
{
	u32 initrd = *(volatile u32 *)virt(BP_RAMDISK_IMAGE);

	next_fresh = phys(guest_end);
	fresh_end = ram_bytes();
	if (initrd > next_fresh && initrd < fresh_end)
		fresh_end = initrd;
	fresh_end &= ~(PAGE_SIZE - 1);
}

u32 page_alloc(void)
{
	u32 page = free_list;

	if (!fresh_end)
		find_end();
	if (page) {
		free_list = *(u32 *)virt(page);
		returned--;
	} else if (next_fresh < fresh_end) {
		page = next_fresh;
		next_fresh += PAGE_SIZE;
	} else {
		return 0;
	}
	memset(virt(page), 0, PAGE_SIZE);
	return page;
}

void page_free(u32 page)
{
	*(u32 *)virt(page) = free_list;
	free_list = page;
	returned++;
}

u32 pages_free(void)
{
	if (!fresh_end)
		find_end();
	return returned + (fresh_end - next_fresh) / PAGE_SIZE;
}
