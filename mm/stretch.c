/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory as hardware sees it, which has no page tables of ours. */
#include "lib/string.h"
#include "mm/gmem.h"

/* Within a page. */
static void copy(u64 at, u8 *buf, u32 n, bool to_list)
{
	u8 *page = frame_map((pfn_t){(u32)(at >> PAGE_SHIFT)});
	u8 *p = page + ((u32)at & ~PAGE_MASK);

	if (to_list)
		memcpy(p, buf, n);
	else
		memcpy(buf, p, n);
	frame_unmap(page);
}

void stretches_copy(const struct stretch *list, u32 count, void *buf, u32 len, bool to_list)
{
	u32 from = 0;

	for (u32 i = 0; i < count && len;) {
		u64 at = list[i].at + from;
		u32 n = MIN(MIN(len, list[i].bytes - from), PAGE_SIZE - ((u32)at & ~PAGE_MASK));

		copy(at, buf, n, to_list);
		buf = (u8 *)buf + n;
		len -= n;
		from += n;
		if (from == list[i].bytes) {
			from = 0;
			i++;
		}
	}
}
