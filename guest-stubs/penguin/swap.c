/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Swapping in its simplest form: a hand goes round over all processes' pages, takes the Accessed
 * bit off those that have it, and writes those that have not to the disk. When nothing can
 * be written any more, the largest process goes.
 */
#include "guest-stubs/penguin/penguin.h"

#define SLOTS_MAX	 16384u
#define SECTORS_PER_PAGE (PAGE_SIZE / SECTOR)
#define AT_ONCE		 16u

struct swap_counts swap_counts;

static u8 slot_refs[SLOTS_MAX];
static u32 slots, used, next_slot, swap_disk;

/* Where the hand is. */
static u32 hand_task, hand_area, hand_va;

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

static bool write_out(struct space *s, u32 va, void *slot, u32 e)
{
	while (slot_refs[next_slot])
		next_slot = (next_slot + 1) % slots;
	/* The process must not write to it after we have read it: off first. */
	set_pte(s->root, va, slot, next_slot * PAGE_SIZE | PTE_SWAPPED);
	if (!vblk_write(swap_disk, (u64)next_slot * SECTORS_PER_PAGE, virt(e & PTE_FRAME),
			SECTORS_PER_PAGE))
		panic("penguin: the disk does not write");
	slot_refs[next_slot] = 1;
	used++;
	swap_counts.out++;
	s->resident--;
	page_put(e & PTE_FRAME);
	return true;
}

/* The page under the hand: true when it was written out. */
static bool look_at(struct space *s, u32 va)
{
	void *slot = pte_slot(s->root, va, false);
	u32 e = slot ? pte_read(slot) : 0;

	if (!(e & PTE_P) || page_refs(e & PTE_FRAME) != 1)
		return false;
	if (e & PTE_A) {
		set_pte(s->root, va, slot, e & ~PTE_A);
		return false;
	}
	return write_out(s, va, slot, e);
}

/* One step of the hand; true: round once. */
static bool step(struct space **s, u32 *va)
{
	struct space *now = tasks[hand_task].space;
	struct area *a;

	*s = NULL;
	if (tasks[hand_task].state == TASK_FREE || !now || hand_area >= now->count) {
		hand_area = hand_va = 0;
		hand_task = (hand_task + 1) % TASKS;
		return hand_task == 0;
	}
	a = &now->area[hand_area];
	if (hand_va < a->start)
		hand_va = a->start;
	if (hand_va >= a->end || a->shared) {
		hand_area++;
		hand_va = 0;
		return false;
	}
	*s = now;
	*va = hand_va;
	hand_va += PAGE_SIZE;
	return false;
}

bool swap_out(void)
{
	u32 rounds = 0, done = 0, va = 0;
	struct space *s;

	while (rounds < 3 && done < AT_ONCE && used < slots) {
		rounds += step(&s, &va);
		if (s)
			done += look_at(s, va);
	}
	return done > 0;
}

bool oom_kill(void)
{
	struct task *t, *largest = NULL;

	for (t = tasks; t < tasks + TASKS; t++)
		if ((t->state == TASK_READY || t->state == TASK_WAITING) && t->space &&
		    (!largest || t->space->resident > largest->space->resident))
			largest = t;
	if (!largest || !largest->space->resident)
		panic("penguin: out of memory");
	swap_counts.kills++;
	printf("penguin: out of memory, process %u with %u pages is killed\n", largest->pid,
	       largest->space->resident);
	signal_send(largest, SIGKILL);
	if (largest == current)
		return false;
	space_clear(largest->space);
	return true;
}
