/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slots on a disk for pages that are not in memory, counted like pages. */
#include "guest-stubs/penguin/penguin.h"

#define SLOTS_MAX	 16384u
#define SECTORS_PER_PAGE (PAGE_SIZE / SECTOR)

struct swap_counts swap_counts;

static u8 slot_refs[SLOTS_MAX];
static u32 slots, used, next_slot, swap_disk;

void swap_init(u32 disk)
{
	u64 sectors = vblk_sectors(disk);

	swap_disk = disk;
	slots = MIN(SLOTS_MAX, (u32)(sectors / SECTORS_PER_PAGE));
}

u32 swap_slots_used(void)
{
	return used;
}

bool swap_full(void)
{
	return used >= slots;
}

u32 swap_next(void)
{
	while (slot_refs[next_slot])
		next_slot = (next_slot + 1) % slots;
	return next_slot * PAGE_SIZE | PTE_SWAPPED;
}

static u32 slot_of(u32 entry)
{
	return entry / PAGE_SIZE;
}

void swap_get(u32 entry)
{
	slot_refs[slot_of(entry)]++;
}

void swap_put(u32 entry)
{
	if (entry && !--slot_refs[slot_of(entry)])
		used--;
}

bool swap_in(u32 entry, u32 gpa)
{
	swap_counts.in++;
	return vblk_read(swap_disk, (u64)slot_of(entry) * SECTORS_PER_PAGE, virt(gpa),
			 SECTORS_PER_PAGE);
}

bool swap_write(u32 entry, u32 gpa)
{
	if (!vblk_write(swap_disk, (u64)slot_of(entry) * SECTORS_PER_PAGE, virt(gpa),
			SECTORS_PER_PAGE))
		return false;
	slot_refs[slot_of(entry)] = 1;
	used++;
	swap_counts.out++;
	return true;
}
