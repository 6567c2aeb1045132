/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes room when pages run out. A hand goes round over all processes' pages, takes the
 * Accessed bit off those that have it, and writes those that have not to the disk. When
 * nothing can be written any more, the largest process goes.
 */
#include "guest-stubs/penguin/penguin.h"

#define AT_ONCE 16u

/* Where the hand is. */
static u32 hand_task, hand_area, hand_va;

static bool write_out(struct space *s, u32 va, void *slot, u32 e)
{
	u32 swapped = swap_next();

	/* The process must not write to it after we have read it: off first. */
	set_pte(s->root, va, slot, swapped);
	if (!swap_write(swapped, e & PTE_FRAME))
		panic("penguin: the disk does not write");
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

/* Make some pages free. */
static bool swap_out(void)
{
	u32 rounds = 0, done = 0, va = 0;
	struct space *s;

	while (rounds < 3 && done < AT_ONCE && !swap_full()) {
		rounds += step(&s, &va);
		if (s)
			done += look_at(s, va);
	}
	return done > 0;
}

/* False: the one to go is the current process itself. */
static bool oom_kill(void)
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

static bool swap_or_kill(void)
{
	return swap_out() || oom_kill();
}

void reclaim_init(void)
{
	make_room = swap_or_kill;
}
