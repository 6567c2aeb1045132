/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address spaces: each has a lower half of its own, whose pages come when they are touched; the
 * kernel is in all of them. */
#include "labs/kernel/memory.h"
#include "labs/kernel/trap.h"

#define ENTRIES	     1024u
#define TABLE_SPAN   (ENTRIES * PAGE_SIZE)
#define KERNEL_ENTRY (KERNEL_BASE / TABLE_SPAN)

bool space_new(struct space *s)
{
	u32 *kernel = virt(kernel_space.directory);

	*s = (struct space){.directory = frame_alloc()};
	if (!s->directory)
		return false;
	memcpy((u32 *)virt(s->directory) + KERNEL_ENTRY, kernel + KERNEL_ENTRY,
	       (ENTRIES - KERNEL_ENTRY) * sizeof(u32));
	return true;
}

/* The hypervisor is told of each table that goes: the directory's frame may soon be another
 * directory. */
void space_free(struct space *s)
{
	u32 *directory = virt(s->directory), i, j;

	for (i = 0; i < KERNEL_ENTRY; i++) {
		u32 frame = directory[i] & ~PTE_FLAGS, *table = virt(frame);

		if (!(directory[i] & PTE_PRESENT))
			continue;
		for (j = 0; j < ENTRIES; j++)
			if (table[j] & PTE_PRESENT)
				frame_free(table[j] & ~PTE_FLAGS);
		directory[i] = 0;
		hcall(HC_SET_PGD, s->directory, i, 0);
		frame_free(frame);
	}
	frame_free(s->directory);
}

bool region_add(struct space *s, u32 start, u32 end, u32 flags)
{
	struct region *r;

	for (r = s->regions; r < s->regions + REGIONS; r++)
		if (r->end == 0) {
			*r = (struct region){start, end, flags};
			return true;
		}
	return false;
}

static struct region *region_of(struct space *s, u32 va)
{
	struct region *r;

	for (r = s->regions; r < s->regions + REGIONS; r++)
		if (va >= r->start && va < r->end)
			return r;
	return NULL;
}

bool region_fill(struct space *s, u32 va, bool write, bool user)
{
	struct region *r = region_of(s, va);
	u32 frame;

	if (!r || (write && !(r->flags & PTE_WRITE)) || (user && !(r->flags & PTE_USER)))
		return false;
	frame = frame_alloc();
	if (frame && !map(s, va, frame, r->flags)) {
		frame_free(frame);
		return false;
	}
	return frame;
}

void page_fault(struct trap_frame *f)
{
	if ((f->error & FAULT_PRESENT) ||
	    !region_fill(current_space, lguest_data.cr2, f->error & FAULT_WRITE,
			 f->error & FAULT_USER))
		trap_unhandled(f);
}
